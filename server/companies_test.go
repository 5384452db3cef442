package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// companies is a database with two companies, each with a record of every model
// that belongs to one, made from the descriptors: models that come later are in
// it by themselves. Whatever is text or a number in a record of the other
// company is a mark, so that any answer can be searched for it.
type companies struct {
	t  testing.TB
	db *orm.Database
	// owned are the models whose records belong to companies, by name.
	owned []string
	// ids are the records: company → model → id.
	ids map[string]map[string]int64
	// shared is a partner of no company; the other company's partner lies below it.
	shared int64
	made   int
}

// The companies.
const (
	own   = "own"
	other = "other"
)

// What stands in the other company's records.
const (
	mark      = "ZQX-other"
	halfMark  = "QX-othe"
	markInt   = 76543217
	markMoney = "7654321.9"
)

func makeCompanies(t testing.TB, db *orm.Database) *companies {
	t.Helper()
	w := &companies{t: t, db: db, ids: map[string]map[string]int64{own: {"res.company": 1}, other: {}}}
	w.owned = ownedModels(db.Registry())
	asSystem(t, db, func(env *orm.Env) error {
		ids, err := env.Create("res.partner", orm.Values{"name": "Shared"})
		if err != nil {
			return err
		}
		w.shared = ids[0]
		ids, err = env.Create("res.company", orm.Values{"name": "The Others", "currency_id": w.any(env, "res.currency"), "email": mark,
			"vat": mark})
		if err != nil {
			return err
		}
		w.ids[other]["res.company"] = ids[0]
		for _, company := range []string{own, other} {
			for _, model := range w.owned {
				if _, err := w.record(env, company, model); err != nil {
					return fmt.Errorf("%s of %s: %w", model, company, err)
				}
			}
		}
		return nil
	})
	return w
}

