package e2e

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// manual is plugins/README.md.
func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(built.root, "plugins", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fenced returns the text of the manual's first fence that begins with some lines.
func fenced(t *testing.T, begins string) string {
	t.Helper()
	_, rest, found := strings.Cut(manual(t), "\n"+begins)
	text, _, ended := strings.Cut(rest, "\n```")
	if !found || !ended {
		t.Fatalf("the manual has no text that begins with %q", begins)
	}
	return begins + text + "\n"
}

// buildPrinted builds a provider that the manual prints, in a module of its own, with
// a suite beside it, and returns the program.
func buildPrinted(t *testing.T, name, main, suite string) string {
	t.Helper()
	root, err := filepath.Abs(built.root)
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	module := strings.Replace(fenced(t, "module example.com/girosync-provider-least\n"), "../girosync", root, 1)
	dir := t.TempDir()
	for file, text := range map[string]string{
		"go.mod": strings.Replace(module, "provider-least", "provider-"+name, 1), "main.go": main, "go.sum": string(sums),
		"conform.toml": suite,
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "girosync-provider-"+name)
	for _, args := range [][]string{{"mod", "tidy"}, {"vet", "."}, {"build", "-o", program, "."}} {
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	return program
}

// The least provider, as the manual prints it, builds and conforms.
func TestTheManualsProviderConforms(t *testing.T) {
	t.Parallel()
	program := buildPrinted(t, "least",
		fenced(t, "package main\n\nimport (\n\t\"context\"\n\n\t\"github.com/girosync/girosync/plugins/sdk\"\n"), `
institution = "bank"
now = 2026-03-17T12:00:00Z
answers = { token = "let me in" }
[[refuse]]
answers = { token = "another" }
kind = "bad_credentials"
field = "token"
`)
	if report := conform(t, program, ""); !report.FullMarks {
		t.Errorf("%+v", report)
	}
}

// The provider with a redirect and OAuth2, as the manual prints it, builds and
// conforms: its bank's tokens end after an hour, and rotate.
func TestTheManualsOAuthProviderConforms(t *testing.T) {
	t.Parallel()
	bank := newOpenBank(t)
	program := buildPrinted(t, "open",
		fenced(t, "package main\n\nimport (\n\t\"context\"\n\t\"encoding/json\"\n\t\"net/url\"\n"), fmt.Sprintf(`
institution = "open"
now = 2026-03-17T12:00:00Z
config = { api_url = %[1]q, client_id = "girosync", client_secret = "very secret indeed" }
visit = "{url}"
clock = "%[1]s/clock"
[[expect]]
text = "r-9"
date = "2026-03-10"
amount = "3.40"
direction = "out"
[[refuse]]
redirect = { error = "access_denied" }
kind = "needs_user"
`, bank.server.URL))
	if report := conform(t, program, ""); !report.FullMarks {
		t.Errorf("%+v", report)
	}
	if bank.renewed == 0 {
		t.Error("no token was ever renewed: the test looks at less than it says")
	}
}

// openBank is the bank of the manual's provider.
type openBank struct {
	server *httptest.Server

	mu      sync.Mutex
	now     time.Time
	codes   map[string]bool
	refresh map[string]bool
	access  map[string]time.Time // until when
	renewed int
}

func newOpenBank(t *testing.T) *openBank {
	t.Helper()
	b := &openBank{codes: map[string]bool{}, refresh: map[string]bool{}, access: map[string]time.Time{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", b.authorize)
	mux.HandleFunc("POST /token", b.token)
	mux.HandleFunc("GET /accounts", b.asked(func(*http.Request) any {
		return map[string]any{"accounts": []any{map[string]string{"id": "1", "iban": "NL02ABNA0123456789", "currency": "EUR"}}}
	}))
	mux.HandleFunc("GET /accounts/1/transactions", b.asked(rowsOf))
	mux.HandleFunc("POST /clock", func(_ http.ResponseWriter, r *http.Request) {
		var asked struct{ Now time.Time }
		_ = json.NewDecoder(r.Body).Decode(&asked) // what is wrong shows in the tokens
		b.mu.Lock()
		defer b.mu.Unlock()
		b.now = asked.Now
	})
	b.server = httptest.NewServer(mux)
	t.Cleanup(b.server.Close)
	return b
}

// authorize is the page of the bank, whose user allows everything.
func (b *openBank) authorize(w http.ResponseWriter, r *http.Request) {
	code := rand.Text()
	b.mu.Lock()
	b.codes[code] = true
	b.mu.Unlock()
	back := url.Values{"code": {code}, "state": {r.FormValue("state")}}
	http.Redirect(w, r, r.FormValue("redirect_uri")+"?"+back.Encode(), http.StatusSeeOther)
}

// token gives tokens for a code or a refresh token, each of which works once.
func (b *openBank) token(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	client, _, _ := r.BasicAuth()
	code, old := r.FormValue("code"), r.FormValue("refresh_token")
	if client != "girosync" || !b.codes[code] && !b.refresh[old] {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	if old != "" {
		b.renewed++
	}
	delete(b.codes, code)
	delete(b.refresh, old)
	access, refresh := rand.Text(), rand.Text()
	b.access[access], b.refresh[refresh] = b.now.Add(time.Hour), true
	fmt.Fprintf(w, `{"access_token":%q,"refresh_token":%q,"expires_in":3600}`, access, refresh)
}

// asked answers those whose token is good.
func (b *openBank) asked(answer func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		b.mu.Lock()
		good := b.now.Before(b.access[token])
		b.mu.Unlock()
		if !good {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(answer(r)) // a client that has gone needs no answer
	}
}

// rowsOf are nine purchases, four to a page.
func rowsOf(r *http.Request) any {
	type row struct{ ID, Day, Text, Amount string }
	rows := []row{}
	for n := range 9 {
		day := sdk.Date{Year: 2026, Month: time.March, Day: 2 + n}.String()
		if from := r.FormValue("from"); (from == "" || day >= from) && day <= r.FormValue("to") {
			rows = append(rows, row{fmt.Sprint("r-", n+1), day, "Bread", "-3.40"})
		}
	}
	const size = 4
	page := 0
	_, _ = fmt.Sscan(r.FormValue("page"), &page) // none is the first
	begin, end := min(page*size, len(rows)), min((page+1)*size, len(rows))
	next := ""
	if end < len(rows) {
		next = fmt.Sprint(page + 1)
	}
	return map[string]any{"rows": rows[begin:end], "next": next}
}
