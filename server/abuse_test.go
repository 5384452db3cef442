package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

// garbage is what no method expects, as JSON.
var garbage = []string{
	`null`, `true`, `false`, `0`, `-1`, `1.5`, `2147483648`, `-9223372036854775809`, `9007199254740993`, `1e308`, `-1e-320`,
	`123456789012345678901234567890`,
	`""`, `"x"`, `"NaN"`, `"-Infinity"`, `"\u0000"`, `"\ud800"`, `"'; --"`, `"%s%d%v"`, `"2025-02-30"`, `"999999-01-01 99:99:99"`,
	`"` + strings.Repeat("é", 5000) + `"`,
	`[]`, `[null]`, `[[]]`, `[{}]`, `[0,"x",{},[1]]`, `["name"]`, `["name","nope"]`, `[[["name"]]]`, `[[6,0,[1]]]`, `["|"]`,
	`[["id","=",[[]]]]`, `[[1,"=",1],["!"]]`,
	`{}`, `{"name":null}`, `{"name":{"a":[{}]}}`, `{"id":-1,"nope":[]}`, `{"":""}`, `{"fields":5}`,
	`{"company_id":"x","partner_id":[1,2,3,4]}`,
	strings.Repeat(`[`, 60) + strings.Repeat(`]`, 60), strings.Repeat(`{"a":`, 60) + `1` + strings.Repeat(`}`, 60),
}

// door speaks JSON-RPC to a whole host as one user.
type door struct {
	t       testing.TB
	handler http.Handler
	cookie  string
	// other is set on the second database, whose share of the fixed cases is not
	// the first one's.
	other bool
}

func openDoor(t testing.TB, host *server.Host, database, login, password string) *door {
	t.Helper()
	d := &door{t: t, handler: host.Handler()}
	recorder := d.post("/web/session/authenticate", fmt.Sprintf(`{"params":{"db":%q,"login":%q,"password":%q}}`, database, login, password))
	for _, c := range recorder.Result().Cookies() {
		d.cookie = c.Name + "=" + c.Value
	}
	if d.cookie == "" {
		t.Fatal("no session: ", recorder.Body)
	}
	return d
}

func (d *door) post(path, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Cookie", d.cookie)
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, request)
	return recorder
}

// ours finds what belongs in the log alone: SQL, Go, paths, stacks.
var ours = regexp.MustCompile(`(?i)\b(select|insert into|delete from) .*\b(from|values|where)\b|sqlite|pgx|sqlstate|postgres|goroutine|\.go:\d|runtime error|panic|nil pointer|/tmp/|/home/|interface \{|map\[|\[\]any|json: |strconv|%![a-z(]|girosync/`)

// signs are what is in every text that ours finds: looking for them costs next
// to nothing, while an expression costs most of a call with the race detector.
var signs = []string{"select ", "insert into ", "delete from ", "sqlite", "pgx", "sqlstate", "postgres", "goroutine", ".go:",
	"runtime error", "panic", "nil pointer", "/tmp/", "/home/", "interface {", "map[", "[]any", "json: ", "strconv", "%!", "girosync/"}

// isOurs reports whether ours finds something.
func isOurs(text string) bool {
	folded := strings.ToLower(text)
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(folded, sign) }) && ours.MatchString(text)
}

var names = map[string]bool{
	"odoo.exceptions.ValidationError": true, "odoo.exceptions.UserError": true, "odoo.exceptions.AccessError": true,
	"odoo.exceptions.AccessDenied": true,
	"odoo.exceptions.MissingError": true, "builtins.ValueError": true, "builtins.TypeError": true, "builtins.KeyError": true,
	"builtins.AttributeError": true,
	"builtins.IndexError":     true, "werkzeug.exceptions.NotFound": true,
}

