package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

const (
	accessDenied = "odoo.exceptions.AccessDenied"
	userError    = "odoo.exceptions.UserError"
	masterWord   = "master-of-the-test"
)

func withMaster(t *testing.T) (file string, change func(*conf.Config)) {
	file = filepath.Join(t.TempDir(), "master")
	if err := os.WriteFile(file, []byte(masterWord+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, func(c *conf.Config) { c.Database.MasterPasswordFile = file }
}

func TestDatabaseService(t *testing.T) {
	eachHostWithMaster(t, func(t *testing.T, host *server.Host, log *logLines, file string) {
		d := visit(t, host, "192.0.2.1")
		names := func(want ...string) {
			t.Helper()
			var got []string
			d.service("db", "list").must(t, &got)
			if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
				t.Errorf("databases (-want +got):\n%s", diff)
			}
		}
		yes := func(method string, args ...any) {
			t.Helper()
			got := d.service("db", method, append([]any{masterWord}, args...)...)
			if string(got.Result) != "true" {
				t.Fatalf("%s: %.600s", method, got.body)
			}
		}
		yes("create_database", "one", false, "nl_NL", "pass-of-one", "chief", "be", "+32 1")
		yes("create_database", "two", true, "xx_XX")
		names("one", "two")
		var uid int64
		d.service("common", "login", "one", "chief", "pass-of-one").must(t, &uid)
		if uid != 2 {
			t.Errorf("uid %d", uid)
		}
		var company []object
		d.service("object", "execute_kw", "one", 2, "pass-of-one", "res.company", "search_read", list([]any{}),
			object{"fields": list("currency_id", "country_id")}).must(t, &company)
		if text, _ := json.Marshal(company); !strings.Contains(string(text), "EUR") || !strings.Contains(string(text), "Belgium") {
			t.Errorf("the company is in %s", text)
		}
		d.service("object", "execute", "one", 2, "pass-of-one", "res.partner", "create", object{"name": "Ada"}).must(t, nil)
		yes("duplicate_database", "one", "three")
		yes("rename", "three", "drei")
		names("drei", "one", "two")
		var file64 string
		d.service("db", "dump", masterWord, "drei", "zip").must(t, &file64)
		yes("restore", "four", file64, true)
		var ids []int64
		d.service("object", "execute", "four", 2, "pass-of-one", "res.partner", "search", list(list("name", "=", "Ada"))).must(t, &ids)
		if len(ids) != 1 {
			t.Errorf("the restored database has %d partners Ada", len(ids))
		}
		d.service("db", "restore", masterWord, "five", file64, false).wantWhy(t, "restore beside the original", userError,
			"drei is the original")
		yes("drop", "drei")
		yes("restore", "five", file64, false)
		if got := d.service("db", "drop", masterWord, "drei"); string(got.Result) != "false" {
			t.Errorf("drop twice: %s", got.body)
		}
		names("five", "four", "one", "two")

		for _, c := range []struct {
			name, method, exception, part string
			args                          []any
		}{
			{"taken", "create_database", "odoo.service.db.DatabaseExists", "database 'one' already exists!", list("one", false, "en_US")},
			{"copy onto one", "duplicate_database", "odoo.service.db.DatabaseExists", "'two' already", list("one", "two")},
			{"rename onto one", "rename", "odoo.service.db.DatabaseExists", "'two' already", list("one", "two")},
			{"restore over one", "restore", "builtins.Exception", "Database already exists", list("one", file64)},
			{"copy of none", "duplicate_database", "psycopg2.OperationalError", "ghost", list("ghost", "x")},
			{"rename of none", "rename", "psycopg2.OperationalError", "ghost", list("ghost", "x")},
			{"dump of none", "dump", "psycopg2.OperationalError", "ghost", list("ghost", "zip")},
			{"a path", "create_database", userError, "1 to 51 letters", list("../up", false, "en_US")},
			{"not base64", "restore", userError, "no dump", list("six", "???")},
			{"cut short", "restore", userError, "dump", list("six", file64[:len(file64)/2/4*4])},
			{"text", "restore", userError, "no dump", list("six", base64.StdEncoding.EncodeToString([]byte("hello there")))},
			{"no name", "create_database", "builtins.TypeError", "exp_create_database() missing 3 required positional arguments", nil},
			{"name a number", "drop", "builtins.TypeError", "db_name must be a str, not int", list(5)},
			{"too many", "drop", "builtins.TypeError", "takes 1 positional arguments but 2 were given", list("a", "b")},
			{"empty master", "change_admin_password", userError, "empty", list("")},
		} {
			d.service("db", c.method, append([]any{masterWord}, c.args...)...).wantWhy(t, c.name, c.exception, c.part)
		}
		names("five", "four", "one", "two")
		var countries [][]string
		d.service("db", "list_countries", masterWord).must(t, &countries)
		if len(countries) < 200 || countries[0][0] != "af" {
			t.Errorf("%d countries, first %v", len(countries), countries[0])
		}

		yes("change_admin_password", "another-word")
		d.service("db", "list_countries", masterWord).wantWhy(t, "the old master password", accessDenied, "Access Denied")
		d.service("db", "list_countries", "another-word").must(t, nil)
		if text, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), "$argon2id$") {
			t.Errorf("the file holds %.12q, %v", text, err)
		}
		for _, word := range []string{masterWord, "another-word", "pass-of-one"} {
			if strings.Contains(log.String(), word) {
				t.Errorf("the log shows %s", word)
			}
		}
	})
}

