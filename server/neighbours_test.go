package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

// TestTheOtherDatabaseIsNeitherSeenNorChanged has two databases in one host. The
// administrator of one, who may do everything there, tries every door with what
// opens the own database, naming the other in every place that takes a name.
func TestTheOtherDatabaseIsNeitherSeenNorChanged(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, books *orm.Database) {
		theirs := makeNeighbour(t, host)
		before := theirs.theirs()
		asSystem(t, theirs.db, func(env *orm.Env) error {
			payload := object{"id": 1, "name": mark}
			return errors.Join(bus.Send(env, "account.journal/1", "account.journal/changed", payload),
				bus.Send(env, "broadcast", "account.journal/changed", payload))
		})
		v := visit(t, host, "192.0.2.1")
		v.login("books", "admin", "admin").must(t, nil)
		quiet := func(what string, got heard) {
			t.Helper()
			if told(got.body) {
				t.Errorf("%s tells %.300s", what, got.body)
			}
		}
		t.Run("models", func(t *testing.T) { readNeighbour(t, v, books.Registry(), theirs, quiet) })
		t.Run("bus", func(t *testing.T) {
			got := v.post("/websocket/peek_notifications",
				object{"channels": list("account.journal/1", "other.account.journal/1", "broadcast"), "last": 0, "is_first_poll": true})
			quiet("the bus", got)
			if got.Error != nil {
				t.Error(got.body)
			}
		})
		t.Run("session", func(t *testing.T) {
			v.headers["X-Odoo-Database"] = "other"
			defer delete(v.headers, "X-Odoo-Database")
			for _, path := range []string{"/web/dataset/call_kw?db=other", "/web/dataset/call_kw"} {
				got := v.post(path, object{"db": "other", "model": "res.company", "method": "search_read", "args": list([]any{}),
					"kwargs": object{"context": object{"db": "other"}}})
				quiet(path, got)
				if !strings.Contains(got.body, `"Own"`) {
					t.Errorf("%s answers %.300s, want the session's database", path, got.body)
				}
			}
		})
		t.Run("pages", func(t *testing.T) {
			statement := theirs.ids[other]["account.bank.statement"]
			r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/report/statement/%d", statement), nil)
			r.AddCookie(&http.Cookie{Name: "session_id", Value: v.cookie})
			w := httptest.NewRecorder()
			host.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusNotFound || told(w.Body.String()) {
				t.Errorf("the statement's page: %d %.300s", w.Code, w.Body)
			}
		})
		t.Run("proofs", func(t *testing.T) { proveToNeighbour(t, v, books, quiet) })
		if diff := cmp.Diff(before, theirs.theirs()); diff != "" {
			t.Errorf("the other database changed (-before +after):\n%s", diff)
		}
	})
}

// makeNeighbour is the database "other", whose administrator has a password of
// its own and whose second company's records hold the marks.
func makeNeighbour(t *testing.T, host *server.Host) *companies {
	t.Helper()
	db, err := host.Databases.Init(context.Background(), "other",
		addon.Setup{Password: "quite another", Company: "Neighbour", Currency: "EUR", Country: "BE"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return makeCompanies(t, db)
}

// readNeighbour asks every model for all that there is, and for the ids that
// the other database's records have.
func readNeighbour(t *testing.T, v *visitor, registry *orm.Registry, theirs *companies, quiet func(string, heard)) {
	all := object{"active_test": false}
	for _, model := range registry.Names() {
		m, _ := registry.Model(model)
		kwargs := object{"fields": allFields(m), "context": all}
		quiet(model, v.post("/web/dataset/call_kw",
			object{"model": model, "method": "search_read", "args": list([]any{}), "kwargs": kwargs}))
		id := theirs.ids[other][model]
		if id == 0 {
			continue
		}
		quiet(model, v.post("/web/dataset/call_kw", object{"model": model, "method": "read", "args": list(list(id)), "kwargs": kwargs}))
		v.call(model, "write", list(id), object{"name": "taken over", "active": false})
		v.call(model, "unlink", list(id))
	}
}

// proveToNeighbour brings the proofs of one database to the other.
func proveToNeighbour(t *testing.T, v *visitor, books *orm.Database, quiet func(string, heard)) {
	var key string
	asSystem(t, books, func(env *orm.Env) (err error) {
		key, err = base.NewAPIKey(env, 2, "script")
		return err
	})
	v.service("object", "execute_kw", "books", 2, key, "res.users", "search_count", list([]any{})).must(t, nil)
	for i, proof := range []string{"admin", key} {
		v.address = fmt.Sprintf("192.0.2.%d", 10+i) // wrong log-ins slow down an address
		got := v.service("object", "execute_kw", "other", 2, proof, "res.company", "search_read", list([]any{}))
		quiet("/jsonrpc", got)
		got.wantWhy(t, "/jsonrpc", accessDenied, "Access Denied")
		if got := v.service("common", "login", "other", "admin", proof); string(got.Result) != "false" {
			t.Errorf("common.login: %s", got.body)
		}
		v.login("other", "admin", proof).wantWhy(t, "authenticate", accessDenied, "")
	}
	v.headers["Authorization"], v.headers["X-Odoo-Database"] = "Bearer "+key, "other"
	if got := v.send("/json/2/res.company/search_read", "application/json", `{"domain":[]}`); got.status != http.StatusForbidden ||
		told(got.body) { // the session names another database than the header
		t.Errorf("/json/2: %d %.300s", got.status, got.body)
	}
	v.headers["X-Odoo-Database"] = "books"
	var rows []json.RawMessage
	if got := v.send("/json/2/res.company/search_read", "application/json", `{"domain":[]}`); json.Unmarshal([]byte(got.body),
		&rows) != nil || len(rows) != 1 {
		t.Errorf("/json/2 of the own database: %d %.300s", got.status, got.body)
	}
	delete(v.headers, "Authorization")
	delete(v.headers, "X-Odoo-Database")
}
