package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Secrets that no place may know. Their signs are what JSON and addresses write in
// other ways.
const (
	canary    = `Canary-7f3e"9b2c&Zwaluw` // what is typed into flows
	canaryKey = `Kanarie-5d1a"8e4f&Merel` // a provider's setting
)

// TestSecretsStayOut types a password into flows, one of them of a provider that
// tells it to everybody, and looks for it in everything that is kept, logged or
// told (S19).
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		l := newLookout(t, on)
		c := l.client().login(t)
		watch := c.listen(t, 0, "res.company/1")
		link := c.connect(t, "demo-checking", map[string]string{"password": canary})
		l.lookTold("the bus", watch.until(t, "the end of the run", finished))
		// a flow that is left in the middle, with the password typed
		var at step
		c.call(t, &at, "account.online.flow", "start", list{object{"institution_id": c.institution(t, "demo-mfa")}}, nil)
		values := at.answer(map[string]string{"password": canary})
		if values["password"] != canary {
			t.Fatalf("the demo bank asks no password: %+v", at)
		}
		c.call(t, &at, "account.online.flow", "submit", list{at.FlowID, values}, nil)
		if at.State != "asking" {
			t.Fatalf("the flow is %s", at.State)
		}
		c.fetch(t, link)
		l.babble(t, c)
		l.lookAround(t, "while the host runs")
		if err := l.stop(); err != nil {
			t.Fatal(err)
		}
		l.lookAtFiles(t, "after the host stopped")
	})
}

// babble connects a provider that tells its secrets in its log, in errors, and as
// it dies.
func (l *lookout) babble(t *testing.T, c *client) {
	t.Helper()
	until(t, "the bank of the new provider", func() bool {
		return c.count(t, "account.online.institution", list{leaf("online_identifier", "=", "wild")}) == 1
	})
	var at step
	var answer json.RawMessage
	c.call(t, &at, "account.online.flow", "start", list{object{"institution_id": c.institution(t, "wild")}}, nil)
	l.orders(t, "refuse")
	c.call(t, &answer, "account.online.flow", "submit", list{at.FlowID, object{"password": canary}}, nil)
	if !bytes.Contains(answer, []byte("No good: •••")) {
		t.Errorf("the refusal of the password: %s", answer)
	}
	l.look("the flow's answer", answer)
	l.lookAtProcesses(t, "while a password is asked")
	l.orders(t, "")
	at = step{}
	c.call(t, &answer, "account.online.flow", "submit", list{flowOf(t, answer), object{"password": canary}}, nil)
	if err := json.Unmarshal(answer, &at); err != nil || at.State != "done" {
		t.Fatalf("the flow: %s", answer)
	}
	link := int64(c.rows(t, "account.online.link", nil, "name")[1]["id"].(float64))
	c.runsDone(t, link)
	for _, act := range []string{"tell", "tell, panic"} {
		l.orders(t, act)
		run := c.fetch(t, link)
		if run["outcome"] == "ok" || run["outcome"] == "nothing_new" {
			t.Errorf("a synchronisation that fails: %v", run)
		}
		l.lookTold("the run", run)
	}
	if log := l.logText(); !strings.Contains(log, "wrong password") || !strings.Contains(log, "panic: password •••") {
		t.Errorf("what the provider told is not in the log:\n%s", l.tail())
	}
}

func flowOf(t testing.TB, answer json.RawMessage) int64 {
	t.Helper()
	var at step
	if err := json.Unmarshal(answer, &at); err != nil {
		t.Fatal(err)
	}
	return at.FlowID
}

// lookout is a host with secrets, and who looks for them.
type lookout struct {
	*host
	world *wildWorld
	temp  string
	look  func(where string, text []byte)
}

func newLookout(t *testing.T, on database) *lookout {
	t.Helper()
	h := furnishedHost(t, on, "GIROSYNC_LOG_LEVEL=debug")
	h.ownPlugins(t)
	temp, err := os.MkdirTemp(built.dir, "t")
	if err != nil {
		t.Fatal(err)
	}
	l := &lookout{host: h, temp: temp}
	l.world = &wildWorld{file: filepath.Join(filepath.Dir(h.dir), "wild"), Day: today(), Told: 20, Page: 5, Form: true}
	key := filepath.Join(t.TempDir(), "key")
	err = errors.Join(os.WriteFile(key, []byte(canaryKey), 0o600),
		copyFile(filepath.Join(built.dir, "wild"), filepath.Join(h.plugin, "girosync-provider-wild")), inRoot("scripts/trust", h.plugin))
	if err != nil {
		t.Fatal(err)
	}
	l.orders(t, "")
	h.env = append(h.env, "TMPDIR="+temp, "GIROSYNC_PROVIDERS_WILD_ORDERS="+l.world.file, "GIROSYNC_PROVIDERS_WILD_KEY_FILE="+key)
	forms := formsOf("password", canary)
	forms = append(forms, formsOf("key", canaryKey)...)
	l.look = func(where string, text []byte) {
		for _, form := range forms {
			if at := bytes.Index(text, form.text); at >= 0 {
				t.Errorf("%s in %s: %q", form.name, where, text[max(0, at-60):min(len(text), at+60)])
			}
		}
	}
	h.serve(t)
	return l
}

func (l *lookout) orders(t testing.TB, act string) {
	t.Helper()
	l.world.Act = act
	l.world.write(t)
}

// form is a way in which a secret may be written.
type form struct {
	name string
	text []byte
}

func formsOf(name, secret string) (forms []form) {
	add := func(how, text string) { forms = append(forms, form{"the " + name + " stands " + how, []byte(text)}) }
	add("plain", secret)
	for before := range 3 { // bytes before it, of which base64 takes three at once
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + secret))
		text = text[(8*before+5)/6 : 8*(before+len(secret))/6]
		add("in base64", text)
		add("in base64 for addresses", strings.NewReplacer("+", "-", "/", "_").Replace(text))
	}
	add("in hex", hex.EncodeToString([]byte(secret)))
	add("in capital hex", strings.ToUpper(hex.EncodeToString([]byte(secret))))
	add("as in a query", url.QueryEscape(secret))
	add("as in a path", url.PathEscape(secret))
	inJSON, _ := json.Marshal(secret) // a text never fails
	add("as in JSON", strings.Trim(string(inJSON), `"`))
	add("quoted", strings.Trim(strconv.Quote(secret), `"`))
	add("as in HTML", html.EscapeString(secret))
	return forms
}
