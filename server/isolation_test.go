package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/server"
)

// told finds something of the other company in an answer.
func told(answer string) bool {
	for _, sign := range []string{mark, "ZQXOTHER", "76543217", "7654321.9", "15308643.8"} {
		if strings.Contains(answer, sign) {
			return true
		}
	}
	return false
}

// attack is one call that tries to get at the other company.
type attack struct {
	model, method string
	args          []any
	kwargs        map[string]any
}

func (a attack) String() string {
	args, _ := json.Marshal(a.args)
	kwargs, _ := json.Marshal(a.kwargs)
	text := fmt.Sprintf("%s.%s%s%s", a.model, a.method, args, kwargs)
	if len(text) > 400 {
		text = text[:400] + "…"
	}
	return text
}

type object = map[string]any

func list(items ...any) []any { return items }

func (w *companies) try(uid int64, a attack) {
	w.t.Helper()
	answer, err := w.attempt(uid, a.model, a.method, a.args, a.kwargs)
	if told(answer) {
		w.t.Errorf("%s tells %.300s", a, answer)
	}
	if fault.Is(err, fault.Internal) {
		w.t.Errorf("%s: %v", a, err)
	}
}

func allFields(m *schema.Model) (names []any) {
	for _, f := range m.Fields {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	return names
}

// TestTheOtherCompanyIsNeitherSeenNorChanged tries, on every model, every way
// of getting at the records of a company that is not the user's; all of it on both
// databases where GIROSYNC_TEST_THOROUGH is set.
func TestTheOtherCompanyIsNeitherSeenNorChanged(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, books *orm.Database) {
		w := makeCompanies(t, books)
		before := w.theirs()
		for model, text := range before {
			if !told(text) {
				t.Fatalf("%s of the other company has no mark: %s", model, text)
			}
		}
		uid := w.accountant()
		began := day()
		before = w.theirs()
		for i, model := range books.Registry().Names() {
			// Who may see what is decided above the databases: each takes half of the models.
			if i%2 == 0 == (host.Config.Database.URL != "") && os.Getenv("GIROSYNC_TEST_THOROUGH") == "" {
				continue
			}
			t.Run(model, func(t *testing.T) {
				w := *w
				w.t = t
				w.readAll(uid, model)
				w.readTheirs(uid, model)
				w.askConditions(uid, model)
				w.reachThrough(uid, model)
				w.changeTheirs(uid, model)
				w.pointAtThem(uid, model)
				w.listThem(uid, model)
				w.readAll(uid, model) // what own records then tell
				w.listen(uid, model)
				after := w.theirs()
				if today := day(); today != began { // a card's history has moved on
					before, began = after, today
					return
				}
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("the other company's records changed:\n%s", diff)
					before = after
				}
			})
		}
	})
}

// day is what a day is called in UTC, in which the users of these tests live.
func day() string { return time.Now().UTC().Format(time.DateOnly) }

// readAll reads whatever the user finds.
func (w *companies) readAll(uid int64, model string) {
	m, _ := w.db.Registry().Model(model)
	spec := object{}
	for _, f := range m.Fields {
		if f.Hidden {
			continue
		}
		spec[f.Name] = object{}
		if co, ok := w.db.Registry().Model(f.Comodel); ok {
			below := object{"display_name": object{}}
			for _, g := range co.Fields {
				if !g.Hidden {
					below[g.Name] = object{}
				}
			}
			spec[f.Name] = object{"fields": below, "context": object{"active_test": false}}
		}
	}
	some := object{"limit": 1000, "context": object{"active_test": false}}
	w.try(uid, attack{model, "search_read", list(list(), allFields(m)), some})
	w.try(uid, attack{model, "web_search_read", list(list(), spec), some})
	w.try(uid, attack{model, "name_search", list("", list(), "ilike", 500), nil})
	for _, f := range m.Fields {
		if f.Hidden {
			continue
		}
		kwargs := object{"context": object{"active_test": false}, "limit": 1000}
		w.try(uid, attack{model, "read_group", list(list(), list("__count"), list(f.Name)), kwargs})
		for _, function := range []string{"sum", "min", "max", "avg", "array_agg", "count_distinct"} {
			w.try(uid, attack{model, "read_group", list(list(), list(f.Name+":"+function), list()), kwargs})
		}
		w.try(uid, attack{model, "search_read", list(list(), list("display_name"), 0, 500, f.Name+" desc, id"), nil})
		w.try(uid, attack{model, "search_read", list(list(), list("display_name"), 0, 500, f.Name+".id"), nil})
	}
}

