//go:build described

package described

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	yaml "github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	breaches "github.com/pb33f/libopenapi-validator/errors"
)

// Built says that the gate is part of this build.
const Built = true

// Gate is a transport that lets everything through, and fails its test for each
// breach of the description.
type Gate struct {
	t    testing.TB
	book *book
	next http.RoundTripper

	mu   sync.Mutex
	seen map[string]int
}

// book is a description, ready to hold against. It takes one exchange at a time.
type book struct {
	sync.Mutex
	validator validator.Validator
}

var (
	shelf   = map[string]*book{}
	shelved sync.Mutex
)

// unmentioned are headers that every client or server sends, whatever a
// description says.
func unmentioned() []string {
	return []string{"Accept", "Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "Date", "Retry-After", "User-Agent",
		"X-Request-Id"}
}

// Open makes a gate by the description in a file. Where the file is not, the test
// is skipped and says so. next makes the exchanges; nil is http.DefaultTransport.
// free are places whose content the description leaves open, such as
// $.body.credentials.*; elsewhere nothing may be that is not described.
func Open(t testing.TB, file string, next http.RoundTripper, free ...string) *Gate {
	t.Helper()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the vendor's description, %s, is not here: nothing says whether the traffic is right", file)
	}
	if next == nil {
		next = http.DefaultTransport
	}
	b, err := bookOf(file, free)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return &Gate{t: t, book: b, next: next, seen: map[string]int{}}
}

// bookOf reads a description, once.
func bookOf(file string, free []string) (*book, error) {
	shelved.Lock()
	defer shelved.Unlock()
	key := strings.Join(append([]string{file}, free...), "\n")
	if b := shelf[key]; b != nil {
		return b, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if text, err = plain(text); err != nil {
		return nil, err
	}
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, err
	}
	v, wrong := validator.NewValidator(document, config.WithFormatAssertions(), config.WithStrictMode(),
		config.WithStrictIgnoredHeadersExtra(unmentioned()...), config.WithStrictIgnorePaths(free...))
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	shelf[key] = &book{validator: v}
	return shelf[key], nil
}

// plain leaves out what stands beside a reference and constrains nothing, such as
// a description. OpenAPI 3.1 allows that, but the library then does not follow the
// reference. Anything else beside one is an error.
func plain(text []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	if err := bare(&root); err != nil {
		return nil, err
	}
	return yaml.Marshal(&root)
}

// bare leaves references alone in a node and those below it.
func bare(node *yaml.Node) error {
	if node.Kind == yaml.MappingNode && len(node.Content) > 2 {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == "$ref" && node.Content[i+1].Kind == yaml.ScalarNode {
				return alone(node, i)
			}
		}
	}
	for _, below := range node.Content {
		if err := bare(below); err != nil {
			return err
		}
	}
	return nil
}

// alone makes the reference the only thing in its node.
func alone(node *yaml.Node, at int) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		switch name := node.Content[i].Value; name {
		case "$ref", "title", "summary", "description", "example", "examples", "default", "deprecated":
		default:
			return fmt.Errorf("line %d: %s stands beside a reference", node.Content[i].Line, name)
		}
	}
	node.Content = node.Content[at : at+2]
	return nil
}

// Seen is how many exchanges there were, by method, path and status, such as
// "GET /accounts/7/balances 200".
func (g *Gate) Seen() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make(map[string]int, len(g.seen))
	for name, n := range g.seen {
		out[name] = n
	}
	return out
}

// RoundTrip implements http.RoundTripper.
func (g *Gate) RoundTrip(request *http.Request) (*http.Response, error) {
	asked, err := whole(&request.Body)
	if err != nil {
		return nil, err
	}
	response, err := g.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	told, err := whole(&response.Body)
	if err != nil {
		return nil, err
	}
	again := request.Clone(request.Context())
	again.Body = io.NopCloser(bytes.NewReader(asked))
	copied := *response
	copied.Body = io.NopCloser(bytes.NewReader(told))
	g.hold(again, &copied, asked, told)
	return response, nil
}

// hold holds an exchange against the description.
func (g *Gate) hold(request *http.Request, response *http.Response, asked, told []byte) {
	g.book.Lock()
	ok, wrong := g.book.validator.ValidateHttpRequestResponse(request, response)
	g.book.Unlock()
	g.mu.Lock()
	g.seen[request.Method+" "+request.URL.Path+" "+strconv.Itoa(response.StatusCode)]++
	g.mu.Unlock()
	if ok {
		return
	}
	g.t.Errorf("%s %s, answered with %d, is not as the vendor describes it:\n%s\nasked: %.2000s\ntold: %.2000s", request.Method,
		request.URL.RequestURI(), response.StatusCode, say(wrong), asked, told)
}

// say is a line for each breach.
func say(wrong []*breaches.ValidationError) string {
	lines := []string{}
	for _, e := range wrong {
		lines = append(lines, "- "+e.Message+": "+e.Reason)
		for _, detail := range e.SchemaValidationErrors {
			lines = append(lines, "  "+detail.FieldPath+": "+detail.Reason)
		}
	}
	return strings.Join(lines, "\n")
}

// whole reads a body, and puts it back.
func whole(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	text, err := io.ReadAll(*body)
	(*body).Close()
	*body = io.NopCloser(bytes.NewReader(text))
	return text, err
}
