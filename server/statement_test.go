package server_test

import (
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

func TestAStatementIsPrintedForWhoIsLoggedIn(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, books *orm.Database) {
		var statement int64
		asSystem(t, books, func(env *orm.Env) error {
			journal, err := env.Create("account.journal", orm.Values{"name": "House", "type": "bank", "company_id": int64(1)})
			if err != nil {
				return err
			}
			lines, err := env.Create("account.bank.statement.line",
				orm.Values{"journal_id": journal[0], "date": "2026-03-01", "amount": 1234.5, "payment_ref": "Rent & more"})
			if err != nil {
				return err
			}
			made, err := env.Create("account.bank.statement",
				orm.Values{"name": "March", "line_ids": []orm.Command{{Op: orm.CommandSet, IDs: lines}}})
			statement = made[0]
			return err
		})
		get := func(cookie string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", "/report/statement/"+strconv.FormatInt(statement, 10), nil)
			if cookie != "" {
				r.Header.Set("Cookie", cookie)
			}
			w := httptest.NewRecorder()
			host.Handler().ServeHTTP(w, r)
			return w
		}
		if w := get(""); w.Code != 303 {
			t.Errorf("without a session: %d %s", w.Code, w.Body)
		}
		login := httptest.NewRequest("POST", "/web/session/authenticate",
			strings.NewReader(`{"params":{"db":"books","login":"admin","password":"admin"}}`))
		login.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		host.Handler().ServeHTTP(w, login)
		cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
		if page := get(cookie); page.Code != 200 || !strings.Contains(page.Body.String(), "Rent &amp; more") ||
			!strings.Contains(page.Body.String(), "1,234.50") {
			t.Errorf("logged in: %d %s", page.Code, page.Body)
		}
	})
}
