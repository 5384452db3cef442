package resttest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"
)

// Record returns a transport that passes requests on to another and, when the
// test ends without a failure, writes what was exchanged into a file, without
// what is to be cut. about says in the file where it is from.
func Record(t testing.TB, path, about string, cuts Cuts, next http.RoundTripper) http.RoundTripper {
	t.Helper()
	r := &recorder{cutter: newCutter(cuts), next: next, recording: Recording{About: about}}
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		text, err := marshal(r.recording)
		if err == nil {
			err = os.WriteFile(path, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Errorf("recorded traffic: %v", err)
		}
	})
	return r
}

type recorder struct {
	cutter *cutter
	next   http.RoundTripper

	mu        sync.Mutex
	recording Recording
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	e, err := r.cutter.request(request)
	if err != nil {
		return nil, err
	}
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	e.Status, e.Told, e.Got = response.StatusCode, r.cutter.header(response.Header),
		r.cutter.body(body, response.Header.Get("Content-Type"))
	r.mu.Lock()
	r.recording.Exchanges = append(r.recording.Exchanges, e)
	r.mu.Unlock()
	return response, nil
}

// Play returns a transport that answers from a recording, in its order. A
// request that differs from the recorded one – in method, path, query, header or
// body, secrets left out – fails the test and says what was expected; so does
// what was recorded and not asked for by the end of the test. cuts are those of
// the recording, with the values that are secret in this test.
func Play(t testing.TB, path string, cuts Cuts) http.RoundTripper {
	t.Helper()
	recording, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, cutter: newCutter(cuts), path: path, left: recording.Exchanges}
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.left) > 0 && !t.Failed() {
			t.Errorf("%s: %d recorded requests were not made; the next is\n%s", path, len(p.left), p.left[0].said())
		}
	})
	return p
}

type player struct {
	t      testing.TB
	cutter *cutter
	path   string

	mu     sync.Mutex
	done   int
	left   []Exchange
	astray error // set by the first request that was not as recorded
}

// RoundTrip implements http.RoundTripper.
func (p *player) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	asked, err := p.cutter.request(request)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.astray != nil {
		return nil, p.astray
	}
	p.done++
	if len(p.left) == 0 {
		return nil, p.wrong("nothing more", asked)
	}
	e := p.left[0]
	if asked.said() != e.said() {
		return nil, p.wrong(e.said(), asked)
	}
	p.left = p.left[1:]
	header := http.Header{}
	for name, value := range e.Told {
		header.Set(name, value)
	}
	body := e.Got.bytes()
	return &http.Response{
		Status: fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)), StatusCode: e.Status, Proto: "HTTP/1.1", ProtoMajor: 1,
		ProtoMinor: 1, Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: request,
	}, nil
}

func (p *player) wrong(want string, asked Exchange) error {
	p.t.Errorf("%s: request %d is not as recorded\nexpected: %s\nasked: %s", p.path, p.done, want, asked.said())
	p.astray = fmt.Errorf("request %d is not as recorded", p.done)
	return p.astray
}
