package orm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// TestValuesBeyondTheirFields: what a field cannot hold is refused in words, on
// both databases alike, and what it replaced stays.
func TestValuesBeyondTheirFields(t *testing.T) {
	write := func(model, values string) ormtest.Step {
		return ormtest.Step{Model: model, Method: "write", Args: `[[1],` + values + `]`}
	}
	refused := func(model, values string, kind fault.Kind, message string) ormtest.Step {
		s := write(model, values)
		s.Kind, s.Want = kind, message
		return s
	}
	eachOfWorld(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "tag", Method: "create", Args: `[{"name":"t"}]`, Want: `1`},
			{Model: "res.partner", Method: "create", Args: `[{"name":"One","color":7,"weight":1.5,"born":"2024-02-29",` +
				`"seen":"2024-02-29 01:02:03","tag_ids":[[4,1]],"child_ids":[[0,0,{"name":"Two"}]]}]`, Want: `1`},
		})
		before := all(t, db)
		ormtest.Converse(t, db, []ormtest.Step{
			refused("res.partner", `{"name":"a\u0000b"}`, fault.Value, "A string literal cannot contain NUL (0x00) characters."),
			refused("res.partner", `{"color":2147483648}`, fault.Value, `value "2147483648" is out of range for type integer`),
			refused("res.partner", `{"color":-2147483649}`, fault.Value, `value "-2147483649" is out of range for type integer`),
			refused("res.partner", `{"color":9223372036854775808}`, fault.Value, ""),
			refused("res.partner", `{"color":1e300}`, fault.Value, ""),
			refused("res.partner", `{"color":"1.5"}`, fault.Value, "invalid literal for int() with base 10: '1.5'"),
			refused("res.partner", `{"color":[]}`, fault.Type, "int() argument must be a string, a bytes-like object or a real number, "+
				"not 'list'"),
			refused("res.partner", `{"weight":"nan"}`, fault.Value, ""),
			refused("res.partner", `{"weight":"inf"}`, fault.Value, ""),
			refused("res.partner", `{"born":"2023-02-29"}`, fault.Value, "time data '2023-02-29' does not match format '%Y-%m-%d'"),
			refused("res.partner", `{"born":"0000-01-01"}`, fault.Value, ""),
			refused("res.partner", `{"born":"10000-01-01"}`, fault.Value, ""),
			refused("res.partner", `{"born":"-001-01-01"}`, fault.Value, ""),
			refused("res.partner", `{"born":20240229}`, fault.Type, "strptime() argument 1 must be str, not int"),
			refused("res.partner", `{"seen":"2024-02-29 24:00:00"}`, fault.Value, ""),
			refused("res.partner", `{"seen":"0000-12-31 23:59:59"}`, fault.Value, ""),
			refused("res.partner", `{"type":"nope"}`, fault.Value, "Wrong value for res.partner.type: 'nope'"),
			refused("res.partner", `{"parent_id":4294967297}`, fault.Missing, ""),
			refused("res.partner", `{"parent_id":-3}`, fault.Missing, ""),
			refused("res.partner", `{"parent_id":"1"}`, fault.Value, ""),
			refused("res.partner", `{"parent_id":1}`, fault.Invalid, ""),
			refused("res.partner", `{"name":false}`, fault.Invalid, ""),
			refused("res.partner", `{"tag_ids":[[0]]}`, fault.Value, "Wrong value for res.partner.tag_ids: [0]"),
			refused("res.partner", `{"tag_ids":[[9,1]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[[6,0]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[[6,0,"x"]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[[4]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[[4,99]]}`, fault.Invalid, ""),
			refused("res.partner", `{"tag_ids":[[4,1,2,3]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[[0,0,[]]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[[1,1,{"nope":1}]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[["4",1]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":[[4.5,1]]}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":"1"}`, fault.Value, ""),
			refused("res.partner", `{"tag_ids":{"1":true}}`, fault.Value, ""),
			refused("res.partner", `{"child_ids":[[5],[0,0,{}]]}`, fault.Invalid, ""),
			refused("res.partner", `{"child_ids":[[2,99]]}`, fault.Missing, ""),
			refused("res.partner", `{"child_ids":[[1,2,{"color":"x"}]]}`, fault.Value, ""),
			refused("res.partner", `{"nope":1}`, fault.Value, "Invalid field 'nope' on model 'res.partner'"),
			refused("res.partner", `{"":1}`, fault.Value, ""),
		})
		if diff := cmp.Diff(before, all(t, db)); diff != "" {
			t.Errorf("a refused write left a trace:\n%s", diff)
		}
		ormtest.Converse(t, db, []ormtest.Step{
			write("res.partner", `{"name":"\ud83d\ude00 \ud800 é","color":1.9,"weight":-1e308,"born":"0001-01-01",`+
				`"seen":"9999-12-31 23:59:59"}`),
			{Model: "res.partner", Method: "read", Args: `[[1],["name","color","weight","born","seen"]]`,
				Want: `[{"id":1,"name":"😀 ` + string(utf8.RuneError) + ` é","color":1,"weight":-1e+308,"born":"0001-01-01",` +
					`"seen":"9999-12-31 23:59:59"}]`},
			write("res.partner", `{"color":2147483647,"weight":0}`), write("res.partner", `{"color":-2147483648}`),
		})
	})
}