// eachHostWithMaster runs a test with a host that has a master password and no
// database, on both.
func eachHostWithMaster(t *testing.T, test func(t *testing.T, host *server.Host, log *logLines, file string)) {
	t.Parallel()
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			file, change := withMaster(t)
			log := &logLines{}
			test(t, openEmpty(t, kind, log, change), log, file)
		})
	}
}

// Without the right master password nothing happens to any database.
func TestDatabaseServiceIsClosed(t *testing.T) {
	methods := map[string][]any{
		"create_database": list("made", false, "en_US"), "duplicate_database": list("books", "made"), "drop": list("books"),
		"dump":    list("books", "zip"),
		"restore": list("made", ""), "rename": list("books", "made"), "change_admin_password": list("mine"), "list_countries": nil,
		"migrate_databases": list(list("books")),
	}
	_, change := withMaster(t)
	for name, c := range map[string]struct {
		change   func(*conf.Config)
		password string
	}{
		"no master password": {func(*conf.Config) {}, ""},
		"none is set":        {func(*conf.Config) {}, masterWord},
		"a wrong one":        {change, "wrong"},
		"an empty one":       {change, ""},
	} {
		t.Run(name, func(t *testing.T) {
			host := openFurnished(t, ormtest.SQLite, &logLines{}, c.change,
				func(c *conf.Config) { c.Login.Failures, c.Login.FailuresPerAddress = 100, 100 })
			d := visit(t, host, "192.0.2.1")
			for method, args := range methods {
				d.service("db", method, append([]any{c.password}, args...)...).wantWhy(t, method, accessDenied, "Access Denied")
			}
			var names []string
			d.service("db", "list").must(t, &names)
			if diff := cmp.Diff([]string{"books"}, names); diff != "" {
				t.Errorf("databases (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMasterPasswordIsNotGuessed(t *testing.T) {
	_, change := withMaster(t)
	host := openFurnished(t, ormtest.SQLite, &logLines{}, change, func(c *conf.Config) { c.Login.Failures = 3 })
	d := visit(t, host, "192.0.2.1")
	for range 3 {
		d.service("db", "list_countries", "wrong").wantWhy(t, "a guess", accessDenied, "Access Denied")
	}
	d.service("db", "list_countries", masterWord).wantWhy(t, "the right one, too soon", accessDenied,
		"Too many wrong log-ins. Try again in")
	visit(t, host, "192.0.2.2").service("db", "list_countries", masterWord).must(t, nil)
}

func TestDumpTooLargeForTheDoor(t *testing.T) {
	_, change := withMaster(t)
	host := openFurnished(t, ormtest.SQLite, &logLines{}, change, func(c *conf.Config) { c.Limits.BodySize = 4096 })
	visit(t, host, "192.0.2.1").service("db", "dump", masterWord, "books", "zip").wantWhy(t, "dump", userError, "girosync db dump")
}

// Of a dump of any size all is taken through each door; of one that comes with a
// wrong master password, or before any, hardly more is read than the beginning.
func TestOnlyTheMasterSendsLargeDumps(t *testing.T) {
	_, change := withMaster(t)
	host := openEmpty(t, ormtest.SQLite, &logLines{}, change, func(c *conf.Config) {
		c.Login.Failures, c.Login.FailuresPerAddress = 100, 100
	})
	const large = 2 << 20
	dump := strings.Repeat("A", large) // base64, which is looked at when all is there
	json := func(service, args string) string {
		return `{"params":{` + service + `"method":"restore","args":["` + args + `","made","` + dump + `",true],"service":"db"}}`
	}
	xml := func(word string) string {
		return "<methodCall><methodName>restore</methodName><params><param><value>" + word + "</value></param><param><value>made</value>" +
			"</param><param><value>" + dump + "</value></param></params></methodCall>"
	}
	const asJSON, asXML = "application/json", "text/xml"
	for _, c := range []struct {
		name, path, kind, body, want string
		whole                        bool
	}{
		{"service first", "/jsonrpc", asJSON, json(`"service":"db",`, masterWord), "no dump", true},
		{"arguments first", "/jsonrpc", asJSON, json("", masterWord), "no dump", true},
		{"XML", "/xmlrpc/2/db", asXML, xml(masterWord), "no dump", true},
		{"a wrong word", "/jsonrpc", asJSON, json(`"service":"db",`, "wrong"), accessDenied, false},
		{"a wrong word in XML", "/xmlrpc/2/db", asXML, xml("wrong"), "Access Denied", false},
		{"no word in the beginning", "/jsonrpc", asJSON, `{"x":"` + dump + `",` + json("", masterWord)[1:], "limits.unknown_size", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := strings.NewReader(c.body)
			r := httptest.NewRequest(http.MethodPost, c.path, body)
			r.Header.Set("Content-Type", c.kind)
			w := httptest.NewRecorder()
			host.Handler().ServeHTTP(w, r)
			taken := len(c.body) - body.Len()
			if !strings.Contains(w.Body.String(), c.want) || (taken > large) != c.whole || !c.whole && taken > 1<<20 {
				t.Errorf("%d bytes of %d read: %.300s", taken, len(c.body), w.Body)
			}
		})
	}
}
