package resttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Cuts are what is cut out of a recording. What everybody takes for secret, such
// as the header Authorization and a field access_token, always is.
type Cuts struct {
	// Values are secrets, wherever they stand.
	Values []string
	// Names are further headers, query values and fields of JSON or forms.
	Names []string
}

// Recording is a file of recorded traffic.
type Recording struct {
	// About says where it is from, for readers.
	About     string     `json:"about,omitempty"`
	Exchanges []Exchange `json:"exchanges"`
}

// Exchange is one request and its answer.
type Exchange struct {
	Method string            `json:"method"`
	Path   string            `json:"path"` // with the query, in order of its names
	Header map[string]string `json:"header,omitempty"`
	Sent   *Body             `json:"sent,omitempty"`
	Status int               `json:"status"`
	Told   map[string]string `json:"told,omitempty"` // headers of the answer
	Got    *Body             `json:"got,omitempty"`
}

// Body is a request's or an answer's: JSON as it is, fields of a form, or text.
type Body struct {
	JSON json.RawMessage     `json:"json,omitempty"`
	Form map[string][]string `json:"form,omitempty"`
	Text string              `json:"text,omitempty"`
}

// passed are headers that say nothing about what is exchanged.
var passed = []string{"User-Agent", "Accept-Encoding", "Content-Length", "Connection", "Transfer-Encoding", "Server", "Vary",
	"Strict-Transport-Security", "X-Content-Type-Options", "Cf-Ray", "Via", "Set-Cookie"}

// cutter cuts secrets out of requests and answers.
type cutter struct {
	secrets rest.Secrets
	names   []string
}

func newCutter(c Cuts) *cutter {
	k := &cutter{names: rest.SecretNames()}
	for _, name := range c.Names {
		k.names = append(k.names, strings.ToLower(name))
	}
	k.secrets.Add(c.Values...)
	return k
}

func (k *cutter) secret(name string) bool { return slices.Contains(k.names, strings.ToLower(name)) }

// request is an exchange without its answer.
func (k *cutter) request(r *http.Request) (Exchange, error) {
	e := Exchange{Method: r.Method, Path: k.path(r.URL), Header: k.header(r.Header)}
	if r.Body == nil || r.Body == http.NoBody {
		return e, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return e, err
	}
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	e.Sent = k.body(body, r.Header.Get("Content-Type"))
	return e, nil
}

// path is an address without its host.
func (k *cutter) path(u *url.URL) string {
	query := u.Query()
	for name := range query {
		if k.secret(name) {
			query[name] = []string{rest.Blot}
		}
	}
	path := k.secrets.Clean(u.EscapedPath())
	if len(query) > 0 {
		path += "?" + strings.ReplaceAll(k.secrets.Clean(query.Encode()), url.QueryEscape(rest.Blot), rest.Blot)
	}
	return path
}

func (k *cutter) header(h http.Header) map[string]string {
	out := map[string]string{}
	for name, values := range h {
		switch {
		case slices.Contains(passed, name):
		case k.secret(name):
			out[name] = rest.Blot
		default:
			out[name] = k.secrets.Clean(strings.Join(values, ", "))
		}
	}
	return out
}

// body is a body without its secrets; nil for an empty one.
func (k *cutter) body(b []byte, kind string) *Body {
	if len(b) == 0 {
		return nil
	}
	if strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		if form, err := url.ParseQuery(string(b)); err == nil {
			for name, values := range form {
				for i := range values {
					if values[i] = k.secrets.Clean(values[i]); k.secret(name) {
						values[i] = rest.Blot
					}
				}
			}
			return &Body{Form: form}
		}
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if d.Decode(&value) == nil && !d.More() {
		if text, err := marshal(k.value("", value)); err == nil {
			return &Body{JSON: text}
		}
	}
	return &Body{Text: k.secrets.Clean(string(b))}
}

// value is a JSON value without its secrets.
func (k *cutter) value(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = k.value(key, inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = k.value(name, inner)
		}
	case string:
		if k.secret(name) && v != "" {
			return rest.Blot
		}
		return k.secrets.Clean(v)
	}
	return v
}

// bytes is the body as it goes over the wire.
func (b *Body) bytes() []byte {
	switch {
	case b == nil:
		return nil
	case b.JSON != nil:
		return b.JSON
	case b.Form != nil:
		return []byte(url.Values(b.Form).Encode())
	}
	return []byte(b.Text)
}

// marshal writes JSON as people read it.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// read reads a file of recorded traffic.
func read(path string) (Recording, error) {
	var r Recording
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, fmt.Errorf("recorded traffic: %w", err)
	}
	for i, e := range r.Exchanges {
		for _, body := range []*Body{e.Sent, e.Got} {
			if body == nil || body.JSON == nil {
				continue
			}
			var plain bytes.Buffer
			if err := json.Compact(&plain, body.JSON); err != nil {
				return r, fmt.Errorf("recorded traffic, exchange %d: %w", i+1, err)
			}
			body.JSON = plain.Bytes()
		}
	}
	return r, nil
}

// said is a request in one text, to be compared and shown.
func (e Exchange) said() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", e.Method, e.Path)
	for _, name := range slices.Sorted(maps.Keys(e.Header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, e.Header[name])
	}
	if body := e.Sent; body != nil {
		text := body.bytes()
		var plain bytes.Buffer
		if body.JSON != nil && json.Compact(&plain, text) == nil {
			text = plain.Bytes()
		}
		fmt.Fprintf(&b, "\n%s\n", text)
	}
	return b.String()
}
