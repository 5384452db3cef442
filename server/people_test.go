package server_test

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

// Whoever guesses a password waits, whichever way they try, and nobody else does.
func TestGuessersWait(t *testing.T) {
	eachLogged(t, func(c *conf.Config) { c.Login.Failures = 3 }, func(t *testing.T, host *server.Host, log *logLines) {
		owner, guesser := visit(t, host, "192.0.2.1"), visit(t, host, "192.0.2.9")
		inside := visit(t, host, "192.0.2.9") // somebody at the same address who is logged in
		owner.login("books", "admin", "admin").must(t, nil)
		inside.login("books", "admin", "admin").must(t, nil)
		if got := guesser.service("common", "login", "books", "admin", "wrong"); string(got.Result) != "false" {
			t.Errorf("the first guess: %s", got.body)
		}
		guesser.login("books", "admin", "wrong").wantWhy(t, "the second", accessDenied, "Access Denied")
		guesser.service("object", "execute", "books", 2, "wrong", "res.users", "search", []any{}).wantWhy(t, "the third", accessDenied,
			"Access Denied")
		const wait = "Too many wrong log-ins. Try again in"
		for what, got := range map[string]heard{
			"log-in":              guesser.login("books", "admin", "admin"),
			"common.login":        guesser.service("common", "login", "books", "admin", "admin"),
			"common.authenticate": guesser.service("common", "authenticate", "books", "admin", "admin", object{}),
			"object":              guesser.service("object", "execute", "books", 2, "admin", "res.users", "search", []any{}),
		} {
			got.wantWhy(t, what+" with the right password, too soon", accessDenied, wait)
			if !strings.Contains(got.why(), " UTC") {
				t.Errorf("%s does not say when: %s", what, got.why())
			}
		}
		guesser.headers["Accept-Language"] = "nl"
		guesser.login("books", "admin", "admin").wantWhy(t, "in Dutch", accessDenied, "Te veel mislukte aanmeldingen")
		if !inside.alive() {
			t.Error("a session at the same address ended")
		}
		owner.login("books", "admin", "admin").must(t, nil)
		owner.service("object", "execute", "books", 2, "admin", "res.users", "search", []any{}).must(t, nil)
		if !strings.Contains(log.String(), "address=192.0.2.9") || strings.Contains(log.String(), "wrong\"") {
			t.Errorf("the log: %s", log)
		}
		for range 3 { // logins that nobody has wait alike
			guesser.service("common", "login", "books", "nobody", "x")
		}
		guesser.service("common", "login", "books", "nobody", "x").wantWhy(t, "an unknown login", accessDenied, "mislukte")
		if err := host.Forgive(context.Background(), "books", "admin"); err != nil {
			t.Fatal(err)
		}
		guesser.login("books", "admin", "admin").must(t, nil)
	})
}

// sessionList is what list_sessions tells.
type sessionList []struct {
	Session, Address, Agent string
	Current                 bool
}

