package orm_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
)

// editions opens a world whose clock stands at Wednesday, 18 March 2026, 10:00 UTC.
func editions(t *testing.T, test func(t *testing.T, db *orm.Database)) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			setup := ormtest.On(kind)
			setup.Now = func() time.Time { return time.Date(2026, 3, 18, 10, 0, 0, 0, time.UTC) }
			digits := orm.Part{Name: "digits", Extensions: []orm.Extension{{Of: "res.currency",
				Fields: schema.Fields{schema.Integer("decimal_places", "Digits").DefaultTo(int64(2))}}}}
			db := ormtest.New(t, setup, world(), digits)
			fixture(t, db)
			test(t, db)
		})
	}
}

// ask makes a call with named arguments in an edition.
func ask(t *testing.T, db *orm.Database, edition orm.Edition, model, method, named string) (string, error) {
	t.Helper()
	var kwargs map[string]any
	if err := json.Unmarshal([]byte(named), &kwargs); err != nil {
		t.Fatalf("%s: %v", named, err)
	}
	who := ormtest.As(ormtest.Admin)
	who.Caller.Edition = edition
	result, err := db.Call(t.Context(), who, model, method, nil, kwargs)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), nil
}

// Each mistake is told in the words of the edition that is spoken.
func TestEditionsTellMistakesInTheirWords(t *testing.T) {
	const denied, value, typed, key = fault.Denied, fault.Value, fault.Type, fault.Key
	type answer struct {
		kind fault.Kind
		text string // its beginning
	}
	editions(t, func(t *testing.T, db *orm.Database) {
		for _, c := range []struct {
			method, named string
			in18, in19    answer
		}{
			{"_search", `{}`, answer{denied, "Private methods (such as _search) cannot"}, answer{denied, "Private methods (such as 'res.partner._search') cannot"}},
			{"exists", `{"ids":[1]}`, answer{}, answer{denied, "Private methods (such as 'res.partner.exists') cannot"}},
			{"read", `{"ids":[1],"fields":["ghost"]}`, answer{value, "Invalid field 'ghost' on model 'res.partner'"}, answer{value, "Invalid field 'ghost' on 'res.partner'"}},
			{"search", `{"domain":[],"order":"ghost"}`, answer{value, "Invalid field 'ghost' on model"}, answer{value, "Invalid field 'ghost' on 'res.partner'"}},
			{"search", `{"domain":[["ghost","=",1]]}`, answer{value, "Invalid field res.partner.ghost in leaf ('ghost', '=', 1)"},
				answer{value, "Invalid field res.partner.ghost in condition ('ghost', '=', 1)"}},
			{"search", `{"domain":[["name","~",1]]}`, answer{value, "Invalid leaf ('name', '~', 1)"}, answer{value, "Invalid operator in condition ('name', '~', 1)"}},
			{"search", `{"domain":[["name","="]]}`, answer{value, "Invalid leaf ['name', '=']: tuple"}, answer{value, "Domain() invalid item in domain: ['name', '=']"}},
			{"search", `{"domain":"x"}`, answer{value, "Domains to normalize"}, answer{typed, "Domain() invalid argument type for domain: 'x'"}},
			{"search_count", `{"domain":false}`, answer{value, "Domains to normalize"}, answer{}},
			{"search_count", `{"domain":[["name","==","x"]]}`, answer{value, "Invalid leaf"}, answer{}},
			{"search_count", `{"domain":[["born",">","today -7d"]]}`, answer{value, "invalid input syntax for type date"}, answer{}},
			{"search_count", `{"domain":[["seen",">","2026-01-01T00:00:00Z"]]}`, answer{}, answer{value, "expecting only datetimes with no timezone"}},
			{"write", `{"ids":[1],"vals":{"ghost":1}}`, answer{value, "Invalid field 'ghost' on model"}, answer{key, "ghost"}},
			{"default_get", `{"fields_list":["name"]}`, answer{}, answer{typed, "BaseModel.default_get() got an unexpected"}},
			{"name_search", `{"args":[]}`, answer{}, answer{typed, "BaseModel.name_search() got an unexpected"}},
		} {
			if c.method == "read" || c.method == "exists" || c.method == "write" {
				if _, err := ask(t, db, orm.Odoo18, "res.partner", "create", `{"vals_list":{"name":"Anybody"}}`); err != nil {
					t.Fatal(err)
				}
			}
			for edition, want := range map[orm.Edition]answer{orm.Odoo18: c.in18, orm.Odoo19: c.in19} {
				_, err := ask(t, db, edition, "res.partner", c.method, c.named)
				if fault.KindOf(err) != want.kind || !strings.HasPrefix(fault.MessageOf(err), want.text) {
					t.Errorf("%s%s in edition %d:\n got %q %q\nwant %q %q", c.method, c.named, edition,
						fault.KindOf(err), fault.MessageOf(err), want.kind, want.text)
				}
			}
		}
	})
}