// call makes a call with arguments that are JSON and looks at the answer as a
// client of Odoo does. It reports whether it was a result.
func (d *door) call(model, method string, args []string, kwargs string) bool {
	d.t.Helper()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":7,"params":{"model":%q,"method":%q,"args":[%s],"kwargs":%s}}`, model, method,
		strings.Join(args, ","), kwargs)
	recorder := d.post("/web/dataset/call_kw", body)
	shown := body
	if len(shown) > 500 {
		shown = shown[:500] + "…"
	}
	var reply struct {
		ID     any              `json:"id"`
		Result *json.RawMessage `json:"result"`
		Error  *struct {
			Code    int
			Message string
			Data    struct {
				Name, Message, Debug string
				Arguments            []any
				Context              map[string]any
			}
		}
	}
	text := recorder.Body.Bytes()
	if err := json.Unmarshal(text, &reply); err != nil || recorder.Code != http.StatusOK || !utf8.Valid(text) {
		d.t.Errorf("%s: %d %.300s: %v", shown, recorder.Code, text, err)
		return false
	}
	if reply.Error == nil {
		return true
	}
	e := reply.Error
	if !names[e.Data.Name] || e.Data.Message == "" || e.Data.Debug == "" || e.Data.Context == nil || reply.Result != nil ||
		isOurs(e.Data.Message) || isOurs(e.Data.Debug) {
		d.t.Errorf("%s: %.600s", shown, text)
	}
	return false
}

// TestNoCallBreaksTheHost calls every public method of every model with
// arguments that it does not expect, in every place, too many and too few.
func TestNoCallBreaksTheHost(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, books *orm.Database) {
		w := makeCompanies(t, books)
		w.user("boss", account.GroupManager, "base.group_partner_manager", "base.group_system", "base.group_erp_manager")
		d := openDoor(t, host, "books", "boss", "boss")
		d.other = host.Config.Database.URL != ""
		for _, model := range books.Registry().Names() {
			t.Run(model, func(t *testing.T) {
				d := *d
				d.t = t
				id := made(w, model, 999_999)
				for _, method := range books.Registry().MethodNames(orm.Odoo18, model) {
					m, _ := books.Registry().Method(orm.Odoo18, model, method)
					d.abuse(model, method, m, id)
				}
				d.abuseFields(books.Registry(), model, made(w, model, 999_999)) // the first may be deleted by now
				if !d.call("res.partner", "search_count", []string{`[]`}, `{}`) {
					t.Error("the user can work no more")
				}
			})
		}
	})
}

// made is a new record of the own company; otherwise where no more can be made.
func made(w *companies, model string, otherwise int64) (id int64) {
	err := w.db.Within(context.Background(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) (err error) {
		id, err = w.fresh(env, own, model)
		return err
	})
	if err != nil {
		return otherwise
	}
	return id
}

func (d *door) abuse(model, method string, m orm.Method, id int64) {
	good := []string{}
	if !m.OnModel {
		good = append(good, `[`+strconv.FormatInt(id, 10)+`]`)
	}
	for _, p := range m.Params {
		good = append(good, plausible(p.Name))
	}
	for n := range good {
		d.call(model, method, good[:n], `{}`)
	}
	d.call(model, method, append(append([]string{}, good...), `1`, `"x"`), `{}`)
	d.call(model, method, good[:min(1, len(good))], `{"nope":1,"context":{"lang":"xx"}}`)
	for i, context := range []string{`5`, `"x"`, `[]`, `{"lang":5,"tz":[],"active_test":{},"allowed_company_ids":"x","bin_size":1}`,
		`{"tz":"Local"}`, `{"tz":"No/Where","default_name":{"a":[]}}`,
		`{"allowed_company_ids":[null,1.5,{}]}`, `{"uid":1,"default_company_id":[]}`} {
		if d.oneOf(8, model, method, i) {
			d.call(model, method, good, `{"context":`+context+`}`)
		}
	}
	for at := range good {
		for i, value := range garbage {
			if !d.chosen(model, method, at, i) {
				continue
			}
			args := append([]string{}, good...)
			args[at] = value
			d.call(model, method, args, `{}`)
			if at > 0 || m.OnModel {
				continue
			}
			d.call(model, method, nil, `{"ids":`+value+`}`)
		}
	}
	for i, p := range m.Params {
		value := garbage[(i*7+len(method))%len(garbage)]
		d.call(model, method, good[:min(1, len(good))], `{`+strconv.Quote(p.Name)+`:`+value+`}`)
	}
}