func TestSessionsAreSeenAndEnded(t *testing.T) {
	eachLogged(t, func(*conf.Config) {}, func(t *testing.T, host *server.Host, _ *logLines) {
		desk, phone, clerk := visit(t, host, "192.0.2.1"), visit(t, host, "192.0.2.2"), visit(t, host, "192.0.2.3")
		phone.headers["User-Agent"] = "Phone/1"
		for _, v := range []*visitor{desk, phone} {
			v.login("books", "admin", "admin").must(t, nil)
		}
		var id int64
		desk.call("res.users", "create", object{"name": "Clerk", "login": "clerk", "password": "first words",
			"groups_id": list(list(4, 1))}).must(t, &id)
		clerk.login("books", "clerk", "first words").must(t, nil)

		var seen sessionList
		desk.call("res.users", "list_sessions", list(2)).must(t, &seen)
		if len(seen) != 2 {
			t.Fatalf("%d sessions: %v", len(seen), seen)
		}
		other := seen[0]
		if other.Current {
			other = seen[1]
		}
		if other.Address != "192.0.2.2" || other.Agent != "Phone/1" || seen[0].Current == seen[1].Current {
			t.Errorf("sessions: %+v", seen)
		}
		for _, token := range []string{desk.cookie, phone.cookie} {
			if strings.Contains(token, other.Session) {
				t.Error("the list tells a token")
			}
		}
		clerk.call("res.users", "list_sessions", list(2)).wantWhy(t, "another's", "odoo.exceptions.AccessError", "")
		clerk.call("res.users", "end_sessions", list(2), list(other.Session)).wantWhy(t, "another's", "odoo.exceptions.AccessError", "")
		clerk.call("res.users", "end_sessions", list(id), list(other.Session)).must(t, nil) // not one of the clerk's own
		if !phone.alive() {
			t.Error("a clerk ended the administrator's session")
		}
		var ended int
		desk.call("res.users", "end_sessions", list(2), list(other.Session)).must(t, &ended)
		if ended != 1 || phone.alive() || !desk.alive() {
			t.Errorf("%d ended; phone %v, desk %v", ended, phone.alive(), desk.alive())
		}

		// a new password ends the others
		phone.login("books", "admin", "admin").must(t, nil)
		desk.call("res.users", "change_password", "wrong", "a new password").wantWhy(t, "wrong old one", accessDenied, "Access Denied")
		desk.call("res.users", "change_password", "admin", "short").wantWhy(t, "short", userError, "at least 8 characters and only has 5")
		desk.call("res.users", "change_password", "admin", "").wantWhy(t, "empty", userError, "empty passwords")
		if !phone.alive() {
			t.Error("a refused change ended a session")
		}
		if got := desk.call("res.users", "change_password", "admin", "a new password"); string(got.Result) != "true" {
			t.Fatalf("change: %s", got.body)
		}
		if phone.alive() || !desk.alive() || !clerk.alive() {
			t.Errorf("after the change: phone %v, desk %v, clerk %v", phone.alive(), desk.alive(), clerk.alive())
		}
		phone.login("books", "admin", "admin").wantWhy(t, "the old password", accessDenied, "Access Denied")
		phone.login("books", "admin", "a new password").must(t, nil)
		desk.call("res.users", "action_revoke_all_devices", list(2)).must(t, nil)
		if phone.alive() || !desk.alive() {
			t.Error("revoking all devices but this one")
		}

		// an administrator sets another's password, and archives them
		desk.call("res.users", "write", list(id), object{"password": "tiny"}).wantWhy(t, "a short one for others", userError, "at least 8")
		desk.call("res.users", "write", list(id), object{"password": "second words"}).must(t, nil)
		if clerk.alive() {
			t.Error("the clerk's session outlived the old password")
		}
		clerk.login("books", "clerk", "second words").must(t, nil)
		desk.call("res.users", "write", list(id), object{"active": false}).must(t, nil)
		if clerk.alive() {
			t.Error("the clerk's session outlived the archiving")
		}
		clerk.login("books", "clerk", "second words").wantWhy(t, "archived", accessDenied, "Access Denied")
		desk.call("ir.config_parameter", "set_param", "auth_password_policy.minlength", "3").must(t, nil)
		desk.call("res.users", "write", list(id), object{"password": "tiny"}).must(t, nil)
	})
}

