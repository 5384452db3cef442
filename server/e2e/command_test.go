package e2e

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// TestCommands runs the scripts of testdata/script, each with a data folder of
// its own, on both databases.
func TestCommands(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		cluster := ""
		if on == onPostgres {
			cluster = dialecttest.Postgres(t)
		}
		testscript.Run(t, testscript.Params{
			Dir:  "testdata/script",
			Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"journal": makeJournal, "connect": connectBank},
			Setup: func(env *testscript.Env) error {
				env.Setenv("PATH", built.dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
				env.Setenv("PLUGINS", built.plugins)
				env.Setenv("GIROSYNC_SERVER_DATA_DIR", filepath.Join(env.WorkDir, "data"))
				for _, setting := range append(settings(), raceLog()) {
					name, value, _ := strings.Cut(setting, "=")
					env.Setenv(name, value)
				}
				if on == onPostgres {
					store, drop, err := dialecttest.NewDatabase(cluster, dialecttest.Empty)
					if err != nil {
						return err
					}
					env.Defer(drop)
					env.Setenv("GIROSYNC_DATABASE_URL", store)
				}
				return nil
			},
		})
	})
}

// makeJournal is the scripts' command "journal DATABASE CODE", through a host
// that runs as long.
func makeJournal(ts *testscript.TestScript, _ bool, args []string) {
	atHost(ts, args[0], func(c *client) error {
		return c.try(nil, "account.journal", "create", list{object{"name": args[1], "code": args[1], "type": "bank"}}, nil)
	})
}

// connectBank is the scripts' command "connect DATABASE BANK".
func connectBank(ts *testscript.TestScript, _ bool, args []string) {
	atHost(ts, args[0], func(c *client) error {
		var banks []struct{ ID int64 }
		err := c.try(&banks, "account.online.institution", "search_read", list{list{leaf("online_identifier", "=", args[1])}},
			object{"fields": list{"id"}})
		if err == nil && len(banks) != 1 {
			err = fmt.Errorf("%d banks %s", len(banks), args[1])
		}
		if err == nil {
			_, err = c.tryConnect(banks[0].ID, nil)
		}
		return err
	})
}

func atHost(ts *testscript.TestScript, database string, do func(c *client) error) {
	address, err := freeAddress()
	ts.Check(err)
	log, err := os.Create(ts.MkAbs("host.log"))
	ts.Check(err)
	h := &host{name: ts.Name(), dir: ts.Getenv("GIROSYNC_SERVER_DATA_DIR"), url: "http://" + address, plugin: built.plugins,
		db: database, store: ts.Getenv("GIROSYNC_DATABASE_URL"), log: log,
		env: append(append(cleanEnvironment(), settings()...), raceLog())}
	err = h.run("serve")
	if err == nil {
		_, err = h.ready()
	}
	if err == nil {
		err = do(h.client())
	}
	ts.Check(errors.Join(err, h.stop(), h.inLog(), log.Close()))
}

// TestPaths asks every path of the contract whether it is there.
func TestPaths(t *testing.T) {
	h := demo(t, onSQLite)
	tests := []struct {
		method, path string
		status       int
		has          string
	}{
		{"GET", "/healthz", 200, "ok"},
		{"GET", "/readyz", 200, "ready"},
		{"GET", "/metrics", 200, "go_goroutines"},
		{"GET", "/metrics", 200, `girosync_plugin_calls_total{method="FetchTransactions",outcome="ok",plugin="demo"}`},
		{"GET", "/institutions?q=demo+bank&country=BE&limit=3", 200, `"institutions":[{"name":"Demo Bank`},
		{"GET", "/institutions?limit=many", 400, "limit"},
		{"GET", "/", 200, "<html"},
		{"GET", "/connect/callback?state=unknown&code=x", 400, "connection"},
		{"POST", "/json/2/account.journal/search", 401, "werkzeug.exceptions.Unauthorized"},
		{"GET", "/json/2", 404, "Did you mean"},
		{"POST", "/xmlrpc/2/common", 200, "faultCode"},
		{"POST", "/xmlrpc/2/object", 200, "faultCode"},
		{"POST", "/xmlrpc/2/db", 200, "faultCode"},
		{"POST", "/xmlrpc/common", 200, "faultCode"},
		{"GET", "/xmlrpc/2/common", 405, "Not Allowed"},
		{"GET", "/rpc", 400, "Empty or missing header"},
		{"POST", "/webhook/demo", 400, "not a notification of the provider's service"},
		{"POST", "/webhook/nobody", 404, "nobody takes notifications here"},
		{"GET", "/webhook/demo", 405, "are posted"},
		{"GET", "/websocket", 400, ""},
		{"POST", "/web/webclient/version_info", 200, `"server_serie"`},
		{"POST", "/web/database/list", 200, `"demo"`},
		{"POST", "/web/session/get_session_info", 200, "SessionExpired"},
		{"POST", "/web/session/check", 200, "SessionExpired"},
		{"POST", "/web/session/destroy", 200, "jsonrpc"},
		{"POST", "/jsonrpc", 200, "jsonrpc"},
		{"POST", "/web/dataset/call_kw/account.journal/search", 200, "SessionExpired"},
		{"POST", "/web/nothing", 404, "<!doctype html>"},
		{"POST", "/nothing", 404, "<!doctype html>"},
	}
	for _, test := range tests {
		request, err := http.NewRequestWithContext(t.Context(), test.method, h.url+test.path,
			strings.NewReader(`{"jsonrpc":"2.0","params":{}}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(test.path, "/xmlrpc/") {
			request.Header.Set("Content-Type", "text/xml")
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != test.status || !strings.Contains(string(body), test.has) {
			t.Errorf("%s %s: %d, want %d with %q: %.300s", test.method, test.path, response.StatusCode, test.status, test.has, body)
		}
	}
}
