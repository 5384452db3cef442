package rpc_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
)

// plain is a request to /json/2.
type plain struct {
	method, path, body, key, database, contentType, session string
}

func (h *house) json2(t *testing.T, p plain) said {
	t.Helper()
	if p.method == "" {
		p.method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), p.method, h.url+"/json/2"+p.path, strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	if p.contentType == "" {
		p.contentType = "application/json; charset=utf-8"
	}
	r.Header.Set("Content-Type", p.contentType)
	if p.key != "" {
		r.Header.Set("Authorization", p.key)
	}
	if p.database != "" {
		r.Header.Set("X-Odoo-Database", p.database)
	}
	if p.session != "" {
		r.AddCookie(&http.Cookie{Name: session.CookieName, Value: p.session})
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return said{status: reply.StatusCode, header: reply.Header, body: string(text)}
}

func TestJSON2(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	for _, c := range []struct {
		name  string
		asked plain
		want  string // the body
	}{
		{"search", plain{path: "/res.users/search", body: `{"domain":[["login","=","admin"]]}`}, `[2]`},
		{"read", plain{path: "/res.users/read", body: `{"ids":[2],"fields":["login"]}`}, `[{"id":2,"login":"admin"}]`},
		{"the database by name", plain{path: "/res.users/read", body: `{"ids":[2],"fields":["login"]}`, database: "main"},
			`[{"id":2,"login":"admin"}]`},
		{"no ids", plain{path: "/res.users/read", body: `{"fields":["login"]}`}, `[]`},
		{"ids of 0 are none", plain{path: "/res.users/read", body: `{"ids":0,"fields":["login"]}`}, `[]`},
		{"ids of 0 for the model", plain{path: "/res.users/search_count", body: `{"ids":0,"domain":[["id","=",2]]}`}, `1`},
		{"one session and its user's key", plain{path: "/res.users/search_count", body: `{"domain":[["id","=",2]]}`, session: token}, `1`},
		{"a session that ended", plain{path: "/res.users/search_count", body: `{"domain":[["id","=",2]]}`, session: "gone"}, `1`},
		{"a domain that is false", plain{path: "/res.users/search_count", body: `{"domain":false}`}, `0`},
		{"no body", plain{path: "/res.users/has_access", body: ``}, ``},
		{"a last slash does not matter", plain{path: "/res.users/search/", body: `{"domain":[["login","=","admin"]]}`}, `[2]`},
		{"context", plain{path: "/res.users/search_count", body: `{"domain":[["login","=","admin"]],"context":{"lang":"nl_NL"}}`}, `1`},
		{"no ids named for the model", plain{path: "/res.users/search_count", body: `{"domain":[["id","=",2]],"ids":[]}`}, `1`},
		{"None", plain{path: "/x.trouble/none", body: `{}`}, `null`},
		{"one record made is a list", plain{path: "/x.trouble/create", body: `{"vals_list":{"name":"a"}}`}, `[1]`},
		{"several", plain{path: "/x.trouble/create", body: `{"vals_list":[{"name":"b"},{"name":"c"}]}`}, `[2,3]`},
		{"write", plain{path: "/x.trouble/write", body: `{"ids":[1],"vals":{"name":"d"}}`}, `true`},
		{"copy", plain{path: "/x.trouble/copy", body: `{"ids":[1]}`}, `[4]`},
		{"name_search", plain{path: "/x.trouble/name_search", body: `{"name":"d","limit":1}`}, `[[1,"d"]]`},
		{"name_search, as Odoo 19 has it", plain{path: "/x.trouble/name_search", body: `{"name":"","domain":[["id","=",2]]}`}, `[[2,"b"]]`},
		{"default_get, as Odoo 19 has it", plain{path: "/x.trouble/default_get", body: `{"fields":["name"]}`}, `{}`},
		{"unlink", plain{path: "/x.trouble/unlink", body: `{"ids":[4]}`}, `true`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.asked.key = "Bearer " + h.key
			got := h.json2(t, c.asked)
			if c.want == "" {
				if got.status < 400 {
					t.Errorf("got %d %s, want an error", got.status, got.body)
				}
				return
			}
			if got.status != 200 || got.body != c.want || got.header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("got %d %s, want %s", got.status, got.body, c.want)
			}
		})
	}
}

// json2Error is the body of an error.
type json2Error struct {
	Name, Message, Debug string
	Arguments            []any
	Context              map[string]any
}

