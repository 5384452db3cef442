package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

func TestARequestIsMadeAsAsked(t *testing.T) {
	var body string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		body = string(text)
		w.Header().Set("X-Request-Id", "req-1")
		_, _ = w.Write([]byte(`{"amount": 12.50, "further": true}`))
	})
	c, _ := clientOf(t, rest.Options{References: []string{"X-Trace", "X-Request-Id"}},
		rest.Access{BaseURL: s.URL + "/api/v1/", Authorise: rest.Bearer("token-1234")})
	a, err := c.Do(t.Context(), rest.Request{Method: "POST", Path: rest.Path("accounts", "a/b?c", "transactions") + "/",
		Query: url.Values{"from": {"2026-01-01"}}, JSON: map[string]int{"page": 1}, Header: http.Header{"X-Psu": {"10.0.0.1"}}, Key: "k-1"})
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Amount rest.Number }
	if err := a.Decode(&got); err != nil || got.Amount != "12.50" || a.Reference != "req-1" {
		t.Errorf("%+v, reference %q, %v", got, a.Reference, err)
	}
	r := s.requests()[0]
	if r.URL.RequestURI() != "/api/v1/accounts/a%2Fb%3Fc/transactions/?from=2026-01-01" || body != `{"page":1}` {
		t.Errorf("asked for %s with %s", r.URL.RequestURI(), body)
	}
	for name, want := range map[string]string{"Authorization": "Bearer token-1234", "Content-Type": "application/json",
		"Idempotency-Key": "k-1", "X-Psu": "10.0.0.1", "Accept": "application/json", "User-Agent": "girosync"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("header %s: %q", name, got)
		}
	}
}

func TestAForm(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(`"` + r.PostFormValue("a") + `"`)) })
	c, _ := clientOf(t, rest.Options{}, rest.Access{BaseURL: s.URL})
	var got string
	if err := c.JSON(t.Context(), rest.Request{Method: "POST", Form: url.Values{"a": {"x y"}}}, &got); err != nil || got != "x y" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNothingLeadsElsewhere(t *testing.T) {
	other := serve(t, answer(200, `{}`))
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL+"/stolen", http.StatusFound)
		case "/within":
			http.Redirect(w, r, "/there", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		}
	})
	c, _ := clientOf(t, rest.Options{}, rest.Access{BaseURL: s.URL, Authorise: rest.Bearer("token-1234")})
	tests := []struct {
		name string
		r    rest.Request
		good bool
	}{
		{"redirect to another host", rest.Request{Path: "away"}, false},
		{"redirect within the host", rest.Request{Path: "within"}, true},
		{"redirect of a POST", rest.Request{Path: "within", Method: "POST"}, false},
		{"redirects for ever", rest.Request{Path: "round"}, false},
		{"next page elsewhere", rest.Request{URL: other.URL + "/next"}, false},
		{"next page of a user", rest.Request{URL: strings.Replace(s.URL, "http://", "http://u:p@", 1)}, false},
		{"next page here", rest.Request{URL: s.URL + "/next?after=1"}, true},
		{"upwards", rest.Request{Path: "a/../b"}, false},
		{"upwards, escaped", rest.Request{Path: "a/%2e%2E/b"}, false},
		{"an id that climbs", rest.Request{Path: rest.Path("a", "..", "b")}, false},
		{"a query in the path", rest.Request{Path: "a?b=c"}, false},
	}
	for _, tt := range tests {
		if _, err := c.Do(t.Context(), tt.r); (err == nil) != tt.good {
			t.Errorf("%s: %v", tt.name, err)
		} else if err != nil && told(t, err).Kind != sdk.Internal {
			t.Errorf("%s: kind %s", tt.name, told(t, err).Kind)
		}
	}
	if n := len(other.requests()); n != 0 {
		t.Errorf("%d requests came to the other host", n)
	}
}