func all(t *testing.T, db *orm.Database) string {
	t.Helper()
	got, err := ormtest.Do(t, db, 0, "res.partner", "search_read", `{"args":[[]],"kwargs":{"context":{"active_test":false}}}`)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestWhatIsAskedWithoutEnd: long lists work, depth and injection are refused.
func TestWhatIsAskedWithoutEnd(t *testing.T) {
	many := make([]string, 70_000) // more than either database takes arguments
	for i := range many {
		many[i] = fmt.Sprint(i + 1)
	}
	ids := "[" + strings.Join(many, ",") + "]"
	texts := `["x` + strings.Join(many, `","x`) + `"]`
	deep := `["id","=",1]`
	for range 40 {
		deep = `["parent_id","any",[` + deep + `]]`
	}
	eachOfWorld(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "create", Args: `[[{"name":"x1"},{"name":"x2","parent_id":false},{"name":"b"}]]`,
				Want: `[1,2,3]`},
			{Model: "res.partner", Method: "search", Args: `[[["id","in",` + ids + `]]]`, Want: `[3,1,2]`},
			{Model: "res.partner", Method: "search", Args: `[[["id","not in",` + ids + `]]]`, Want: `[]`},
			{Model: "res.partner", Method: "search", Args: `[[["name","in",` + texts + `]]]`, Want: `[1,2]`},
			{Model: "res.partner", Method: "search", Args: `[[["name","not in",` + texts + `]]]`, Want: `[3]`},
			{Model: "res.partner", Method: "search_count", Args: `[[["weight","in",` + ids + `]]]`, Want: `0`},
			{Model: "line", Method: "search_count", Args: `[[["amount","not in",` + ids + `]]]`, Want: `0`},
			{Model: "res.partner", Method: "search_count", Args: `[[["parent_id","child_of",` + ids + `]]]`, Want: `3`},
			{Model: "res.partner", Method: "read", Args: `[` + ids + `,["name"]]`, Want: `[{"id":1,"name":"x1"},{"id":2,"name":"x2"},` +
				`{"id":3,"name":"b"}]`},
			{Model: "res.partner", Method: "exists", Args: `[` + ids + `]`, Want: `[1,2,3]`},
			{Model: "res.partner", Method: "write", Args: `[` + ids + `,{"color":1}]`, Kind: fault.Missing},
			{Model: "res.partner", Method: "search_count", Args: `[[["color","=",1]]]`, Want: `0`},
			{Model: "res.partner", Method: "search", Args: `[[` + deep + `]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["` + strings.Repeat("parent_id.", 60) + `name","=","x"]]]`,
				Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[` + strings.Repeat(`"!",`, 3000) + `["id","=",1]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[` + strings.Repeat(`"|",["id","=",1],`, 2400) + `["id","=",2]]]`,
				Want: `[1,2]`},
			{Model: "res.partner", Method: "search", Args: `[[["name","like","` + strings.Repeat("%_", 20_000) + `"]]]`, Kind: fault.Value},
		})
		for _, order := range []string{"name; DROP TABLE res_partner", "name, (SELECT 1)", `"name"`, "name desc desc", "name nulls", "(id)",
			"id--", "1", "name collate nocase", "res_partner.id", ",", "name,,id", "name asc nulls first last"} {
			for _, method := range []string{"search", "search_read", "web_search_read"} {
				args, _ := json.Marshal(map[string]any{"args": []any{[]any{}}, "kwargs": map[string]any{"order": order}})
				if method == "web_search_read" {
					args, _ = json.Marshal(map[string]any{"args": []any{[]any{}, map[string]any{}},
						"kwargs": map[string]any{"order": order}})
				}
				if got, err := ormtest.Do(t, db, 0, "res.partner", method, string(args)); !fault.Is(err, fault.User, fault.Value) {
					t.Errorf("%s by %q: %s, %v", method, order, got, err)
				}
			}
			args, _ := json.Marshal(map[string]any{"args": []any{[]any{}, []any{}, []any{"name"}},
				"kwargs": map[string]any{"orderby": order}})
			if got, err := ormtest.Do(t, db, 0, "res.partner", "read_group", string(args)); !fault.Is(err, fault.User, fault.Value) {
				t.Errorf("read_group by %q: %s, %v", order, got, err)
			}
		}
		for _, context := range []string{`{"lang":["x"],"tz":{"a":1},"active_test":"","allowed_company_ids":{"a":1},"default_name":{}}`,
			`{"tz":"../../etc/passwd"}`, `{"tz":"Europe/Brussels'; --"}`,
			`{"active_test":[]}`, `{"allowed_company_ids":"1"}`, `{"bin_size":{}}`, `{"":""}`} {
			if got, err := ormtest.Do(t, db, 0, "res.partner", "read_group", `{"args":[[],["color:sum"],["seen:day"]],"kwargs":{"context":`+
				context+`}}`); err != nil && !fault.Is(err, fault.User, fault.Value, fault.Type, fault.Denied) {
				t.Errorf("context %s: %s, %v", context, got, err)
			}
		}
	})
}

// TestTextThatIsNone: bytes that are no text reach no column, whoever sends them.
func TestTextThatIsNone(t *testing.T) {
	eachOfWorld(t, func(t *testing.T, db *orm.Database) {
		result, err := db.Call(context.Background(), ormtest.As(ormtest.Admin), "res.partner", "create",
			[]any{map[string]any{"name": "a\xff\xfeb"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ormtest.Converse(t, db, []ormtest.Step{{Model: "res.partner", Method: "read", Args: fmt.Sprintf(`[[%d],["name"]]`, result),
			Want: `[{"id":1,"name":"a` + string(utf8.RuneError) + `b"}]`}})
		for _, bad := range []string{"a\xff", "a\x00b"} {
			for _, op := range []string{"=", "in", "like", "=ilike", "<"} {
				var value any = bad
				if op == "in" {
					value = []any{bad}
				}
				_, err := db.Call(context.Background(), ormtest.As(ormtest.Admin), "res.partner", "search",
					[]any{[]any{[]any{"name", op, value}}}, nil)
				if err != nil && !fault.Is(err, fault.Value) {
					t.Errorf("%s %q: %v", op, bad, err)
				}
			}
		}
	})
}
