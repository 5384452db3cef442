package resttest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

// ask makes the requests of a provider, with secrets of its own.
func ask(t testing.TB, transport http.RoundTripper, base, secret string, change func(*rest.Request)) error {
	t.Helper()
	s := rest.NewService(rest.Options{Name: "Test Bank", Transport: transport, Attempts: 1})
	c, err := s.Client(sdk.Call{}, rest.Access{BaseURL: base, Authorise: rest.Bearer("token-" + secret)})
	if err != nil {
		t.Fatal(err)
	}
	requests := []rest.Request{
		{Path: "accounts", Query: url.Values{"b": {"2"}, "a": {"1"}, "access_token": {secret}}},
		{Method: "POST", Path: rest.Path("claim", secret), JSON: map[string]any{"amount": rest.Number("1.50"), "password": secret}},
		{Method: "POST", Path: "form", Form: url.Values{"code": {secret}, "state": {"x"}}},
	}
	for i, r := range requests {
		if change != nil && i == 1 {
			change(&r)
		}
		var got struct {
			Amount rest.Number
			Note   string
		}
		if err := c.JSON(t.Context(), r, &got); err != nil {
			return err
		}
		if got.Amount != "0.10" || got.Note != "<b>" {
			t.Errorf("request %d got %+v", i+1, got)
		}
	}
	return nil
}

func record(t *testing.T, path, secret string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"amount": 0.10, "note": "<b>", "echo": %q, "refresh_token": "other", "own": "mine"}`, string(body)+r.URL.String())
	}))
	defer server.Close()
	t.Run("record", func(t *testing.T) {
		transport := resttest.Record(t, path, "a server of the test", resttest.Cuts{Values: []string{secret}, Names: []string{"own"}},
			http.DefaultTransport)
		if err := ask(t, transport, server.URL, secret, nil); err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhatIsRecordedCanBePlayed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traffic.json")
	const secret = "secret/4711 é"
	record(t, path, secret)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	resttest.Untold(t, "the recording", string(text), secret, "4711", "token-", "other", "mine")
	if !strings.Contains(string(text), `"amount": 0.10`) || !strings.Contains(string(text), "<b>") {
		t.Errorf("it cannot be read:\n%s", text)
	}
	another := resttest.Cuts{Values: []string{"another-secret"}, Names: []string{"own"}}
	if err := ask(t, resttest.Play(t, path, another), "https://bank.example", "another-secret", nil); err != nil {
		t.Fatal(err)
	}
}

// watched is a test whose failures are counted, not its own.
type watched struct {
	testing.TB
	said []string
	ends []func()
}

func (w *watched) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}
func (w *watched) Failed() bool     { return len(w.said) > 0 }
func (w *watched) Cleanup(f func()) { w.ends = append(w.ends, f) }
func (w *watched) Helper()          {}

func TestThePlayerIsStrict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traffic.json")
	record(t, path, "secret-4711")
	cuts := resttest.Cuts{Values: []string{"secret-4711"}}
	changes := map[string]func(*rest.Request){
		"method": func(r *rest.Request) { r.Method = "PUT" },
		"path":   func(r *rest.Request) { r.Path = "claim/another" },
		"query":  func(r *rest.Request) { r.Query = url.Values{"more": {"1"}} },
		"header": func(r *rest.Request) { r.Header = http.Header{"X-More": {"1"}} },
		"body":   func(r *rest.Request) { r.JSON = map[string]any{"amount": 1.5, "password": "x"} },
		"same":   nil,
	}
	for name, change := range changes {
		w := &watched{TB: t}
		err := ask(t, resttest.Play(w, path, cuts), "https://bank.example", "secret-4711", change)
		if (err != nil) != (change != nil) || len(w.said) > 1 || w.Failed() != (change != nil) {
			t.Errorf("%s: %v, said %q", name, err, w.said)
		}
		if change != nil && (!strings.Contains(w.said[0], "request 2") || !strings.Contains(w.said[0], "POST /claim/•••")) {
			t.Errorf("%s: said %q", name, w.said)
		}
	}
	w := &watched{TB: t}
	resttest.Play(w, path, cuts)
	for _, end := range w.ends {
		end()
	}
	if len(w.said) != 1 || !strings.Contains(w.said[0], "3 recorded requests were not made") {
		t.Errorf("said %q", w.said)
	}
}

func TestUntold(t *testing.T) {
	w := &watched{TB: t}
	resttest.Untold(w, "the log", "all is well", "secret", "")
	if w.Failed() {
		t.Errorf("said %q", w.said)
	}
	resttest.Untold(w, "the log", "a secret is told", "secret")
	if !w.Failed() {
		t.Error("a secret is not seen")
	}
}
