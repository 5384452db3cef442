package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

// visitor is a client of a host, at an address of its own.
type visitor struct {
	t       testing.TB
	handler http.Handler
	address string
	cookie  string
	headers map[string]string
}

func visit(t testing.TB, host *server.Host, address string) *visitor {
	return &visitor{t: t, handler: host.Handler(), address: address, headers: map[string]string{}}
}

// heard is what came back.
type heard struct {
	status  int
	body    string
	cookies []*http.Cookie
	Result  json.RawMessage
	Error   *struct {
		Code int
		Data struct{ Name, Message string }
	}
}

// why is an error's exception and message, "" for a result.
func (h heard) why() string {
	if h.Error == nil {
		return ""
	}
	return h.Error.Data.Name + ": " + h.Error.Data.Message
}

func (d *visitor) send(path, contentType, body string) heard {
	d.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.RemoteAddr = d.address + ":4711"
	r.Header.Set("Content-Type", contentType)
	for name, value := range d.headers {
		r.Header.Set(name, value)
	}
	if d.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "session_id", Value: d.cookie})
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	got := heard{status: w.Code, body: w.Body.String(), cookies: w.Result().Cookies()}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && strings.HasPrefix(got.body, `{"jsonrpc"`) {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			d.t.Fatalf("%s: %v in %s", path, err, got.body)
		}
	}
	return got
}

func (d *visitor) post(path string, params any) heard {
	d.t.Helper()
	text, err := json.Marshal(object{"jsonrpc": "2.0", "id": 7, "params": params})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.send(path, "application/json", string(text))
}

func (d *visitor) service(service, method string, args ...any) heard {
	d.t.Helper()
	return d.post("/jsonrpc", object{"service": service, "method": method, "args": append([]any{}, args...)})
}

// login begins a session and keeps its cookie, if the password is right.
func (d *visitor) login(database, login, password string) heard {
	d.t.Helper()
	got := d.post("/web/session/authenticate", object{"db": database, "login": login, "password": password})
	for _, c := range got.cookies {
		if c.Name == "session_id" {
			d.cookie = c.Value
		}
	}
	return got
}

// call calls a model with the session.
func (d *visitor) call(model, method string, args ...any) heard {
	d.t.Helper()
	return d.post("/web/dataset/call_kw", object{"model": model, "method": method, "args": append([]any{}, args...), "kwargs": object{}})
}

func (d *visitor) alive() bool {
	d.t.Helper()
	return d.post("/web/session/check", object{}).Error == nil
}

// must is the result of what must succeed.
func (h heard) must(t testing.TB, into any) {
	t.Helper()
	if h.Error != nil || h.status != http.StatusOK {
		t.Fatalf("status %d: %.600s", h.status, h.body)
	}
	if into != nil {
		if err := json.Unmarshal(h.Result, into); err != nil {
			t.Fatalf("%v in %.300s", err, h.body)
		}
	}
}

// wantWhy checks an error's exception and a part of its message.
func (h heard) wantWhy(t testing.TB, what, exception, part string) {
	t.Helper()
	if !strings.HasPrefix(h.why(), exception+": ") || !strings.Contains(h.why(), part) {
		t.Errorf("%s: got %.400s, want %s with %q", what, h.body, exception, part)
	}
}

// logLines is a log that a test reads while it is written.
type logLines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// eachLogged runs a test with a furnished host of a changed configuration on both
// databases.
func eachLogged(t *testing.T, change func(*conf.Config), test func(t *testing.T, host *server.Host, log *logLines)) {
	t.Parallel()
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			log := &logLines{}
			test(t, openFurnished(t, kind, log, change), log)
		})
	}
}