// ownedModels are those that lead to a company by many2ones that their records
// cannot do without, or by a field company_id.
func ownedModels(r *orm.Registry) []string {
	owned := map[string]bool{"res.company": true}
	for grew := true; grew; {
		grew = false
		for _, name := range r.Names() {
			m, _ := r.Model(name)
			for _, f := range m.Fields {
				if f.Type == schema.TypeMany2one && f.HasColumn() && owned[f.Comodel] && (f.IsRequired || f.Name == "company_id") &&
					!owned[name] && name != "res.users.log" {
					owned[name], grew = true, true
				}
			}
		}
	}
	owned["mail.message"] = true // belongs to what it is about
	var names []string
	for name := range owned {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// record makes a company's record of a model, after those that it points at.
func (w *companies) record(env *orm.Env, company, model string) (int64, error) {
	if id, ok := w.ids[company][model]; ok {
		return id, nil
	}
	w.ids[company][model] = 0 // being made
	id, err := w.fresh(env, company, model)
	w.ids[company][model] = id
	return id, err
}

// fresh makes one more record.
func (w *companies) fresh(env *orm.Env, company, model string) (int64, error) {
	w.made++
	env = env.Sudo().With(orm.Context{"allowed_company_ids": []any{w.ids[company]["res.company"]}})
	m, _ := w.db.Registry().Model(model)
	values := orm.Values{}
	for _, f := range m.Fields {
		v, err := w.value(env, company, m, f)
		if err != nil {
			return 0, err
		}
		if v != nil {
			values[f.Name] = v
		}
	}
	w.suit(company, model, values)
	ids, err := env.Create(model, values)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// suit is what a model's own rules ask beyond its descriptor.
func (w *companies) suit(company, model string, values orm.Values) {
	switch model {
	case "account.journal":
		values["type"] = "bank"
		delete(values, "currency_id")
	case "account.bank.statement.line":
		delete(values, "foreign_currency_id")
		delete(values, "amount_currency")
	case "res.users":
		values["company_ids"] = []orm.Command{{Op: orm.CommandSet, IDs: []int64{w.ids[company]["res.company"]}}}
		delete(values, "password_hash")
	case "account.online.link", "account.online.account", "account.online.feed":
		delete(values, "secret") // they would have to be sealed
		delete(values, "cursor")
		delete(values, "coverage")       // pairs of days
		delete(values, "interval_hours") // has bounds
	case "account.online.hook":
		delete(values, "secret") // would have to be sealed
		values["url"] = "https://" + mark + ".example/" + company
	case "account.online.notice.choice":
		for _, hour := range []string{"digest_hour", "quiet_from", "quiet_until", "tz"} {
			delete(values, hour) // have bounds
		}
	case "res.partner":
		values["parent_id"] = w.shared
		values["type"] = "contact"
	case "mail.message":
		values["model"], values["res_id"] = "account.journal", w.ids[company]["account.journal"]
		delete(values, "record_name")
	case "account.journal.numbering":
		values["year"] = fmt.Sprint(w.made)
	}
}

func (w *companies) value(env *orm.Env, company string, m *schema.Model, f *schema.Field) (any, error) {
	if f.Name == "id" || f.IsX2many() || f.NotStored || f.IsComputed || strings.HasPrefix(f.Name, "create_") ||
		strings.HasPrefix(f.Name, "write_") {
		return nil, nil
	}
	foreign := company == other
	text := fmt.Sprintf("own %s %d", f.Name, w.made)
	if foreign {
		text = fmt.Sprintf("%s %s %s %d", mark, m.Name, f.Name, w.made)
	}
	switch f.Type {
	case schema.TypeChar, schema.TypeText, schema.TypeHTML:
		if runes := []rune(text); f.Size > 0 && len(runes) > f.Size {
			text = fmt.Sprint(w.made)
		}
		return text, nil
	case schema.TypeSelection:
		return f.Options[0].Value, nil
	case schema.TypeInteger:
		if foreign {
			return int64(markInt), nil
		}
		return int64(w.made), nil
	case schema.TypeMonetary:
		if foreign {
			return decimal.MustParse(markMoney), nil
		}
		return decimal.MustParse("1.25"), nil
	case schema.TypeDate:
		return schema.Date("2024-02-03"), nil
	case schema.TypeDatetime:
		return time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC), nil
	case schema.TypeJSON:
		return json.RawMessage(`{"text":"` + text + `"}`), nil
	case schema.TypeMany2one:
		return w.target(env, company, f)
	}
	return nil, nil
}

// target is what a many2one of a company's record points at.
func (w *companies) target(env *orm.Env, company string, f *schema.Field) (any, error) {
	if slices.Contains(w.owned, f.Comodel) {
		id, err := w.record(env, company, f.Comodel)
		if id == 0 {
			return nil, err
		}
		return id, err
	}
	if !f.IsRequired {
		return nil, nil
	}
	if id := w.any(env, f.Comodel); id != 0 {
		return id, nil
	}
	return w.fresh(env, company, f.Comodel)
}

func (w *companies) any(env *orm.Env, model string) int64 {
	ids, err := env.Sudo().Search(model, nil, orm.SearchOptions{Order: "id", Limit: 1})
	if err != nil || len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// user makes a person of the own company in groups.
func (w *companies) user(login string, groups ...string) int64 {
	w.t.Helper()
	var uid int64
	asSystem(w.t, w.db, func(env *orm.Env) error {
		list := make([]int64, len(groups))
		for i, xmlid := range groups {
			module, name, _ := strings.Cut(xmlid, ".")
			rows, err := env.SearchRead("ir.model.data",
				domain.All(domain.Where("module", domain.Eq, module), domain.Where("name", domain.Eq, name)), []string{"res_id"},
				orm.SearchOptions{})
			if err != nil {
				return err
			}
			list[i] = rows.At(0).Int("res_id")
		}
		ids, err := env.Create("res.users", orm.Values{"name": login, "login": login, "password": login, "company_id": int64(1),
			"company_ids": []orm.Command{{Op: orm.CommandSet, IDs: []int64{1}}},
			"groups_id":   []orm.Command{{Op: orm.CommandSet, IDs: list}}})
		if err == nil {
			uid = ids[0]
		}
		return err
	})
	return uid
}

// accountant may do all in the books of the own company.
func (w *companies) accountant() int64 {
	return w.user("accountant", account.GroupManager, "base.group_partner_manager")
}

// attempt makes a call and returns the answer, or the error as the client gets it.
func (w *companies) attempt(uid int64, model, method string, args []any, kwargs map[string]any) (string, error) {
	result, err := w.db.Call(context.Background(), orm.Principal{UID: uid}, model, method, args, kwargs)
	if err != nil {
		return fault.Localize(err, "en_US"), err
	}
	text, err := json.Marshal(result)
	return string(text), err
}

// theirs is everything of the other company, as JSON.
func (w *companies) theirs() map[string]string {
	w.t.Helper()
	found := map[string]string{}
	asSystem(w.t, w.db, func(env *orm.Env) error {
		for _, model := range w.owned {
			m, _ := w.db.Registry().Model(model)
			var fields []string
			for _, f := range m.Fields {
				if f.Name != "password" {
					fields = append(fields, f.Name)
				}
			}
			rows, err := env.With(orm.Context{"active_test": false}).Read(model, []int64{w.ids[other][model]}, fields...)
			if err != nil {
				return fmt.Errorf("%s: %w", model, err)
			}
			text, err := json.Marshal(rows)
			if err != nil {
				return err
			}
			found[model] = string(text)
		}
		return nil
	})
	return found
}
