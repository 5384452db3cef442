package resttest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Fault is how an attempt fails: it answers in place of the service, or lets
// next do so first.
type Fault func(r *http.Request, next http.RoundTripper) (*http.Response, error)

// Faults is a transport that lets attempts fail, one after the other, and passes
// on what comes when none is left. It may be used from several goroutines.
type Faults struct {
	Next http.RoundTripper // nil means http.DefaultTransport

	mu   sync.Mutex
	left []Fault
	seen int
}

// Add lets further attempts fail. A nil Fault lets one pass.
func (f *Faults) Add(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = append(f.left, faults...)
}

// Seen is how many attempts were made.
func (f *Faults) Seen() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen
}

// RoundTrip implements http.RoundTripper.
func (f *Faults) RoundTrip(r *http.Request) (*http.Response, error) {
	next := f.Next
	if next == nil {
		next = http.DefaultTransport
	}
	f.mu.Lock()
	f.seen++
	var fault Fault
	if len(f.left) > 0 {
		fault, f.left = f.left[0], f.left[1:]
	}
	f.mu.Unlock()
	if fault == nil {
		return next.RoundTrip(r)
	}
	return fault(r, next)
}

// Refused: nobody listens.
func Refused(*http.Request, http.RoundTripper) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// Broken: the connection breaks before the request is read.
func Broken(*http.Request, http.RoundTripper) (*http.Response, error) {
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// Lost: the service does what it is asked, but its answer does not arrive.
func Lost(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	response, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body.Close()
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// Half: the answer breaks off after its half.
func Half(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	response, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), failing{}))
	return response, err
}

type failing struct{}

// Read fails.
func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Silent: no answer comes until the attempt is given up.
func Silent(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// Status answers with a status, headers given as "Name: value", and a body.
func Status(status int, body string, headers ...string) Fault {
	return func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		header := http.Header{}
		for _, line := range headers {
			name, value, ok := strings.Cut(line, ":")
			if !ok {
				return nil, errors.New("a header without a colon: " + line)
			}
			header.Set(name, strings.TrimSpace(value))
		}
		return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, Request: r, ProtoMajor: 1, ProtoMinor: 1,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
	}
}

// Untold fails the test when a text – an error, a log, a file – holds any of the secrets.
func Untold(t testing.TB, what, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("%s tells a secret: %.2000s", what, strings.ReplaceAll(text, secret, "[[[ "+secret+" ]]]"))
		}
	}
}