// readTheirs names the other company's record.
func (w *companies) readTheirs(uid int64, model string) {
	id := w.ids[other][model]
	if id == 0 {
		return
	}
	m, _ := w.db.Registry().Model(model)
	names := allFields(m)
	deep := slices.Clone(names)
	spec := object{}
	for _, f := range m.Fields {
		if f.IsRelation() && !f.Hidden {
			deep = append(deep, f.Name+"/id", f.Name+"/.id", f.Name+"/display_name")
		}
		spec[f.Name] = object{}
	}
	foreign := w.ids[other]["res.company"]
	trick := object{"company_id": object{"fields": object{"email": object{}}, "context": object{"allowed_company_ids": list(foreign)}}}
	for _, a := range []attack{
		{model, "read", list(list(id), names), nil},
		{model, "read", list(list(id)), object{"load": ""}},
		{model, "read", list(list(w.ids[own][model], id), names), nil},
		{model, "search_read", list(list(list("id", "=", id)), names), nil},
		{model, "search_read", list(list("|", list("id", "=", id), list("id", "!=", id)), names),
			object{"context": object{"active_test": false}}},
		{model, "web_read", list(list(id), spec), nil},
		{model, "web_read", list(list(id), trick), nil},
		{model, "web_save", list(list(), object{}, spec, list(id)), nil},
		{model, "export_data", list(list(id), deep), nil},
		{model, "get_metadata", list(list(id)), nil},
		{model, "get_external_id", list(list(id)), nil},
		{model, "copy", list(list(id)), nil},
		{model, "copy", list(list(id), object{"name": "x", "company_id": 1}), nil},
		{model, "name_search", list("ZQX"), nil},
		{model, "name_search", list("ZQX", list(list("id", "=", id)), "not ilike"), nil},
		{model, "check_access", list(list(id), "read"), nil},
		{model, "has_access", list(list(id), "read"), nil},
	} {
		w.try(uid, a)
	}
	for _, method := range w.db.Registry().MethodNames(orm.Odoo18, model) {
		for _, args := range [][]any{{list(id)}, {list(id), id}, {id, object{}}, {list(id), "read"}, {list(id), list("name")}} {
			w.try(uid, attack{model, method, args, nil})
		}
	}
	for _, company := range [][]any{{foreign}, {1, foreign}} {
		w.refuseCompany(uid, attack{model, "search_read", list(list(), names), object{"context": object{"allowed_company_ids": company}}})
		w.refuseCompany(uid, attack{model, "read", list(list(id)), object{"context": object{"allowed_company_ids": company}}})
		w.refuseCompany(uid, attack{model, "create", list(object{}), object{"context": object{"allowed_company_ids": company}}})
	}
}

// refuseCompany makes a call in the name of a company that is not the user's.
func (w *companies) refuseCompany(uid int64, a attack) {
	w.t.Helper()
	answer, err := w.attempt(uid, a.model, a.method, a.args, a.kwargs)
	if !fault.Is(err, fault.Denied) || answer != "Access to unauthorized or invalid companies." {
		w.t.Errorf("%s: %v, %.300s", a, err, answer)
	}
}

