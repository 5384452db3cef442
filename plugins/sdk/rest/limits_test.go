package rest_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk/rest"
)

func headers(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimSpace(value))
	}
	return h
}

func TestLimits(t *testing.T) {
	soon := strconv.FormatInt(noon.Unix()+90, 10)
	tests := []struct {
		name  string
		lines []string
		want  []rest.Limit
	}{
		{"none", []string{"Content-Type: text/plain"}, []rest.Limit{}},
		{"first drafts", []string{"RateLimit-Limit: 100, 100;w=60", "RateLimit-Remaining: 7", "RateLimit-Reset: 30"},
			[]rest.Limit{{"ratelimit", 100, 7, 30 * time.Second}}},
		{"a later draft", []string{"RateLimit: limit=100, remaining=0, reset=50"}, []rest.Limit{{"ratelimit", 100, 0, 50 * time.Second}}},
		{"the newest draft", []string{`RateLimit: "burst";r=5;t=1, "day";r=0;t=3600`, `RateLimit-Policy: "day";q=1000;w=86400`},
			[]rest.Limit{{"burst", -1, 5, time.Second}, {"day", -1, 0, time.Hour}}},
		{"seconds from now", []string{"X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 12"},
			[]rest.Limit{{"x-ratelimit", 60, 0, 12 * time.Second}}},
		{"a moment", []string{"X-RateLimit-Reset: " + soon}, []rest.Limit{{"x-ratelimit", -1, -1, 90 * time.Second}}},
		{"in milliseconds", []string{"X-Rate-Limit-Reset: " + soon + "500"},
			[]rest.Limit{{"x-rate-limit", -1, -1, 90500 * time.Millisecond}}},
		{"as a date", []string{"X-RateLimit-Reset: " + noon.Add(time.Hour).Format(time.RFC3339)},
			[]rest.Limit{{"x-ratelimit", -1, -1, time.Hour}}},
		{"by the service's clock", []string{"Date: Tue, 17 Mar 2026 10:00:00 GMT", "X-RateLimit-Reset: 1773741660"}, // 10:01
			[]rest.Limit{{"x-ratelimit", -1, -1, time.Minute}}},
		{"GoCardless", []string{"HTTP_X_RATELIMIT_LIMIT: 300", "HTTP_X_RATELIMIT_REMAINING: 299", "HTTP_X_RATELIMIT_RESET: 59",
			"HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_LIMIT: 4", "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING: 0",
			"HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET: 3000"},
			[]rest.Limit{{"x-ratelimit", 300, 299, 59 * time.Second}, {"x-ratelimit-account-success", 4, 0, 50 * time.Minute}}},
		{"nonsense", []string{"X-RateLimit-Limit: many", "X-RateLimit-Remaining: -3", "X-RateLimit-Reset: soon", "RateLimit: ;;=,,"},
			[]rest.Limit{{"x-ratelimit", -1, -1, -1}}},
		{"over", []string{"X-RateLimit-Reset: 1600000000"}, []rest.Limit{{"x-ratelimit", -1, -1, 0}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, rest.Limits(headers(tt.lines...), noon)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestHowLongToWait(t *testing.T) {
	tests := []struct {
		name   string
		status int
		lines  []string
		want   time.Duration
	}{
		{"seconds", 429, []string{"Retry-After: 17"}, 17 * time.Second},
		{"a fraction", 429, []string{"Retry-After: 1.5"}, time.Second},
		{"a date", 503, []string{"Retry-After: Tue, 17 Mar 2026 12:00:30 GMT"}, 30 * time.Second},
		{"a date that is over", 429, []string{"Retry-After: Tue, 17 Mar 2026 11:00:30 GMT"}, 0},
		{"less than nothing", 429, []string{"Retry-After: -5"}, 0},
		{"for ever", 429, []string{"Retry-After: 999999999"}, 366 * 24 * time.Hour},
		{"more than a number holds", 429, []string{"Retry-After: 99999999999999999999"}, 0},
		{"the one that is used up", 429, []string{`RateLimit: "a";r=3;t=900, "b";r=0;t=20`}, 20 * time.Second},
		{"none is said to be", 429, []string{"X-RateLimit-Reset: 40"}, 40 * time.Second},
		{"its own word first", 429, []string{"Retry-After: 2", "RateLimit-Remaining: 0", "RateLimit-Reset: 40"}, 2 * time.Second},
		{"no refusal", 200, []string{"Retry-After: 17"}, 0},
		{"a moment in place of seconds", 429, []string{"Retry-After: 1773748860"}, time.Minute},
	}
	for _, tt := range tests {
		if got := rest.WaitOf(tt.status, headers(tt.lines...), noon); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// FuzzLimits: whatever headers say, waits stay within bounds.
func FuzzLimits(f *testing.F) {
	f.Add("RateLimit", `"a";r=0;t=5, limit=5`, "1773748860", "30")
	f.Add("X-RateLimit-Reset", "9223372036854775807", "-9223372036854775808", "Tue, 17 Mar 2026 12:00:30 GMT")
	f.Add("HTTP_X_RATELIMIT_RESET", "1e9", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
	f.Fuzz(func(t *testing.T, name, value, reset, after string) {
		h := http.Header{name: {value}, "X-Ratelimit-Reset": {reset}, "Retry-After": {after}}
		for _, limit := range rest.Limits(h, noon) {
			if limit.Reset < -1 || limit.Reset > 366*24*time.Hour || limit.Most < -1 || limit.Left < -1 {
				t.Fatalf("%v: %+v", h, limit)
			}
		}
		if wait := rest.WaitOf(429, h, noon); wait < 0 || wait > 366*24*time.Hour {
			t.Fatalf("%v: wait %s", h, wait)
		}
	})
}