// Odoo 19's domains name days relatively; weeks of en_US begin on Sunday.
func TestRelativeDates(t *testing.T) {
	editions(t, func(t *testing.T, db *orm.Database) {
		const early = `{"vals_list":{"name":"Early","seen":"2026-03-18 09:30:00"}}`
		if _, err := ask(t, db, orm.Odoo18, "res.partner", "create", early); err != nil {
			t.Fatal(err)
		}
		for term, day := range map[string]string{
			"today": "2026-03-18", "today -7d": "2026-03-11", "today +2w": "2026-04-01", "today -1m": "2026-02-18",
			"today +1y": "2027-03-18",
			"today =1d": "2026-03-01", "today =31d -1m": "2026-02-28", "today =2m": "2026-02-18", "today =2024y =2m =29d": "2024-02-29",
			"today =monday": "2026-03-16", "today +monday": "2026-03-23", "today -monday": "2026-03-16", "today +wednesday": "2026-03-18",
			"today =week_start": "2026-03-15", "now -1d": "2026-03-17", "-1d": "2026-03-17",
			"now =1d -1S": "2026-02-28", "2026-03-18": "2026-03-18",
		} {
			id, err := ask(t, db, orm.Odoo18, "res.partner", "create", `{"vals_list":{"name":"X","born":"`+day+`"}}`)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ask(t, db, orm.Odoo19, "res.partner", "search", `{"domain":[["id","=",`+id+`],["born","=","`+term+`"]]}`)
			if want := "[" + id + "]"; err != nil || got != want {
				t.Errorf("%s is not %s: %s %v", term, day, got, err)
			}
		}
		for _, c := range []struct{ domain, want string }{
			{`[["seen",">","now -1H"]]`, `1`},
			{`[["seen",">","now -29M"]]`, `0`},
			{`[["seen","=","today =9H"]]`, ``}, // hours of a day
			{`[["seen","=","now =9H =30M"]]`, `1`},
			{`[["parent_id.seen",">","now -1H"]]`, `0`},
			{`["!",["seen",">","now -1H"],["seen","!=",false]]`, `0`},
			{`[["child_ids","any",[["seen","<","now"]]]]`, `0`},
			{`[["seen","in",["now =9H =30M"]]]`, `1`},
			{`[["born","=","nonsense"]]`, ``},
			{`[["born","=","today +1x"]]`, ``},
			{`[["born","=","today +1000000y"]]`, ``},
			{`[["born","=",""]]`, ``},
		} {
			got, err := ask(t, db, orm.Odoo19, "res.partner", "search_count", `{"domain":`+c.domain+`}`)
			if got != c.want || c.want == "" && !fault.Is(err, fault.Value) {
				t.Errorf("%s: got %q %v, want %q", c.domain, got, err, c.want)
			}
		}
	})
}

