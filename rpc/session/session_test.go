package session_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/rpc/session"
)

var noon = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

func TestTokensAreLongAndNeverTheSame(t *testing.T) {
	const many = 5000
	seen := make(map[string]bool, many)
	var ones [256]int // how often each of the 256 bits is set
	for range many {
		token := session.NewToken()
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(raw) != 32 {
			t.Fatalf("token %q: %d bytes, %v; want 32 in unpadded base64url", token, len(raw), err)
		}
		if seen[token] {
			t.Fatalf("token %q came twice", token)
		}
		seen[token] = true
		for bit := range ones {
			ones[bit] += int(raw[bit/8] >> (bit % 8) & 1)
		}
	}
	// Half of 5000, and ten standard deviations (35) either side.
	for bit, n := range ones {
		if n < 2150 || n > 2850 {
			t.Errorf("bit %d is set in %d of %d tokens", bit, n, many)
		}
	}
}

func TestKeyHidesItsToken(t *testing.T) {
	// SHA-256 of "abc", from the standard's own example.
	want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if diff := cmp.Diff(want, session.Key("abc")); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
	token := session.NewToken()
	if strings.Contains(session.Key(token), token) || session.Key(token) == session.Key(token+"x") {
		t.Error("a key shows its token, or two tokens share one")
	}
}

func TestValidUntilItExpires(t *testing.T) {
	for _, c := range []struct {
		name string
		s    session.Session
		want bool
	}{
		{"before its end", session.Session{UID: 2, Expires: noon.Add(1)}, true},
		{"at its end", session.Session{UID: 2, Expires: noon}, false},
		{"after its end", session.Session{UID: 2, Expires: noon.Add(-1)}, false},
		{"of nobody", session.Session{Expires: noon.Add(time.Hour)}, false},
		{"zero", session.Session{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.s.Valid(noon); got != c.want {
				t.Errorf("got %t, want %t", got, c.want)
			}
		})
	}
}

func TestCookies(t *testing.T) {
	s := session.Session{Token: "secret", UID: 2, Expires: noon.Add(90 * time.Minute)}
	for _, c := range []struct {
		name   string
		cookie *http.Cookie
		want   string
	}{
		{"plain", session.Cookie(s, noon, false),
			"session_id=secret; Path=/; Expires=Sat, 01 Mar 2025 13:30:00 GMT; Max-Age=5400; HttpOnly; SameSite=Lax"},
		{"over TLS", session.Cookie(s, noon, true),
			"session_id=secret; Path=/; Expires=Sat, 01 Mar 2025 13:30:00 GMT; Max-Age=5400; HttpOnly; Secure; SameSite=Lax"},
		{"end", session.EndCookie(false), "session_id=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
		{"end over TLS", session.EndCookie(true), "session_id=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.cookie.String()); diff != "" {
				t.Errorf("cookie (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTokenComesBackInTheCookie(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/web/session/check", nil)
	if got := session.TokenOf(r); got != "" {
		t.Errorf("token %q of a request without a cookie", got)
	}
	token := session.NewToken()
	r.AddCookie(session.Cookie(session.Session{Token: token, Expires: noon}, noon, true))
	if got := session.TokenOf(r); got != token {
		t.Errorf("got %q, want %q", got, token)
	}
}