// TestKeysAreMadeAndRevoked: who has a session or a key alone cannot make a key.
func TestKeysAreMadeAndRevoked(t *testing.T) {
	eachLogged(t, func(*conf.Config) {}, func(t *testing.T, host *server.Host, log *logLines) {
		v := visit(t, host, "192.0.2.1")
		v.login("books", "admin", "admin").must(t, nil)
		wizard := func(v *visitor, values object) (id int64) {
			v.call("res.users.apikeys.description", "create", values).must(t, &id)
			return id
		}
		var made struct {
			Context struct {
				DefaultKey string `json:"default_key"`
			}
		}
		v.call("res.users.apikeys.description", "make_key", list(wizard(v, object{"name": "script", "duration": "30"}))).must(t, &made)
		key := made.Context.DefaultKey
		if !strings.HasPrefix(key, "gs_") {
			t.Fatalf("key %q", key)
		}
		uses := func(key string) heard {
			return v.service("object", "execute_kw", "books", 2, key, "res.users", "search_count", list([]any{}))
		}
		uses(key).must(t, nil)
		v.login("books", "admin", key).wantWhy(t, "a key as a password in a browser", accessDenied, "Access Denied")

		// with the key alone, no further key; with the password, one
		var second int64
		v.service("object", "execute_kw", "books", 2, key, "res.users.apikeys.description", "create",
			list(object{"name": "more"})).must(t, &second)
		v.service("object", "execute_kw", "books", 2, key, "res.users.apikeys.description", "make_key", list(list(second))).
			wantWhy(t, "a key makes a key", userError, "Confirm with your password")
		v.service("object", "execute_kw", "books", 2, key, "res.users.apikeys.description", "make_key", list(list(second)),
			object{"password": "guess"}).
			wantWhy(t, "with a wrong password", accessDenied, "Access Denied")
		v.service("object", "execute_kw", "books", 2, key, "res.users.apikeys.description", "make_key", list(list(second)),
			object{"password": "admin"}).must(t, nil)

		// a clerk's keys expire, and are the clerk's own
		var id int64
		v.login("books", "admin", "admin").must(t, nil)
		v.call("res.users", "create", object{"name": "Clerk", "login": "clerk", "password": "first words",
			"groups_id": list(list(4, 1))}).must(t, &id)
		clerk := visit(t, host, "192.0.2.3")
		clerk.login("books", "clerk", "first words").must(t, nil)
		for duration, part := range map[string]string{"0": "needs a date", "180": "90 days at most"} {
			clerk.call("res.users.apikeys.description", "make_key",
				list(wizard(clerk, object{"name": "x", "duration": duration}))).wantWhy(t, duration, userError, part)
		}
		clerk.call("res.users.apikeys.description", "make_key", list(wizard(v, object{"name": "admin's", "duration": "1"}))).
			wantWhy(t, "another's description", "odoo.exceptions.AccessError", "")
		clerk.call("res.users.apikeys.description", "make_key", list(wizard(clerk, object{"name": "own", "duration": "1"}))).must(t, nil)
		var keys []object
		clerk.call("res.users.apikeys", "search_read", []any{}, list("name", "scope", "expiration_date")).must(t, &keys)
		if len(keys) != 1 || keys[0]["name"] != "own" || keys[0]["scope"] != "rpc" || keys[0]["expiration_date"] == false {
			t.Errorf("the clerk's keys: %v", keys)
		}
		clerk.call("res.users.apikeys", "remove", list(1)).wantWhy(t, "another's key", "odoo.exceptions.AccessError", "")
		v.call("res.users.apikeys", "remove", list(1)).must(t, nil)
		uses(key).wantWhy(t, "a revoked key", accessDenied, "Access Denied")
		if strings.Contains(log.String(), key) {
			t.Error("the log shows a key")
		}
	})
}

// TestCookiesAndOrigins behind a proxy that is trusted.
func TestCookiesAndOrigins(t *testing.T) {
	eachLogged(t, func(c *conf.Config) {
		c.Server.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}
		c.Server.AllowedOrigins = []string{"https://erp.example.com"}
	}, func(t *testing.T, host *server.Host, _ *logLines) {
		proxied, direct := visit(t, host, "10.0.0.1"), visit(t, host, "192.0.2.1")
		for _, v := range []*visitor{proxied, direct} {
			v.headers["X-Forwarded-For"], v.headers["X-Forwarded-Proto"], v.headers["X-Forwarded-Host"] = "198.51.100.7", "https",
				"books.example.com"
		}
		for _, c := range []struct {
			name   string
			v      *visitor
			secure bool
		}{{"through the proxy", proxied, true}, {"by who claims to be one", direct, false}} {
			got := c.v.login("books", "admin", "admin")
			if len(got.cookies) != 1 {
				t.Fatalf("%s: %s", c.name, got.body)
			}
			if k := got.cookies[0]; k.Secure != c.secure || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" {
				t.Errorf("%s: cookie %s", c.name, k)
			}
		}
		var seen sessionList
		proxied.call("res.users", "list_sessions", list(2)).must(t, &seen)
		addresses := map[string]bool{}
		for _, s := range seen {
			addresses[s.Address] = true
		}
		if !addresses["198.51.100.7"] || !addresses["192.0.2.1"] || len(addresses) != 2 {
			t.Errorf("addresses %v", addresses)
		}
		for origin, status := range map[string]int{"https://books.example.com": 200, "https://erp.example.com": 200,
			"https://evil.example.com": 403, "null": 403} {
			proxied.headers["Origin"] = origin
			if got := proxied.call("res.users", "search", []any{}); got.status != status {
				t.Errorf("%s: status %d: %.200s", origin, got.status, got.body)
			}
		}
		stranger := visit(t, host, "192.0.2.5") // a page may guess passwords for its visitor, or reach what only they can
		stranger.headers["Origin"] = "https://evil.example.com"
		if got := stranger.service("common", "version"); got.status != http.StatusForbidden {
			t.Errorf("without a cookie: status %d: %.200s", got.status, got.body)
		}
	})
}