// Odoo 19 rounds amounts that are written to their currency, Odoo 18 keeps them.
func TestEditionsRoundAmounts(t *testing.T) {
	editions(t, func(t *testing.T, db *orm.Database) {
		if _, err := ask(t, db, orm.Odoo18, "book", "create", `{"vals_list":[{"name":"With","currency_id":1},{"name":"Without"}]}`); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			edition      orm.Edition
			book, amount string
			want         string
		}{
			{orm.Odoo18, "1", "12.345", "12.345"}, {orm.Odoo19, "1", "12.345", "12.35"}, {orm.Odoo19, "1", "-12.345", "-12.35"},
			{orm.Odoo19, "1", "12.3449", "12.34"}, {orm.Odoo19, "1", "7", "7"}, {orm.Odoo19, "2", "12.345", "12.345"},
		} {
			id, err := ask(t, db, c.edition, "line", "create", `{"vals_list":{"book_id":`+c.book+`,"amount":`+c.amount+`}}`)
			if err != nil {
				t.Fatal(err)
			}
			made, _ := ask(t, db, c.edition, "line", "search_count", `{"domain":[["id","=",`+id+`],["amount","=",`+c.want+`]]}`)
			if _, err := ask(t, db, c.edition, "line", "write", `{"ids":[`+id+`],"vals":{"amount":`+c.amount+`}}`); err != nil {
				t.Fatal(err)
			}
			changed, _ := ask(t, db, c.edition, "line", "search_count", `{"domain":[["id","=",`+id+`],["amount","=",`+c.want+`]]}`)
			if made != "1" || changed != "1" {
				t.Errorf("%s in edition %d is not %s (%s %s)", c.amount, c.edition, c.want, made, changed)
			}
		}
	})
}

// The groupings that Odoo 19 added, and web_read_group in its form.
func TestOdoo19Groupings(t *testing.T) {
	editions(t, func(t *testing.T, db *orm.Database) {
		const rows = `{"vals_list":[{"name":"A","ref":"G","born":"2026-01-05"},{"name":"B","ref":"G","born":"2026-01-09","is_company":true},{"name":"C","ref":"G","born":"2026-02-01"}]}`
		if _, err := ask(t, db, orm.Odoo18, "res.partner", "create", rows); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ method, named, want string }{
			{"formatted_read_group", `{"domain":[["ref","=","G"]]}`, `[]`},
			{"formatted_read_grouping_sets", `{"domain":[["ref","=","G"]],"grouping_sets":[["is_company"],[]],"aggregates":["__count"]}`,
				`[[{"__count":2,"__extra_domain":[["is_company","=",false]],"is_company":false},{"__count":1,"__extra_domain":[["is_company","=",true]],"is_company":true}],` +
					`[{"__count":3,"__extra_domain":[[1,"=",1]]}]]`},
			{"web_read_group", `{"domain":[["ref","=","G"]],"groupby":["is_company"],"limit":1}`,
				`{"groups":[{"__count":2,"__extra_domain":[["is_company","=",false]],"is_company":false}],"length":2}`},
			{"web_read_group", `{"domain":[["ref","=","G"]],"groupby":["born:month"],"auto_unfold":true,"unfold_read_specification":{"name":{}},"unfold_read_default_limit":1}`,
				`{"groups":[{"__count":2,"__extra_domain":["&",["born",">=","2026-01-01"],["born","<","2026-02-01"]],"__records":[{"id":1,"name":"A"}],"born:month":["2026-01-01","January 2026"]},` +
					`{"__count":1,"__extra_domain":["&",["born",">=","2026-02-01"],["born","<","2026-03-01"]],"__records":[{"id":3,"name":"C"}],"born:month":["2026-02-01","February 2026"]}],"length":2}`},
			{"web_read_group", `{"domain":[["ref","=","G"]],"groupby":["is_company","type"],"unfold_read_specification":{"name":{}},
				"opening_info":[{"value":true,"folded":false,"offset":0,"limit":5,"groups":[{"value":"contact","folded":false}]},
				{"value":false,"folded":true}]}`,
				`{"groups":[{"__count":2,"__extra_domain":[["is_company","=",false]],"is_company":false},` +
					`{"__count":1,"__extra_domain":[["is_company","=",true]],"__groups":{"groups":[{"__count":1,"__extra_domain":[["type","=","contact"]],"__records":[{"id":2,"name":"B"}],"type":"contact"}],"length":1},"is_company":true}],"length":2}`},
		} {
			got, err := ask(t, db, orm.Odoo19, "res.partner", c.method, c.named)
			got = strings.NewReplacer(`\u0026`, "&", `\u003e`, ">", `\u003c`, "<").Replace(got)
			if err != nil || got != c.want {
				t.Errorf("%s%s:\n got %s %v\nwant %s", c.method, c.named, got, err, c.want)
			}
		}
		_, err := ask(t, db, orm.Odoo18, "res.partner", "formatted_read_grouping_sets", `{"domain":[],"grouping_sets":[]}`)
		if !fault.Is(err, fault.Attribute) {
			t.Errorf("Odoo 18 has grouping sets: %v", err)
		}
	})
}
