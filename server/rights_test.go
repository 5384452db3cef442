package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/server"
)

// TestNothingMovesToWhereOneMayNotWrite: what names its record by plain values,
// or its company, stays where its writer may write.
func TestNothingMovesToWhereOneMayNotWrite(t *testing.T) {
	eachHost(t, func(t *testing.T, _ *server.Host, books *orm.Database) {
		w := makeCompanies(t, books)
		uid := w.accountant()
		must := func(model, method string, args ...any) any {
			t.Helper()
			result, err := books.Call(t.Context(), orm.Principal{UID: uid}, model, method, args, nil)
			if err != nil {
				t.Fatalf("%s.%s: %v", model, method, err)
			}
			return result
		}
		const statements, journals = "account.bank.statement", "account.journal"
		mine, theirs := w.ids[own], w.ids[other]
		on := func(model string, id int64) map[string]any {
			return map[string]any{"name": "x", "res_model": model, "res_id": json.Number(fmt.Sprint(id))}
		}
		file := must("ir.attachment", "create", on(statements, mine[statements])).(int64)
		message := w.comment(uid)
		about := func(model string, id int64) map[string]any {
			return map[string]any{"model": model, "res_id": json.Number(fmt.Sprint(id))}
		}
		for _, c := range []struct {
			model  string
			id     int64
			values map[string]any
		}{
			{"ir.attachment", file, map[string]any{"res_id": json.Number(fmt.Sprint(theirs[statements]))}},
			{"ir.attachment", file, on(statements, theirs[statements])},
			{"ir.attachment", file, on("res.partner", theirs["res.partner"])},
			{"ir.attachment", file, on(journals, mine[journals])}, // which has no files
			{"ir.attachment", file, on("res.users", 2)},
			{"ir.attachment", file, map[string]any{"res_model": "no.model"}},
			{"mail.message", message, about(journals, theirs[journals])},
			{"mail.message", message, map[string]any{"res_id": json.Number(fmt.Sprint(theirs[journals]))}},
			{"mail.message", message, about("res.users", 2)},
			{"mail.message", message, about("no.model", 1)},
		} {
			told, err := w.attempt(uid, c.model, "write", []any{[]any{c.id}, c.values}, nil)
			if err == nil || fault.Is(err, fault.Internal) {
				t.Errorf("%s moved by %v: %s, %v", c.model, c.values, told, err)
			}
		}
		must("ir.attachment", "write", []any{file}, on("res.partner", mine["res.partner"]))
		w.triesOthers(uid, "company_id", theirs["res.company"])
		w.triesOthers(uid, "journal_id", theirs[journals])
		w.triesOthers(uid, "partner_id", theirs["res.partner"])
	})
}

// triesOthers writes another company's record into a field of all models that
// have it: nothing of that company's is seen there afterwards.
func (w *companies) triesOthers(uid int64, field string, foreign int64) {
	w.t.Helper()
	tried := 0
	for _, model := range w.owned {
		m, _ := w.db.Registry().Model(model)
		f, ok := m.Field(field)
		id := w.ids[own][model]
		if !ok || f.Type != schema.TypeMany2one || !f.HasColumn() || id == 0 {
			continue
		}
		tried++
		told, err := w.attempt(uid, model, "write", []any{[]any{id}, map[string]any{field: json.Number(fmt.Sprint(foreign))}}, nil)
		asSystem(w.t, w.db, func(env *orm.Env) error {
			rows, err := env.With(orm.Context{"active_test": false}).Read(model, []int64{id}, field)
			if err == nil && rows.Len() == 1 && rows.At(0).Ref(field) == foreign {
				w.t.Errorf("%s.%s is another company's: %s", model, field, told)
			}
			return err
		})
		if fault.Is(err, fault.Internal) {
			w.t.Errorf("%s.%s: %v", model, field, err)
		}
	}
	if tried == 0 {
		w.t.Errorf("no model has %s", field)
	}
}