func TestJSON2Errors(t *testing.T) {
	h := open(t, func(o *rpc.Options) { o.Limits.Body, o.Limits.Depth = 1000, 4 })
	const (
		unauthorized  = "werkzeug.exceptions.Unauthorized"
		notFound      = "werkzeug.exceptions.NotFound"
		unprocessable = "werkzeug.exceptions.UnprocessableEntity"
		badRequest    = "werkzeug.exceptions.BadRequest"
		didYouMean    = "Did you mean POST /json/2/<model>/<method>?"
		noKey         = "User not authenticated, use an API Key with a Bearer Authorization header."
	)
	for token, kept := range map[string]session.Session{
		"admin's": {Database: "main", UID: 2}, "ann's": {Database: "main", UID: 7}, "elsewhere": {Database: "other", UID: 2},
	} {
		kept.Token, kept.Expires = token, h.clock.Now().Add(time.Hour)
		if err := h.sessions.Save(t.Context(), kept); err != nil {
			t.Fatal(err)
		}
	}
	key := "Bearer " + h.key
	for _, c := range []struct {
		name    string
		asked   plain
		status  int
		is      string
		message string // its beginning
	}{
		{"no key", plain{path: "/res.users/search"}, 401, unauthorized, noKey},
		{"a password", plain{path: "/res.users/search", key: "Bearer admin"}, 401, unauthorized, "Invalid apikey"},
		{"another scheme", plain{path: "/res.users/search", key: "Basic " + h.key}, 401, unauthorized, noKey},
		{"an empty key", plain{path: "/res.users/search", key: "Bearer  "}, 401, unauthorized, noKey},
		{"a wrong key", plain{path: "/res.users/search", key: key + "0"}, 401, unauthorized, "Invalid apikey"},
		{"another database", plain{path: "/res.users/search", key: key, database: "other"}, 404, notFound, "No database is selected"},
		{"unknown model", plain{path: "/no.model/search", key: key}, 404, notFound, "the model 'no.model' does not exist"},
		{"unknown method", plain{path: "/res.users/explode", key: key}, 404, notFound, "The method 'res.users.explode' does not exist"},
		{"private method", plain{path: "/res.users/_search", key: key}, 403, "odoo.exceptions.AccessError",
			"Private methods (such as 'res.users._search') cannot"},
		{"private since Odoo 19", plain{path: "/res.users/exists", key: key}, 403, "odoo.exceptions.AccessError",
			"Private methods (such as 'res.users.exists')"},
		{"the key before the body", plain{path: "/res.users/search", key: "Bearer x", body: `{`}, 401, unauthorized, "Invalid apikey"},
		{"the key before the model", plain{path: "/no.model/search", key: "Bearer x"}, 401, unauthorized, "Invalid apikey"},
		{"the media type before the key", plain{path: "/res.users/search", body: `{}`, contentType: "text/plain"}, 415,
			"werkzeug.exceptions.UnsupportedMediaType", "The body must be JSON"},
		{"blanks", plain{path: "/res.users/search", key: key, body: "  "}, 400, badRequest, "could not parse the body as json"},
		{"another's session", plain{path: "/res.users/search", key: key, session: "ann's"}, 403,
			"odoo.exceptions.AccessDenied", "Session user does not match"},
		{"a session of another database", plain{path: "/res.users/search", key: key, session: "elsewhere", database: "main"}, 403,
			"werkzeug.exceptions.Forbidden", "The session and the header"},
		{"a session alone", plain{path: "/res.users/search", session: "admin's"}, 401, unauthorized,
			`Missing "Authorization" or Sec-headers`},
		{"Odoo 18's name of an argument", plain{path: "/res.users/default_get", key: key, body: `{"fields_list":[]}`}, 422, unprocessable, "missing a required argument: 'fields'"},
		{"too short a path", plain{path: "/res.users", key: key}, 404, notFound, didYouMean},
		{"too long a path", plain{path: "/res.users/search/x", key: key}, 404, notFound, didYouMean},
		{"no path", plain{key: key}, 404, notFound, didYouMean},
		{"GET", plain{method: "GET", path: "/res.users/search", key: key}, 404, notFound, didYouMean},
		{"ids for a model's method", plain{path: "/res.users/search", key: key, body: `{"ids":[1],"domain":[]}`}, 422, unprocessable,
			"cannot call res.users.search with ids"},
		{"a missing argument", plain{path: "/res.users/search", key: key, body: `{}`}, 422, unprocessable,
			"missing a required argument: 'domain'"},
		{"a surplus argument", plain{path: "/res.users/search", key: key, body: `{"domain":[],"ghost":1}`}, 422, unprocessable,
			"got an unexpected keyword argument 'ghost'"},
		{"positional arguments", plain{path: "/res.users/search", key: key, body: `{"args":[[]]}`}, 422, unprocessable,
			"missing a required argument"},
		{"a context that is none", plain{path: "/res.users/search", key: key, body: `{"domain":[],"context":"en"}`}, 422, unprocessable,
			"context must be"},
		{"no JSON", plain{path: "/res.users/search", key: key, body: `{"domain":`}, 400, badRequest, "could not parse the body as json"},
		{"a list", plain{path: "/res.users/search", key: key, body: `[[]]`}, 400, badRequest, "the body must be an object"},
		{"too deep", plain{path: "/res.users/search", key: key, body: `{"domain":[[[[]]]]}`}, 400, badRequest,
			"could not parse the body as json"},
		{"a form", plain{path: "/res.users/search", key: key, body: `domain=[]`, contentType: "application/x-www-form-urlencoded"}, 415,
			"werkzeug.exceptions.UnsupportedMediaType", "The body must be JSON"},
		{"too large", plain{path: "/res.users/search", key: key, body: strings.Repeat(" ", 1001)}, 413,
			"werkzeug.exceptions.RequestEntityTooLarge", "The request is larger than 1000 bytes"},
		{"unknown field", plain{path: "/res.users/search", key: key, body: `{"domain":[["ghost","=",1]]}`}, 500, "builtins.ValueError",
			"Invalid field res.users.ghost"},
		{"unknown record", plain{path: "/res.users/write", key: key, body: `{"ids":[9999],"vals":{"name":"x"}}`}, 404,
			"odoo.exceptions.MissingError", "Record does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.json2(t, c.asked)
			var e json2Error
			if err := json.Unmarshal([]byte(got.body), &e); err != nil {
				t.Fatalf("%v in %s", err, got.body)
			}
			if got.status != c.status || e.Name != c.is || !strings.HasPrefix(e.Message, c.message) {
				t.Errorf("got %d %s, want %d %s: %s", got.status, got.body, c.status, c.is, c.message)
			}
			if e.Context == nil || e.Debug == "" || len(e.Arguments) == 0 || e.Arguments[0] != e.Message {
				t.Errorf("members are missing: %s", got.body)
			}
			if asks := got.header.Get("WWW-Authenticate"); (asks == "Bearer") != (c.status == 401) {
				t.Errorf("WWW-Authenticate: %q", asks)
			}
		})
	}
}