func TestWhatAddressesAreTaken(t *testing.T) {
	for base, good := range map[string]bool{
		"https://bank.example": true, "https://bank.example:8443/api/": true, "http://127.0.0.1:80/x": true, "http://[::1]:80": true,
		"http://localhost:1": true, "http://bank.example": false, "http://127.0.0.1.bank.example": false, "https://u:p@bank.example": false,
		"https://bank.example?a=1": false, "https://bank.example#a": false, "ftp://127.0.0.1": false, "bank.example": false, "": false,
		"https://": false, "http://10.0.0.1": false,
	} {
		_, err := rest.NewService(rest.Options{Name: "Test Bank"}).Client(call(), rest.Access{BaseURL: base})
		if (err == nil) != good {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestWhatIsRepeated(t *testing.T) {
	read, write := rest.Request{}, rest.Request{Method: "POST"}
	keyed, harmless := rest.Request{Method: "POST", Key: "k"}, rest.Request{Method: "POST", Repeatable: true}
	tests := []struct {
		name     string
		r        rest.Request
		fault    resttest.Fault
		attempts int
		kind     sdk.Kind // "" when it goes well in the end
	}{
		{"a read that broke", read, resttest.Broken, 2, ""},
		{"a read whose answer was lost", read, resttest.Lost, 2, ""},
		{"a read whose answer broke off", read, resttest.Half, 2, ""},
		{"a read that nobody took", read, resttest.Refused, 2, ""},
		{"trouble", read, resttest.Status(500, ""), 2, ""},
		{"a bad gateway", read, resttest.Status(502, "<html>"), 2, ""},
		{"busy for a second", read, resttest.Status(503, "", "Retry-After: 1"), 2, ""},
		{"busy for a minute", read, resttest.Status(503, "", "Retry-After: 60"), 1, sdk.BankUnavailable},
		{"too often, for a second", read, resttest.Status(429, "", "Retry-After: 1"), 2, ""},
		{"too often, for a day", read, resttest.Status(429, "", "Retry-After: 86400"), 1, sdk.RateLimited},
		{"too often, without a word", read, resttest.Status(429, ""), 1, sdk.RateLimited},
		{"too often, by its headers", read, resttest.Status(429, "", "RateLimit: \"a\";r=0;t=2"), 2, ""},
		{"not found", read, resttest.Status(404, ""), 1, sdk.Internal},
		{"forbidden", read, resttest.Status(403, ""), 1, sdk.BadCredentials},
		{"a write that broke", write, resttest.Broken, 1, sdk.BankUnavailable},
		{"a write whose answer was lost", write, resttest.Lost, 1, sdk.BankUnavailable},
		{"a write that met trouble", write, resttest.Status(500, ""), 1, sdk.BankUnavailable},
		{"a write that did not leave", write, resttest.Refused, 2, ""},
		{"a write too often", write, resttest.Status(429, "", "Retry-After: 1"), 2, ""},
		{"a write with a key", keyed, resttest.Lost, 2, ""},
		{"a read by POST", harmless, resttest.Lost, 2, ""},
		{"a put", rest.Request{Method: "PUT"}, resttest.Lost, 2, ""},
		{"a patch", rest.Request{Method: "PATCH"}, resttest.Lost, 1, sdk.BankUnavailable},
	}
	for _, tt := range tests {
		s := serve(t, answer(200, `{"here": "is more than nothing"}`))
		faults := &resttest.Faults{}
		faults.Add(tt.fault)
		c, p := clientOf(t, rest.Options{Transport: faults}, rest.Access{BaseURL: s.URL})
		_, err := c.Do(t.Context(), tt.r)
		if faults.Seen() != tt.attempts || (err == nil) != (tt.kind == "") || err != nil && told(t, err).Kind != tt.kind {
			t.Errorf("%s: %d attempts, %v; want %d, %q", tt.name, faults.Seen(), err, tt.attempts, tt.kind)
		}
		if len(p.list) != tt.attempts-1 {
			t.Errorf("%s: paused %v", tt.name, p.list)
		}
	}
}

func TestPausesGrowAndEnd(t *testing.T) {
	s := serve(t, answer(500, ""))
	c, p := clientOf(t, rest.Options{Attempts: 6, FirstPause: time.Second, LongestPause: 5 * time.Second}, rest.Access{BaseURL: s.URL})
	_, err := c.Do(t.Context(), rest.Request{})
	if told(t, err).Kind != sdk.BankUnavailable || len(s.requests()) != 6 {
		t.Fatalf("%d attempts, %v", len(s.requests()), err)
	}
	for i, most := range []time.Duration{1, 2, 4, 5, 5} {
		if got := p.list[i]; got > most*time.Second || got < most*time.Second/2 {
			t.Errorf("pause %d is %s", i+1, got)
		}
	}
}

func TestUntilIsByTheHostsClock(t *testing.T) {
	tests := []struct {
		name string
		a    http.HandlerFunc
		wait time.Duration
	}{
		{"seconds", answer(429, "", "Retry-After", "3600"), time.Hour},
		{"a date, by the service's own clock", answer(429, "", "Date", "Mon, 01 Jan 2001 10:00:00 GMT", "Retry-After",
			"Mon, 01 Jan 2001 12:00:00 GMT"), 2 * time.Hour},
		{"limits of accounts", answer(429, "", "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING", "0", "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET",
			"82800", "HTTP_X_RATELIMIT_REMAINING", "9", "HTTP_X_RATELIMIT_RESET", "7"), 23 * time.Hour},
	}
	for _, tt := range tests {
		s := serve(t, tt.a)
		c, _ := clientOf(t, rest.Options{}, rest.Access{BaseURL: s.URL})
		_, err := c.Do(t.Context(), rest.Request{})
		e := told(t, err)
		if late := e.Until.Sub(noon.Add(tt.wait)); e.Kind != sdk.RateLimited || late < -time.Second || late > time.Minute {
			t.Errorf("%s: until %s, %v", tt.name, e.Until, err)
		}
	}
}

func TestTheProviderJudges(t *testing.T) {
	s := serve(t, answer(200, `{"error": {"code": "LOGIN", "text": "Log <b>in</b>\nagain", "id": "r-77"}}`), answer(200, `{}`),
		answer(404, `gone`))
	judge := func(a rest.Answer) *sdk.Error {
		var told struct {
			Error struct{ Code, Text, ID string }
		}
		if json.Unmarshal(a.Body, &told) == nil && told.Error.Code == "LOGIN" {
			return &sdk.Error{Kind: sdk.ConsentExpired, Message: told.Error.Text, Reference: told.Error.ID}
		}
		return nil
	}
	c, _ := clientOf(t, rest.Options{Judge: judge}, rest.Access{BaseURL: s.URL})
	_, err := c.Do(t.Context(), rest.Request{})
	if e := told(t, err); e.Kind != sdk.ConsentExpired || e.Message != "Log in again" || e.Reference != "r-77" {
		t.Errorf("%+v", e)
	}
	if _, err := c.Do(t.Context(), rest.Request{}); err != nil {
		t.Error(err)
	}
	a, err := c.Do(t.Context(), rest.Request{})
	if told(t, err).Kind != sdk.Internal || a.Status != 404 || string(a.Body) != "gone" {
		t.Errorf("%d %s, %v", a.Status, a.Body, err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	large := strings.Repeat("x", 1000)
	s := serve(t, answer(200, large))
	c, _ := clientOf(t, rest.Options{MaxBody: 1000}, rest.Access{BaseURL: s.URL})
	if a, err := c.Do(t.Context(), rest.Request{}); err != nil || len(a.Body) != 1000 {
		t.Errorf("%d bytes, %v", len(a.Body), err)
	}
	c, _ = clientOf(t, rest.Options{MaxBody: 999}, rest.Access{BaseURL: s.URL})
	a, err := c.Do(t.Context(), rest.Request{})
	if told(t, err).Kind != sdk.Internal || a.Body != nil || !strings.Contains(told(t, err).Message, "larger") {
		t.Errorf("%d bytes, %v", len(a.Body), err)
	}
	if len(s.requests()) != 2 {
		t.Errorf("%d requests: a large answer was asked for again", len(s.requests()))
	}
}

func TestGarbageIsNotRead(t *testing.T) {
	var anything map[string]any
	if err := (rest.Answer{Body: []byte(`{"a": 1.10}`)}).Decode(&anything); err != nil || anything["a"] != json.Number("1.10") {
		t.Errorf("%v, %v", anything, err)
	}
	for _, body := range []string{"", "<html>", `{"a":1} {}`, `{"a":`, `"text"`} {
		s := serve(t, answer(200, body))
		c, _ := clientOf(t, rest.Options{}, rest.Access{BaseURL: s.URL})
		var into struct{ A int }
		if err := c.JSON(t.Context(), rest.Request{}, &into); told(t, err).Kind != sdk.Internal {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestContexts(t *testing.T) {
	s := serve(t, answer(500, ""))
	faults := &resttest.Faults{}
	faults.Add(resttest.Silent, resttest.Silent)
	c, _ := clientOf(t, rest.Options{Transport: faults, AttemptTime: 10 * time.Millisecond, Attempts: 2}, rest.Access{BaseURL: s.URL})
	_, err := c.Do(t.Context(), rest.Request{})
	if e := told(t, err); e.Kind != sdk.BankUnavailable || faults.Seen() != 2 || !strings.Contains(e.Message, "not answer within 10ms") {
		t.Errorf("%d attempts, %v", faults.Seen(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, rest.Request{}); !errors.Is(err, context.Canceled) || sdk.KindOf(err) != sdk.Internal {
		t.Errorf("cancelled before: %v", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	faults.Add(resttest.Silent)
	c, _ = clientOf(t, rest.Options{Transport: faults}, rest.Access{BaseURL: s.URL})
	if _, err := c.Do(ctx, rest.Request{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("timed out meanwhile: %v", err)
	}
	// The pause before another attempt is given up, too.
	ctx, cancel = context.WithCancel(t.Context())
	service := rest.NewService(rest.Options{Name: "Test Bank", FirstPause: time.Hour, LongestPause: time.Hour})
	c, err = service.Client(call(), rest.Access{BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	before := len(s.requests())
	done := make(chan error)
	go func() {
		_, err := c.Do(ctx, rest.Request{})
		done <- err
	}()
	for len(s.requests()) == before {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled during a pause: %v", err)
	}
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	s := serve(t, answer(401, ""), answer(200, "{}"), answer(401, ""))
	renewed := 0
	c, _ := clientOf(t, rest.Options{}, rest.Access{BaseURL: s.URL, Authorise: rest.Bearer("token"),
		Renew: func(_ context.Context, refused *http.Request) error {
			renewed++
			if refused.Header.Get("Authorization") != "Bearer token" {
				t.Errorf("renewed for %v", refused.Header)
			}
			return nil
		}})
	if _, err := c.Do(t.Context(), rest.Request{Method: "POST"}); err != nil || renewed != 1 {
		t.Errorf("renewed %d times, %v", renewed, err)
	}
	if _, err := c.Do(t.Context(), rest.Request{}); told(t, err).Kind != sdk.BadCredentials || renewed != 2 {
		t.Errorf("renewed %d times, %v", renewed, err)
	}
}

func TestWordsInDutch(t *testing.T) {
	s := serve(t, answer(500, ""))
	dutch := call()
	dutch.Language = "nl_BE"
	c, err := rest.NewService(rest.Options{Name: "Testbank", Attempts: 1}).Client(dutch, rest.Access{BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), rest.Request{})
	if got := told(t, err).Message; got != "Testbank heeft zelf een storing (status 500)." {
		t.Error(got)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	from := map[string]bool{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { from[r.RemoteAddr] = true; _, _ = w.Write([]byte("{}")) })
	service := rest.NewService(rest.Options{Name: "Test Bank"})
	for range 5 {
		c, err := service.Client(call(), rest.Access{BaseURL: s.URL})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Do(t.Context(), rest.Request{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(from) != 1 {
		t.Errorf("five calls took %d connections", len(from))
	}
}
