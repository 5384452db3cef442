package httpd_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/server/httpd"
)

// send posts a body to a door.
func send(h http.Handler, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("X-Signature", "s")
	r.Header.Set("Cookie", "session_id=secret")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestNotificationsArriveWhole(t *testing.T) {
	var got httpd.Notification
	h := doors(func(d *httpd.Doors) {
		d.Webhook = func(_ context.Context, n httpd.Notification) (int, []byte, error) {
			got = n
			return 202, []byte("thanks"), nil
		}
	})
	if w := send(h, "/webhook/bank/a/b?c=d", `{"x": 1}`); w.Code != 202 || w.Body.String() != "thanks" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if got.Provider != "bank" || got.Path != "a/b" || got.Query != "c=d" || string(got.Body) != `{"x": 1}` ||
		got.Headers["X-Signature"][0] != "s" {
		t.Errorf("arrived: %+v", got)
	}
	if got.Headers["Cookie"] != nil {
		t.Error("a session's cookie reaches a plugin")
	}
}

func TestWhatSendersOfNotificationsLearn(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		again  bool
	}{
		{fault.New(fault.Missing, "no provider of that name"), 404, false},
		{fault.New(fault.Denied, "signature of key 17 is wrong"), 400, false},
		{errors.New("database 7 is locked"), 503, true},
		{fault.New(fault.Unavailable, "full"), 503, true},
	} {
		h := doors(func(d *httpd.Doors) {
			d.Webhook = func(context.Context, httpd.Notification) (int, []byte, error) { return 0, nil, c.err }
		})
		w := send(h, "/webhook/bank", "{}")
		if w.Code != c.status || (w.Header().Get("Retry-After") != "") != c.again || strings.Contains(w.Body.String(), c.err.Error()) {
			t.Errorf("%v: %d %q, again after %q", c.err, w.Code, w.Body, w.Header().Get("Retry-After"))
		}
	}
}

func TestNotificationsAreBounded(t *testing.T) {
	busy, free := make(chan struct{}, 100), make(chan struct{})
	h := doors(func(d *httpd.Doors) {
		d.Webhook = func(context.Context, httpd.Notification) (int, []byte, error) {
			busy <- struct{}{}
			<-free
			return 200, nil, nil
		}
	})
	if w := send(h, "/webhook/bank", strings.Repeat("x", 1<<20+1)); w.Code != 413 {
		t.Errorf("too large: %d", w.Code)
	}
	var senders sync.WaitGroup
	for range 16 {
		senders.Go(func() {
			if w := send(h, "/webhook/bank", "{}"); w.Code != 200 {
				t.Errorf("one of sixteen: %d", w.Code)
			}
		})
	}
	for range 16 {
		<-busy
	}
	if w := send(h, "/webhook/bank", "{}"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("the seventeenth: %d", w.Code)
	}
	close(free)
	senders.Wait()
	if w := send(h, "/webhook/bank", "{}"); w.Code != 200 {
		t.Errorf("after them: %d", w.Code)
	}
}