var operators = []string{"=", "!=", "<", "<=", ">", ">=", "=?", "in", "not in", "like", "not like", "ilike", "not ilike", "=like", "=ilike",
	"child_of", "parent_of", "any", "not any", "==", ""}

// abuseFields gives every field values that it does not expect, and asks for
// records by them.
func (d *door) abuseFields(r *orm.Registry, model string, id int64) {
	m, _ := r.Model(model)
	ids := `[` + strconv.FormatInt(id, 10) + `]`
	for _, f := range m.Fields {
		name := strconv.Quote(f.Name)
		for i, value := range garbage {
			if d.chosen(model, f.Name, 0, i) {
				d.call(model, "write", []string{ids, `{` + name + `:` + value + `}`}, `{}`)
			}
			if d.chosen(model, f.Name, 1, i) {
				d.call(model, "create", []string{`[{` + name + `:` + value + `}]`}, `{}`)
				d.call(model, "load", []string{`[".id",` + name + `]`, `[["` + strconv.FormatInt(id, 10) + `",` + value + `]]`}, `{}`)
			}
			for j, op := range operators {
				if d.chosen(model, f.Name, j, i) && d.oneOf(17, model, f.Name+op, i) {
					d.call(model, "search_count", []string{`[[` + name + `,"` + op + `",` + value + `]]`}, `{}`)
				}
			}
			if d.chosen(model, f.Name, 2, i) {
				d.call(model, "copy", []string{ids, `{` + name + `:` + value + `}`}, `{}`)
				d.call(model, "default_get", []string{`[` + name + `]`}, `{"context":{"default_`+f.Name+`":`+value+`}}`)
				d.call(model, "web_read", []string{ids, `{` + name + `:` + value + `}`}, `{}`)
			}
		}
		for i, path := range []string{f.Name + ".id", f.Name + ".name", f.Name + ".", "." + f.Name, f.Name + ".month_number",
			f.Name + ".create_uid.login", strings.Repeat(f.Name+".", 30) + "id"} {
			if !d.oneOf(8, model, f.Name, i) {
				continue
			}
			d.call(model, "search_count", []string{`[[` + strconv.Quote(path) + `,"=",1]]`}, `{}`)
			d.call(model, "search", []string{`[]`, `0`, `1`, strconv.Quote(path + " desc")}, `{}`)
		}
		for i, by := range []string{"", ":day", ":week", ":hour", ":year_number", ":nope", ":sum", ":array_agg", ":max(id)"} {
			if !d.oneOf(8, f.Name, model, i) {
				continue
			}
			d.call(model, "read_group", []string{`[]`, `[` + strconv.Quote(f.Name+by) + `]`, `[` + strconv.Quote(f.Name+by) + `]`},
				`{"orderby":`+name+`,"context":{"tz":"Europe/Brussels"}}`)
		}
	}
}

// chosen takes a share of the combinations, another for each model, so that
// every value comes to every parameter somewhere; all, where
// GIROSYNC_TEST_THOROUGH is set.
func (d *door) chosen(model, method string, at, i int) bool {
	return d.oneOf(34, model, method+strconv.Itoa(at), i)
}

// oneOf takes every so manieth of the values, beginning with another one for
// each pair of names, and for each database.
func (d *door) oneOf(share int, model, method string, i int) bool {
	if os.Getenv("GIROSYNC_TEST_THOROUGH") != "" {
		return true
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, model+method) // never fails
	first := int(h.Sum32() % 1000)
	if d.other {
		first += share / 2
	}
	return (first+i)%share == 0
}

// plausible is what a parameter of that name may well be.
func plausible(name string) string {
	switch name {
	case "domain", "args", "groupby", "data", "values", "partner_ids":
		return `[]`
	case "fields", "fields_list", "fields_to_export", "allfields", "attributes":
		return `["display_name"]`
	case "vals", "vals_list", "specification", "default":
		return `{}`
	case "operation":
		return `"read"`
	case "operator":
		return `"ilike"`
	case "order", "orderby":
		return `"id"`
	case "load":
		return `""`
	case "limit", "offset", "count_limit":
		return `2`
	case "lazy", "raise_exception", "next_id":
		return `false`
	case "flow_id", "journal_id":
		return `1`
	}
	return `"x"`
}