// Every kind of fault has a status, and internals stay inside.
func TestJSON2Statuses(t *testing.T) {
	h := open(t, nil)
	want := map[fault.Kind]int{
		fault.Invalid: 422, fault.User: 422, fault.Denied: 403, fault.Unauthenticated: 403, fault.SessionExpired: 403,
		fault.Missing: 404, fault.NotFound: 404, fault.Conflict: 409, fault.Unavailable: 503, fault.Internal: 500,
		fault.Value: 500, fault.Type: 500, fault.Key: 500, fault.Attribute: 500,
	}
	got := map[fault.Kind]int{}
	for _, kind := range fault.Kinds() {
		answer := h.json2(t, plain{path: "/x.trouble/fail_" + string(kind), key: "bearer " + h.key})
		got[kind] = answer.status
		if found := secrets.FindString(answer.body); found != "" {
			t.Errorf("%s tells %q: %s", kind, found, answer.body)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if answer := h.json2(t, plain{path: "/x.trouble/panic", key: "bearer " + h.key}); answer.status != 500 ||
		!reference.MatchString(answer.body) {
		t.Errorf("a panic: %d %s", answer.status, answer.body)
	}
}

// A key counts as long as it is kept and its user is active.
func TestJSON2KeysEnd(t *testing.T) {
	h := open(t, nil)
	count := plain{path: "/res.users/search_count", body: `{"domain":[]}`, key: "bearer " + h.key}
	if got := h.json2(t, count); got.status != 200 {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	var other string
	err := h.db.Within(t.Context(), system, orm.TxWrite, func(env *orm.Env) error {
		ids, err := env.Create("res.users", orm.Values{"name": "Ann", "login": "ann", "company_id": int64(1), "company_ids": []int64{1}})
		if err != nil {
			return err
		}
		other, err = base.NewAPIKey(env, ids[0], "hers")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	count.key = "bearer " + other
	if got := h.json2(t, count); got.status != 200 && got.status != 403 {
		t.Fatalf("another user's key: got %d %s", got.status, got.body)
	}
	err = h.db.Within(t.Context(), system, orm.TxWrite, func(env *orm.Env) error {
		rows, err := env.Search("res.users", nil, orm.SearchOptions{Order: "id desc", Limit: 1})
		if err != nil {
			return err
		}
		return env.Write("res.users", rows, orm.Values{"active": false})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.json2(t, count); got.status != 401 {
		t.Errorf("an inactive user's key: got %d %s", got.status, got.body)
	}
}