// askConditions asks whether there are records of which something is true that
// is true of the other company's alone.
func (w *companies) askConditions(uid int64, model string) {
	var leaves []any
	w.paths(model, "", 2, func(path string, f *schema.Field) {
		switch f.Type {
		case schema.TypeChar, schema.TypeText, schema.TypeHTML, schema.TypeJSON:
			leaves = append(leaves, list(path, "ilike", halfMark))
		case schema.TypeInteger:
			leaves = append(leaves, list(path, "=", markInt))
		case schema.TypeMonetary:
			leaves = append(leaves, list(path, "=", markMoney))
		}
		if id := w.ids[other][f.Comodel]; id != 0 {
			leaves = append(leaves, list(path, "=", id), list(path, "in", list(id)), list(path, "child_of", halfMark),
				list(path, "parent_of", halfMark),
				list(path, "child_of", id), list(path, "parent_of", id), list(path, "ilike", halfMark),
				list(path, "any", list(list("id", "=", id))))
		}
	})
	if id := w.ids[other][model]; id != 0 {
		leaves = append(leaves, list("id", "=", id), list("id", "child_of", halfMark), list("id", "parent_of", halfMark),
			list("id", "parent_of", id), list("id", "child_of", id))
	}
	var found []counted
	for _, leaf := range leaves {
		found = append(found, w.count(uid, model, leaf.([]any)))
	}
	w.compare(uid, model, found)
}

// counted is how many records a condition found.
type counted struct {
	leaf   []any
	answer string
	err    error
}

func (w *companies) count(uid int64, model string, conditions ...any) counted {
	answer, err := w.attempt(uid, model, "search_count", list(conditions), object{"context": object{"active_test": false}})
	leaf, _ := conditions[len(conditions)-1].([]any)
	return counted{leaf, answer, err}
}

// compare asks the same of what is true of no record, and wants the same answers.
// Where conditions found nothing, one question is enough for several: what is
// true of nothing finds nothing by any of them.
func (w *companies) compare(uid int64, model string, found []counted) {
	nothing := func(c counted) bool { return c.err == nil && c.answer == "0" }
	for some := range slices.Chunk(found, 8) {
		if !slices.ContainsFunc(some, func(c counted) bool { return !nothing(c) }) {
			var any []any
			for _, c := range some[1:] {
				any = append(any, "|", w.control(c.leaf))
			}
			if nothing(w.count(uid, model, append(any, w.control(some[0].leaf))...)) {
				continue
			}
		}
		for _, c := range some {
			none := w.count(uid, model, w.control(c.leaf))
			if fault.KindOf(c.err) != fault.KindOf(none.err) || c.err == nil && c.answer != none.answer || fault.Is(c.err, fault.Internal) {
				w.t.Errorf("%s: %v finds %s, %v, and what is true of nothing %s, %v", model, c.leaf, c.answer, c.err, none.answer, none.err)
			}
		}
	}
}

// control is a condition on what is true of no record.
func (w *companies) control(leaf []any) []any { return list(leaf[0], leaf[1], w.untrue(leaf[2])) }

// untrue turns what is true of the other company's records into what is true of
// no record at all: an answer that differs tells of them.
func (w *companies) untrue(v any) any {
	const none = 2_147_000_000
	switch v := v.(type) {
	case string:
		if v == markMoney {
			return "-1234567.1"
		}
		return "QX-nobody"
	case int, int64:
		return none
	case []any:
		if leaf, ok := v[0].([]any); ok {
			return list(list(leaf[0], leaf[1], none))
		}
		return list(none)
	}
	return v
}

// paths walks to every field that a condition on a model can name.
func (w *companies) paths(model, prefix string, depth int, each func(path string, f *schema.Field)) {
	m, _ := w.db.Registry().Model(model)
	for _, f := range m.Fields {
		each(prefix+f.Name, f)
		if f.IsRelation() && depth > 1 {
			w.paths(f.Comodel, prefix+f.Name+".", depth-1, each)
		}
	}
}

