package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// leaks finds what no client should see: stacks, sources, SQL, folders.
var leaks = regexp.MustCompile(`goroutine \d|\.go:\d|SELECT |INSERT INTO|pq:|SQLSTATE|sqlite3?[. ]|/tmp/|/home/|/root/|runtime error|nil pointer|github\.com`)

// TestErrors sends what is wrong, and expects Odoo's errors and nothing else.
func TestErrors(t *testing.T) {
	executing := func(db string, uid any, password, model, method string, args, kwargs string) string {
		who, _ := json.Marshal(list{db, uid, password, model, method})
		return `{"jsonrpc":"2.0","method":"call","id":1,"params":{"service":"object","method":"execute_kw","args":[` +
			strings.Trim(string(who), "[]") + `,` + args + `,` + kwargs + `]}}`
	}
	object := func(model, method, args, kwargs string) string {
		return executing("demo", 2, "admin", model, method, args, kwargs)
	}
	const journal = "account.journal"
	tests := []struct {
		name, path, body string
		status           int    // 0: 200
		want             string // the exception, or what the answer has
	}{
		{"wrong password", "/jsonrpc", executing("demo", 2, "wrong", journal, "search", "[[]]", "{}"), 0, "odoo.exceptions.AccessDenied"},
		{"wrong user", "/jsonrpc", executing("demo", 99, "admin", journal, "search", "[[]]", "{}"), 0, "odoo.exceptions.AccessDenied"},
		{"no number as user", "/jsonrpc", executing("demo", "admin", "admin", journal, "search", "[[]]", "{}"), 0, "builtins.ValueError"},
		{"empty password", "/jsonrpc", executing("demo", 2, "", journal, "search", "[[]]", "{}"), 0, "odoo.exceptions.AccessDenied"},
		{"wrong login", "/web/session/authenticate", `{"params":{"db":"demo","login":"admin","password":"wrong"}}`, 0,
			"odoo.exceptions.AccessDenied"},
		{"login at an unknown database", "/web/session/authenticate", `{"params":{"db":"nope","login":"admin","password":"admin"}}`, 0,
			`"error"`},
		{"no session", "/web/dataset/call_kw", `{"params":{"model":"account.journal","method":"search","args":[[]],"kwargs":{}}}`, 0,
			"odoo.http.SessionExpiredException"},
		{"unknown database", "/jsonrpc", executing("nope", 2, "admin", journal, "search", "[[]]", "{}"), 0,
			`database \"nope\" does not exist`},
		{"a path as database", "/jsonrpc", executing("../../etc/passwd", 2, "admin", journal, "search", "[[]]", "{}"), 0, `"error"`},
		{"unknown model", "/jsonrpc", object("no.such.model", "search", "[[]]", "{}"), 0, "odoo.exceptions.UserError"},
		{"unknown method", "/jsonrpc", object(journal, "nope", "[[]]", "{}"), 0, "builtins.AttributeError"},
		{"private method", "/jsonrpc", object(journal, "_search", "[[]]", "{}"), 0, "odoo.exceptions.AccessError"},
		{"unknown field read", "/jsonrpc", object(journal, "search_read", "[[]]", `{"fields":["nope"]}`), 0, "builtins.ValueError"},
		{"unknown field in a domain", "/jsonrpc", object(journal, "search", `[[["nope","=",1]]]`, "{}"), 0, "builtins.ValueError"},
		{"unknown field written", "/jsonrpc", object(journal, "write", `[[1],{"nope":1}]`, "{}"), 0, "builtins.ValueError"},
		{"unknown operator", "/jsonrpc", object(journal, "search", `[[["name","resembles","x"]]]`, "{}"), 0, "builtins.ValueError"},
		{"domain without end", "/jsonrpc", object(journal, "search", `[["&",["name","=","x"]]]`, "{}"), 0, "builtins."},
		{"domain of numbers", "/jsonrpc", object(journal, "search", `[[1,2,3]]`, "{}"), 0, "builtins."},
		{"domain that is a text", "/jsonrpc", object(journal, "search", `["'; DROP TABLE account_journal; --"]`, "{}"), 0, "builtins."},
		{"order by an injection", "/jsonrpc", object(journal, "search", `[[]]`, `{"order":"id; DROP TABLE account_journal"}`), 0,
			`"error"`},
		{"missing record", "/jsonrpc", object(journal, "write", `[[999999],{"name":"x"}]`, "{}"), 0, "odoo.exceptions.MissingError"},
		{"unknown argument", "/jsonrpc", object(journal, "search", `[[]]`, `{"nope":1}`), 0, "builtins.TypeError"},
		{"too many arguments", "/jsonrpc", object(journal, "search", `[[],0,1,"id",2,3,4]`, `{}`), 0, "builtins.TypeError"},
		{"an id that is a text", "/jsonrpc", object(journal, "read", `[["x"]]`, `{}`), 0, `"error"`},
		{"an id that is huge", "/jsonrpc", object(journal, "read", `[[99999999999999999999999]]`, `{}`), 0, `"result":[]`},
		{"unknown service", "/jsonrpc", `{"params":{"service":"nope","method":"x","args":[]}}`, 0, `"error"`},
		{"no parameters", "/jsonrpc", `{"id":1}`, 0, `"error"`},
		{"parameters that are a list", "/jsonrpc", `{"id":1,"params":[1]}`, 0, `"error"`},
		{"malformed JSON", "/jsonrpc", `{"jsonrpc": "2.0", "params": {`, http.StatusBadRequest, ""},
		{"no JSON", "/jsonrpc", `hello`, http.StatusBadRequest, ""},
		{"nothing", "/jsonrpc", ``, http.StatusBadRequest, ""},
		{"zero bytes", "/jsonrpc", "\x00\x00\x00", http.StatusBadRequest, ""},
		{"deep nesting", "/jsonrpc", object(journal, "search", strings.Repeat("[", 5000)+strings.Repeat("]", 5000), "{}"), -1, ""},
		{"very deep nesting", "/jsonrpc", strings.Repeat(`{"a":[`, 200_000), -1, ""},
		{"a huge body", "/jsonrpc", `{"params":"` + strings.Repeat("x", 5<<20) + `"}`, -1, ""},
	}
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		h := demo(t, on)
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				status, answer := send(t, h.url+test.path, test.body)
				want := max(test.status, http.StatusOK)
				if test.status >= 0 && status != want {
					t.Errorf("status %d, want %d: %.500s", status, want, answer)
				}
				if test.status < 0 && status == http.StatusOK && !strings.Contains(answer, `"error"`) {
					t.Errorf("was taken: %.500s", answer)
				}
				if !strings.Contains(answer, test.want) {
					t.Errorf("want %s: %.500s", test.want, answer)
				}
				if leak := leaks.FindString(answer); leak != "" {
					t.Errorf("the answer tells %q: %.1000s", leak, answer)
				}
			})
		}
		if status, _ := get(h.url + "/readyz"); status != http.StatusOK {
			t.Errorf("after all that the host is not ready: %d", status)
		}
		if err := h.inLog(); err != nil {
			t.Error(err)
		}
	})
}

// send posts a body; a connection that the host cuts off answers 0 and nothing.
func send(t *testing.T, url, body string) (int, string) {
	t.Helper()
	response, err := http.Post(url, "application/json", bytes.NewBufferString(body))
	if err != nil {
		t.Logf("no answer: %v", err)
		return 0, ""
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Logf("half an answer: %v", err)
	}
	return response.StatusCode, string(answer)
}