// TestStatementsStayTheirCompanys, also without lines.
func TestStatementsStayTheirCompanys(t *testing.T) {
	eachHost(t, func(t *testing.T, _ *server.Host, books *orm.Database) {
		w := makeCompanies(t, books)
		reader, maker := w.accountant(), w.user("second", account.GroupManager)
		var emptied int64
		asSystem(t, books, func(env *orm.Env) error {
			emptied = w.ids[other]["account.bank.statement"]
			rows, err := env.Read("account.bank.statement", []int64{emptied}, "line_ids", "journal_id", "company_id")
			if err != nil {
				return err
			}
			before := []int64{rows.At(0).Ref("journal_id"), rows.At(0).Ref("company_id")}
			if err := env.Write("account.bank.statement.line", rows.At(0).Refs("line_ids"), orm.Values{"statement_id": nil}); err != nil {
				return err
			}
			rows, err = env.Read("account.bank.statement", []int64{emptied}, "line_ids", "journal_id", "company_id")
			if err != nil {
				return err
			}
			after := []int64{rows.At(0).Ref("journal_id"), rows.At(0).Ref("company_id")}
			diff := cmp.Diff(before, after)
			if diff != "" || before[1] != w.ids[other]["res.company"] || len(rows.At(0).Refs("line_ids")) > 0 {
				t.Errorf("journal and company (-before +after):\n%s", diff)
			}
			return nil
		})
		made, err := books.Call(t.Context(), orm.Principal{UID: maker}, "account.bank.statement", "create",
			[]any{map[string]any{"name": "empty"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{emptied, made.(int64)} {
			for method, args := range map[string][]any{
				"read": {[]any{id}, []any{"name"}}, "write": {[]any{id}, map[string]any{"name": "x"}}, "unlink": {[]any{id}},
			} {
				told, err := w.attempt(reader, "account.bank.statement", method, args, nil)
				if !fault.Is(err, fault.Denied) {
					t.Errorf("statement %d: %s answers %s, %v", id, method, told, err)
				}
			}
		}
		told, err := w.attempt(maker, "account.bank.statement", "write", []any{[]any{made}, map[string]any{"name": "y"}}, nil)
		if err != nil {
			t.Errorf("its maker: %s, %v", told, err)
		}
	})
}

// TestReadOnlyMeansReadOnly goes through all fields of all models: whatever
// clients are told is read-only stays what it is when a user with all rights
// writes it, directly, with a record that leads to it, or as a default.
func TestReadOnlyMeansReadOnly(t *testing.T) {
	eachHost(t, func(t *testing.T, _ *server.Host, books *orm.Database) {
		w := makeCompanies(t, books)
		boss := w.user("boss", account.GroupManager, "base.group_partner_manager", "base.group_system", "base.group_erp_manager")
		seen, created := 0, 0
		for _, model := range books.Registry().Names() {
			m, _ := books.Registry().Model(model)
			id := w.ids[own][model]
			if id == 0 {
				if id = made(w, model, 0); id == 0 {
					continue
				}
			}
			for _, f := range m.Fields {
				if !f.IsReadonly || f.Hidden || !f.HasColumn() || f.Name == "id" || strings.HasPrefix(f.Name, "write_") {
					continue
				}
				seen++
				read := func() (text string) {
					asSystem(t, books, func(env *orm.Env) error {
						rows, err := env.With(orm.Context{"active_test": false}).Read(model, []int64{id}, f.Name)
						if err != nil || rows.Len() == 0 {
							return err
						}
						shown, err := json.Marshal(rows)
						text = string(shown)
						return err
					})
					return text
				}
				before := read()
				value := otherThan(f)
				_, _ = w.attempt(boss, model, "write", []any{[]any{id}, map[string]any{f.Name: value}}, nil) // it may be refused
				_, _ = w.attempt(boss, model, "web_save", []any{[]any{id}, map[string]any{f.Name: value}, map[string]any{}}, nil)
				cells := []any{fmt.Sprint(id), fmt.Sprint(value)}
				_, _ = w.attempt(boss, model, "load", []any{[]any{".id", f.Name}, []any{cells}}, nil)
				for list, parent := range listsOf(w, model) {
					update := []any{json.Number("1"), json.Number(fmt.Sprint(id)), map[string]any{f.Name: value}}
					_, _ = w.attempt(boss, parent, "write", []any{[]any{w.ids[own][parent]}, map[string]any{list: []any{update}}}, nil)
				}
				if after := read(); after != before {
					t.Errorf("%s.%s was %s, is %s", model, f.Name, before, after)
				}
				created += w.createsWith(boss, model, f, value)
			}
		}
		if seen < 60 || created < 20 {
			t.Errorf("only %d read-only fields were tried, %d at creation", seen, created)
		}
	})
}

// createsWith makes a record with a value of a read-only field, given as a value
// and as a default of the context: it is not taken. It returns 0 where the user
// can make none.
func (w *companies) createsWith(uid int64, model string, f *schema.Field, value any) int {
	w.t.Helper()
	make := func(more, context map[string]any) (string, bool) {
		values := w.required(model)
		for name, v := range more {
			values[name] = v
		}
		made, err := w.db.Call(w.t.Context(), orm.Principal{UID: uid}, model, "create", []any{values},
			map[string]any{"context": context})
		if err != nil {
			return "", false
		}
		told, err := w.attempt(uid, model, "read", []any{[]any{made}, []any{f.Name}}, nil)
		return told, err == nil
	}
	usual, ok := make(nil, nil)
	if !ok {
		return 0
	}
	sent, _ := json.Marshal(value)
	for way, told := range map[string]func() (string, bool){
		"create":  func() (string, bool) { return make(map[string]any{f.Name: value}, nil) },
		"default": func() (string, bool) { return make(nil, map[string]any{"default_" + f.Name: value}) },
	} {
		got, ok := told()
		taken := strings.Contains(got, `"`+f.Name+`":`+string(sent)) || strings.Contains(got, `"`+f.Name+`":[`+string(sent)+`,`)
		was := strings.Contains(usual, `"`+f.Name+`":`+string(sent)) || strings.Contains(usual, `"`+f.Name+`":[`+string(sent)+`,`)
		if ok && taken && !was {
			w.t.Errorf("%s.%s takes %s by %s: %s", model, f.Name, sent, way, got)
		}
	}
	return 1
}

// required are values of the fields without which there is no record, as clients
// send them.
func (w *companies) required(model string) map[string]any {
	w.t.Helper()
	m, _ := w.db.Registry().Model(model)
	values := orm.Values{}
	w.made++
	asSystem(w.t, w.db, func(env *orm.Env) error {
		for _, f := range m.Fields {
			if !f.IsRequired || f.IsReadonly {
				continue
			}
			v, err := w.value(env, own, m, f)
			if err != nil || v == nil {
				return err
			}
			values[f.Name] = v
		}
		return nil
	})
	text, err := json.Marshal(values)
	if err != nil {
		w.t.Fatal(err)
	}
	sent := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&sent); err != nil {
		w.t.Fatal(err)
	}
	return sent
}

// otherThan is a value that a field hardly has.
func otherThan(f *schema.Field) any {
	switch f.Type {
	case schema.TypeInteger:
		return json.Number("4711")
	case schema.TypeFloat, schema.TypeMonetary:
		return json.Number("4711.5")
	case schema.TypeBoolean:
		return true
	case schema.TypeDate:
		return "2001-02-03"
	case schema.TypeDatetime:
		return time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC).Format(schema.DatetimeLayout)
	case schema.TypeSelection:
		return f.Options[len(f.Options)-1].Value
	case schema.TypeMany2one:
		return json.Number("1")
	case schema.TypeJSON:
		return map[string]any{"x": "y"}
	}
	return "changed"
}

// listsOf are the one2many fields that lead to a model, and whose they are.
func listsOf(w *companies, model string) map[string]string {
	found := map[string]string{}
	for _, name := range w.owned {
		m, _ := w.db.Registry().Model(name)
		for _, f := range m.Fields {
			if f.Type == schema.TypeOne2many && f.Comodel == model && w.ids[own][name] != 0 {
				found[f.Name] = name
			}
		}
	}
	return found
}

// TestManyBankJournals: the hundredth is made as the first, and those after it.
func TestManyBankJournals(t *testing.T) {
	eachHost(t, func(t *testing.T, _ *server.Host, books *orm.Database) {
		asSystem(t, books, func(env *orm.Env) error {
			rows := make([]orm.Values, 1020)
			for i := range rows {
				rows[i] = orm.Values{"name": fmt.Sprint("Bank ", i), "type": "bank", "company_id": int64(1)}
			}
			ids, err := env.Create("account.journal", rows...)
			if err != nil {
				return err
			}
			got, err := env.Read("account.journal", []int64{ids[0], ids[98], ids[99], ids[998], ids[999]}, "code")
			if err != nil {
				return err
			}
			var codes []string
			for row := range got.All() {
				codes = append(codes, row.Str("code"))
			}
			if diff := cmp.Diff([]string{"BNK1", "BNK99", "BN100", "BN999", "B1000"}, codes); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
			return nil
		})
		_, err := books.Call(t.Context(), orm.Principal{UID: 2}, "account.journal", "action_add_bank_account",
			[]any{"BE71096123456769"}, nil)
		if err != nil {
			t.Errorf("one more: %v", err)
		}
	})
}

// comment posts a message as somebody and returns its id.
func (w *companies) comment(uid int64) int64 {
	w.t.Helper()
	posted, err := w.db.Call(w.t.Context(), orm.Principal{UID: uid}, "account.journal", "message_post",
		[]any{[]any{w.ids[own]["account.journal"]}}, map[string]any{"body": "mine"})
	if err != nil {
		w.t.Fatal(err)
	}
	switch v := posted.(type) {
	case []int64:
		return v[0]
	case int64:
		return v
	}
	w.t.Fatalf("message_post answers %v", posted)
	return 0
}