// reachThrough names the other company from within an own record's answer.
func (w *companies) reachThrough(uid int64, model string) {
	id := w.ids[own][model]
	if id == 0 {
		id = 1
	}
	m, _ := w.db.Registry().Model(model)
	foreign := w.ids[other]["res.company"]
	for _, f := range m.Fields {
		co, ok := w.db.Registry().Model(f.Comodel)
		if !ok || f.Hidden {
			continue
		}
		below := object{}
		for _, g := range co.Fields {
			below[g.Name] = object{}
		}
		for _, context := range []object{{"allowed_company_ids": list(foreign)}, {"allowed_company_ids": list(1, foreign)},
			{"active_test": false}} {
			inner := object{"fields": below, "context": context, "order": "id desc"}
			w.try(uid, attack{model, "web_read", list(list(id), object{f.Name: inner}), nil})
			w.try(uid, attack{model, "web_search_read", list(list(), object{f.Name: inner}), object{"limit": 100}})
		}
		w.try(uid, attack{model, "default_get", list(list(f.Name)),
			object{"context": object{"default_" + f.Name: w.ids[other][f.Comodel]}}})
	}
}

// changeTheirs tries to change and delete the other company's record.
func (w *companies) changeTheirs(uid int64, model string) {
	id := w.ids[other][model]
	if id == 0 {
		return
	}
	m, _ := w.db.Registry().Model(model)
	for _, f := range m.Fields {
		var v any = "1"
		if f.IsRelation() {
			v = w.ids[own][f.Comodel]
		}
		w.try(uid, attack{model, "write", list(list(id), object{f.Name: v}), nil})
		w.try(uid, attack{model, "web_save", list(list(id), object{f.Name: v}, object{}), nil})
		w.try(uid, attack{model, "load", list(list(".id", f.Name), list(list(fmt.Sprint(id), "1"))), nil})
	}
	for _, a := range []attack{
		{model, "load", list(list("id", "name"), list(list("__export__."+m.Table+"_"+fmt.Sprint(id), "x"))), nil},
		{model, "action_archive", list(list(id)), nil},
		{model, "toggle_active", list(list(id)), nil},
		{model, "message_post", list(list(id), "hello"), nil},
		{"mail.message", "create", list(object{"model": model, "res_id": id, "body": "hello"}), nil},
		{"mail.message", "create", list(object{"model": model, "res_id": id, "body": "hello", "message_type": "notification",
			"author_id": 1}), nil},
		{model, "unlink", list(list(id)), nil},
		{model, "unlink", list(list(w.own(model), id)), nil},
	} {
		w.try(uid, a)
	}
	w.try(uid, attack{"mail.message", "search_read", list(list(), list("record_name", "display_name")), object{"limit": 500}})
}

// pointAtThem makes own records point at the other company's, by every many2one.
func (w *companies) pointAtThem(uid int64, model string) {
	m, _ := w.db.Registry().Model(model)
	for _, f := range m.Fields {
		theirs := w.ids[other][f.Comodel]
		if f.Type != schema.TypeMany2one || theirs == 0 {
			continue
		}
		for _, a := range []attack{
			{model, "write", list(list(w.own(model)), object{f.Name: theirs}), nil},
			{model, "write", list(list(w.own(model)), object{f.Name: list(theirs, "x")}), nil},
			{model, "load", list(list(".id", f.Name+"/.id"), list(list(fmt.Sprint(w.own(model)), fmt.Sprint(theirs)))), nil},
			{model, "copy", list(list(w.own(model)), object{f.Name: theirs}), nil},
			{model, "create", list(w.values(model, f.Name, theirs)), nil},
			{model, "create", list(w.values(model, "", nil)), object{"context": object{"default_" + f.Name: theirs}}},
			{model, "web_save", list(list(w.own(model)), object{f.Name: theirs},
				object{f.Name: object{"fields": object{"display_name": object{}}}}), nil},
		} {
			w.try(uid, a)
		}
	}
}

// listThem puts the other company's records into lists of own ones.
func (w *companies) listThem(uid int64, model string) {
	m, _ := w.db.Registry().Model(model)
	for _, f := range m.Fields {
		theirs := w.ids[other][f.Comodel]
		if !f.IsX2many() || theirs == 0 {
			continue
		}
		for _, command := range []any{
			list(0, 0, object{"name": "x", "company_id": w.ids[other]["res.company"]}), list(1, theirs, object{"name": "x"}),
			list(2, theirs), list(3, theirs), list(4, theirs),
			list(6, 0, list(theirs)), theirs,
		} {
			id := w.own(model)
			w.try(uid, attack{model, "write", list(list(id), object{f.Name: list(command)}), nil})
			w.try(uid, attack{model, "web_save", list(list(id), object{f.Name: list(command)},
				object{f.Name: object{"fields": object{"display_name": object{}}}}), nil})
			w.try(uid, attack{model, "create", list(w.values(model, f.Name, list(command))), nil})
		}
	}
}

