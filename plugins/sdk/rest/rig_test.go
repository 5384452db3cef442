package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// noon is the host's clock.
var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// script is a service on loopback that gives its answers in order, the last one
// for ever.
type script struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	seen    []*http.Request
}

func serve(t testing.TB, answers ...http.HandlerFunc) *script {
	t.Helper()
	s := &script{answers: answers}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	answer := s.answers[min(len(s.seen), len(s.answers)-1)]
	s.seen = append(s.seen, r.Clone(context.Background()))
	s.mu.Unlock()
	answer(w, r)
}

// requests are what came so far.
func (s *script) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// answer is a plain one; headers are name and value in turn.
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// pauses notes how long a service would have waited, and waits no moment.
type pauses struct{ list []time.Duration }

func (p *pauses) sleep(ctx context.Context, long time.Duration) error {
	p.list = append(p.list, long)
	return ctx.Err()
}

func call() sdk.Call {
	return sdk.Call{Now: noon, Language: "en_US", SaveSecret: func([]byte) error { return nil }}
}

// clientOf makes a service that does not wait, and a client of it.
func clientOf(t testing.TB, o rest.Options, a rest.Access) (*rest.Client, *pauses) {
	t.Helper()
	if o.Name == "" {
		o.Name = "Test Bank"
	}
	service, p := rest.NewService(o), &pauses{}
	service.Sleep(p.sleep)
	c, err := service.Client(call(), a)
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

// told is an error of the sdk's.
func told(t testing.TB, err error) *sdk.Error {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no error of the sdk's", err)
	}
	return e
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
