package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Request is one request, which may take several attempts.
type Request struct {
	Method string // "" means GET
	// Path is below the base URL, escaped; see Path. A final slash stays.
	Path string
	// URL, in place of Path, is a whole address that the service gave, such as the
	// next page; it must be on the base URL's host.
	URL   string
	Query url.Values // added to the query that URL has
	// Header is added to what the client sends anyway.
	Header http.Header
	// One of these at most is the body.
	JSON any        // encoded
	Form url.Values // application/x-www-form-urlencoded
	Raw  []byte     // Header says what it is
	// Key lets the service recognise an attempt that it has seen (see
	// Options.KeyHeader): with it, any request may be repeated.
	Key string
	// Repeatable: the request changes nothing, or nothing more the second time,
	// although its method is POST or PATCH.
	Repeatable bool

	authorise func(*http.Request) error // in place of the access's
	judge     func(Answer) *sdk.Error   // in place of the service's
}

// Path joins the parts of a path and escapes each: what the service, or a user,
// gave as an id does not lead elsewhere.
func Path(parts ...string) string {
	escaped := make([]string, len(parts))
	for i, part := range parts {
		escaped[i] = url.PathEscape(part)
	}
	return strings.Join(escaped, "/")
}

// prepared is a request, ready for any number of attempts.
type prepared struct {
	Request
	target     *url.URL
	body       []byte
	kind       string // of the body
	repeatable bool
}

func (c *Client) prepare(r Request) (*prepared, error) {
	p := &prepared{Request: r}
	if p.Method == "" {
		p.Method = http.MethodGet
	}
	var err error
	if p.target, err = c.target(r); err != nil {
		return nil, err
	}
	switch p.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
		p.repeatable = true
	default:
		p.repeatable = r.Repeatable || r.Key != ""
	}
	switch {
	case r.JSON != nil:
		p.kind = "application/json"
		p.body, err = json.Marshal(r.JSON)
	case r.Form != nil:
		p.kind, p.body = "application/x-www-form-urlencoded", []byte(r.Form.Encode())
	default:
		p.body = r.Raw
	}
	c.learnBody(p)
	return p, err
}

var errElsewhere = errors.New("the address leads away from the service")

// target is the address of a request.
func (c *Client) target(r Request) (*url.URL, error) {
	text := r.URL
	if text == "" {
		if strings.ContainsAny(r.Path, "?#") {
			return nil, fmt.Errorf("path %q: query and fragment are no part of it", r.Path)
		}
		text = strings.TrimSuffix(c.base.String(), "/")
		if path := strings.TrimPrefix(r.Path, "/"); path != "" {
			text += "/" + path
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.User != nil || !sameHost(u, c.base) {
		return nil, errElsewhere
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if part == "." || part == ".." {
			return nil, errElsewhere
		}
	}
	if len(r.Query) > 0 {
		query := u.Query()
		maps.Copy(query, r.Query)
		u.RawQuery = query.Encode()
	}
	return u, nil
}

func sameHost(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

// request makes one attempt's.
func (c *Client) request(ctx context.Context, p *prepared) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, p.Method, p.target.String(), bytes.NewReader(p.body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.service.o.Agent)
	if p.kind != "" {
		r.Header.Set("Content-Type", p.kind)
	}
	if p.Key != "" {
		r.Header.Set(c.service.o.KeyHeader, p.Key)
	}
	maps.Copy(r.Header, p.Header)
	authorise := c.access.Authorise
	if p.authorise != nil {
		authorise = p.authorise
	}
	if authorise != nil {
		if err := authorise(r); err != nil {
			return nil, err
		}
	}
	c.learn(r)
	return r, nil
}