// listen subscribes to what is told of the other company's record.
func (w *companies) listen(uid int64, model string) {
	id := w.ids[other][model]
	if id == 0 {
		return
	}
	err := w.db.Within(context.Background(), orm.Principal{UID: uid}, orm.TxRead, func(env *orm.Env) error {
		may, err := bus.MayListen(env, bus.Channel(model, id))
		if may {
			w.t.Errorf("%s: the bus tells of the other company", model)
		}
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
}

// own is a fresh record of the user's company; of a model that belongs to none,
// or of which there is one only, the one that is there.
func (w *companies) own(model string) int64 {
	w.t.Helper()
	if !slices.Contains(w.owned, model) || model == "res.company" {
		return max(w.ids[own][model], 1)
	}
	return made(w, model, w.ids[own][model])
}

// values are what an own record of a model is made of, with one more value.
func (w *companies) values(model, field string, v any) object {
	w.made++
	m, _ := w.db.Registry().Model(model)
	values := orm.Values{}
	for _, f := range m.Fields {
		switch {
		case !f.IsRequired || f.Hidden:
		case f.Type == schema.TypeMany2one:
			values[f.Name] = max(w.ids[own][f.Comodel], 1)
		default:
			if v, err := w.value(nil, own, m, f); err == nil && v != nil {
				values[f.Name] = v
			}
		}
	}
	w.suit(own, model, values)
	if field != "" {
		values[field] = v
	}
	text, _ := json.Marshal(values)
	var plain object
	_ = json.Unmarshal(text, &plain)
	return plain
}

// TestOwnedModelsHaveRules: whatever belongs to a company, directly or through
// what it hangs on, is narrowed by a rule, or shown to nobody.
func TestOwnedModelsHaveRules(t *testing.T) {
	eachHost(t, func(t *testing.T, _ *server.Host, books *orm.Database) {
		for _, model := range ownedModels(books.Registry()) {
			if len(books.Registry().AccessOf(model)) > 0 && len(books.Registry().RulesOf(model)) == 0 {
				t.Errorf("%s belongs to companies and has no rule", model)
			}
		}
	})
}

// TestReadersChangeNothing: who may only read, or only bill, changes no record
// of any model of the books.
func TestReadersChangeNothing(t *testing.T) {
	eachHost(t, func(t *testing.T, _ *server.Host, books *orm.Database) {
		w := makeCompanies(t, books)
		for _, group := range []string{account.GroupReadonly, account.GroupInvoice} {
			uid := w.user(group, group)
			for _, model := range books.Registry().Names() {
				m, _ := books.Registry().Model(model)
				id := max(w.ids[own][model], 1)
				calls := []attack{
					{model, "create", list(w.values(model, "", nil)), nil}, {model, "unlink", list(list(id)), nil},
					{model, "copy", list(list(id)), nil},
					{model, "action_archive", list(list(id)), nil},
					{model, "web_save", list(list(), w.values(model, "", nil), object{}), nil},
					{model, "message_post", list(list(id), "hello"), nil},
				}
				for _, f := range m.Fields {
					calls = append(calls, attack{model, "write", list(list(id), object{f.Name: false}), nil})
				}
				for _, a := range calls {
					_, err := w.attempt(uid, a.model, a.method, a.args, a.kwargs)
					if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.User, fault.Attribute) && !mayWrite(model) {
						t.Errorf("%s: %s: %v", group, a, err)
					}
				}
			}
		}
	})
}

// mayWrite are the models that every employee may add to: own messages, and what
// they ask for a key of their own.
func mayWrite(model string) bool {
	return model == "mail.message" || model == "res.users.apikeys.description"
}
