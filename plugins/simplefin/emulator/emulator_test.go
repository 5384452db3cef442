package emulator_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
	"github.com/girosync/girosync/plugins/simplefin/emulator"
)

var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// printed is what a stand-in prints; ready is closed with its last line.
type printed struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Write(b)
	if strings.Contains(string(b), "/revoke") { // the last line
		close(p.ready)
	}
	return len(b), nil
}

// serve serves a stand-in until stop is called; it returns its address and a setup token.
func serve(t *testing.T, listen, state string) (base, token string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, over := &printed{ready: make(chan struct{})}, make(chan error, 1)
	go func() {
		over <- standin.Serve(ctx, standin.Options{Listen: listen, State: state, Out: out}, func(base string) (*standin.Emulator, error) {
			return emulator.New(base, standin.NewClock(noon)).Emulator(), nil
		})
	}()
	select {
	case <-out.ready:
	case err := <-over:
		t.Fatalf("it ends: %v", err)
	}
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	text := out.text.String()
	piece := regexp.MustCompile(`^\[providers\.simplefin\]\nbridge_url = "(http://127\.0\.0\.1:\d+)/simplefin"\n\n# a setup token: (\S+)\n`)
	found := piece.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("it prints %q", text)
	}
	return found[1], found[2], stop
}

func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func claimOf(t *testing.T, token string) string {
	t.Helper()
	url, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	return string(url)
}

// A stand-in that is served again from its file knows what it knew.
func TestAStandInLivesOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	base, token, stop := serve(t, "127.0.0.1:0", file)
	status, access := ask(t, "POST", claimOf(t, token), "")
	if status != 200 || !strings.Contains(access, "@127.0.0.1") {
		t.Fatalf("claim: %d %s", status, access)
	}
	if status, _ := ask(t, "POST", claimOf(t, token), ""); status != 403 {
		t.Errorf("claimed twice: %d", status)
	}
	if status, text := ask(t, "POST", base+"/_emulator/behaviour", `{"window_days": 60}`); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	ask(t, "POST", base+"/_emulator/clock", `{"advance": "50h"}`)
	status, before := ask(t, "GET", access+"/accounts?version=2", "")
	if status != 200 {
		t.Fatalf("%d %s", status, before)
	}
	stop()
	again, fresh, _ := serve(t, strings.TrimPrefix(base, "http://"), file)
	if again != base {
		t.Fatalf("served at %s, then at %s", base, again)
	}
	if status, after := ask(t, "GET", access+"/accounts?version=2", ""); status != 200 || after != before {
		t.Errorf("%d, another answer:\n%.500s\n%.500s", status, before, after)
	}
	if status, _ := ask(t, "POST", claimOf(t, token), ""); status != 403 {
		t.Errorf("claimed once more: %d", status)
	}
	if status, _ := ask(t, "POST", claimOf(t, fresh), ""); status != 200 {
		t.Errorf("a new token: %d", status)
	}
	if _, text := ask(t, "GET", base+"/_emulator/clock", ""); !strings.Contains(text, "2026-03-19T14:00:00Z") {
		t.Errorf("the clock shows %s", text)
	}
	if _, text := ask(t, "GET", base+"/_emulator/behaviour", ""); !strings.Contains(text, `"window_days":60`) {
		t.Errorf("behaviour: %s", text)
	}
}

func TestControls(t *testing.T) {
	base, token, _ := serve(t, "127.0.0.1:0", "")
	if _, text := ask(t, "POST", base+"/_emulator/clock", `{"advance": "36h"}`); !strings.Contains(text, "2026-03-19T00:00:00Z") {
		t.Errorf("advanced to %s", text)
	}
	const set = "2026-05-01T06:30:00Z"
	if _, text := ask(t, "POST", base+"/_emulator/clock", `{"now": "`+set+`"}`); !strings.Contains(text, set) {
		t.Errorf("set to %s", text)
	}
	for _, wrong := range []string{"/_emulator/clock", "/_emulator/fail", "/_emulator/behaviour"} {
		if status, _ := ask(t, "POST", base+wrong, `{"advance": "soon", "status": 5, "unheard_of": 1}`); status != 400 {
			t.Errorf("%s: %d", wrong, status)
		}
	}
	_, access := ask(t, "POST", claimOf(t, token), "")
	ask(t, "POST", base+"/_emulator/fail", `{"path": "/accounts", "status": 503, "header": {"Retry-After": "7"}, "body": "busy"}`)
	if status, text := ask(t, "GET", access+"/accounts", ""); status != 503 || text != "busy" {
		t.Errorf("%d %s", status, text)
	}
	status, text := ask(t, "GET", access+"/accounts", "")
	var told struct {
		Errors   []string
		Accounts []struct {
			Date int64 `json:"balance-date"`
		}
	}
	if err := json.Unmarshal([]byte(text), &told); err != nil || status != 200 || len(told.Accounts) != 5 ||
		told.Accounts[0].Date != time.Date(2026, 5, 1, 6, 0, 0, 0, time.UTC).Unix() {
		t.Errorf("%d, %v: %.300s", status, err, text)
	}
	if _, text := ask(t, "GET", base+"/_emulator/requests", ""); !strings.Contains(text, `"GET /simplefin/accounts":2`) {
		t.Errorf("requests: %s", text)
	}
	if status, text := ask(t, "GET", base+"/simplefin/info", ""); status != 200 || !strings.Contains(text, `"versions"`) {
		t.Errorf("%d %s", status, text)
	}
}

// Who goes on after the warnings is shut out, for good.
func TestQuotas(t *testing.T) {
	base, token, _ := serve(t, "127.0.0.1:0", "")
	_, access := ask(t, "POST", claimOf(t, token), "")
	for i := 1; i <= 31; i++ {
		status, text := ask(t, "GET", access+"/accounts?balances-only=1", "")
		warns, shut := i > 24 && i <= 30, i > 30
		if (status == 403) != shut || warns != strings.Contains(text, "Access will be disabled") {
			t.Fatalf("request %d: %d %.200s", i, status, text)
		}
	}
	ask(t, "POST", base+"/_emulator/clock", `{"advance": "240h"}`)
	if status, _ := ask(t, "GET", access+"/accounts?balances-only=1", ""); status != 403 {
		t.Errorf("ten days later: %d", status)
	}
}

func TestAStandInIsServedOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "10.0.0.1:80", "example.com:80", ":8070", "127.0.0.1", ""} {
		err := standin.Serve(t.Context(), standin.Options{Listen: address, Out: io.Discard},
			func(string) (*standin.Emulator, error) { t.Error("made"); return nil, context.Canceled })
		if err == nil {
			t.Errorf("served at %q", address)
		}
	}
}
