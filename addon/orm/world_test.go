package orm_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// world is a small registry in which every field type and relation occurs.
func world() orm.Part {
	all := orm.Access{"base.group_user": orm.Change}
	return orm.Part{Name: "world", Models: []orm.Model{
		{
			Name: "res.users", Label: "User",
			Fields: schema.Fields{schema.Char("name", "Name"), schema.Char("login", "Login").Required(),
				schema.Char("password", "Password").Secret()},
			Bound: orm.Bound{Access: orm.Access{"base.group_system": orm.Change, "base.group_user": orm.Read}},
		},
		{
			Name: "res.currency", Label: "Currency",
			Fields: schema.Fields{
				schema.Char("name", "Currency").Required(), schema.Char("symbol", "Symbol"),
				schema.Boolean("active", "Active").DefaultTo(true),
			},
			Bound: orm.Bound{
				Access:    orm.Access{"": orm.Read, "base.group_system": orm.Change},
				SQLUnique: []orm.Unique{{Columns: []string{"name"}, Message: "The currency code must be unique!"}},
			},
		},
		partner(all), book(all), line(all), tag(all),
		{
			Name: "secret.note", Label: "Secret Note",
			Fields: schema.Fields{schema.Char("name", "Name"), schema.Many2one("owner_id", "Owner", "res.users")},
			Bound: orm.Bound{
				Access: orm.Access{"base.group_user": orm.Change},
				Rules: []orm.Rule{{
					Name: "own notes", Groups: []string{"base.group_user"},
					Domain: func(env *orm.Env) (domain.Node, error) { return domain.Where("owner_id", domain.Eq, env.UID()), nil },
				}, {
					Name: "all notes", Groups: []string{"base.group_system"},
					Domain: func(env *orm.Env) (domain.Node, error) { return nil, nil },
				}},
			},
		},
		{Name: "parameter", Label: "System Parameter", Fields: schema.Fields{schema.Char("key", "Key")}, RecName: "key",
			Bound: orm.Bound{Access: orm.Access{"base.group_system": orm.Change}}},
	}}
}

func partner(all orm.Access) orm.Model {
	return orm.Model{
		Name: "res.partner", Label: "Contact", Order: "display, id",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Char("ref", "Reference"), schema.Char("email", "Email"), schema.Char("city", "City"),
			schema.Integer("color", "Color"), schema.Float("weight", "Weight"),
			schema.Boolean("is_company", "Is a Company"), schema.Boolean("active", "Active").DefaultTo(true),
			schema.Day("born", "Born"), schema.Datetime("seen", "Seen"), schema.JSON("extra", "Extra"), schema.Binary("photo", "Photo"),
			schema.Text("comment", "Notes"),
			schema.Selection("type", "Address Type", schema.Option{Value: "contact", Label: "Contact"},
				schema.Option{Value: "invoice", Label: "Invoice"}).DefaultTo("contact"),
			schema.Many2one("parent_id", "Related Company", "res.partner"),
			schema.One2many("child_ids", "Contacts", "res.partner", "parent_id"),
			schema.Many2many("tag_ids", "Tags", "tag"),
			schema.Char("display", "Complete Name").DependsOn("name", "parent_id.name"),
			schema.Char("parent_city", "City of parent").RelatedTo("parent_id", "city"),
			schema.Integer("child_count", "Children").DependsOn("child_ids").NotKept(),
			schema.Char("note", "Note").ForGroups("base.group_system"),
		},
		RecName: "display", NameSearch: []string{"display", "email"},
		Bound: orm.Bound{
			Access: all,
			Computes: []orm.Compute{
				{Fields: []string{"display"}, Do: partnerDisplay},
				{Fields: []string{"child_count"}, Do: partnerChildren},
			},
			Constraints: []orm.Constraint{{Fields: []string{"parent_id"}, Check: noCycle}},
		},
	}
}

func partnerDisplay(env *orm.Env, b *orm.Batch) error {
	rows, err := b.Rows("name", "parent_id")
	if err != nil {
		return err
	}
	var parents []int64
	for row := range rows.All() {
		parents = append(parents, row.Ref("parent_id"))
	}
	above, err := env.Read("res.partner", parents, "name")
	if err != nil {
		return err
	}
	for i := range b.Len() {
		name := rows.At(i).Str("name")
		if p, ok := above.ByID(rows.At(i).Ref("parent_id")); ok {
			name = p.Str("name") + ", " + name
		}
		b.Set(i, "display", name)
	}
	return nil
}

func partnerChildren(env *orm.Env, b *orm.Batch) error {
	rows, err := b.Rows("child_ids")
	if err != nil {
		return err
	}
	for i := range b.Len() {
		b.Set(i, "child_count", int64(len(rows.At(i).Refs("child_ids"))))
	}
	return nil
}

func noCycle(env *orm.Env, ids []int64) error {
	for _, id := range ids {
		seen := map[int64]bool{}
		for at := id; at != 0; {
			if seen[at] {
				return fault.New(fault.Invalid, "You cannot create recursive Partner hierarchies.")
			}
			seen[at] = true
			rows, err := env.Read("res.partner", []int64{at}, "parent_id")
			if err != nil {
				return err
			}
			at = rows.At(0).Ref("parent_id")
		}
	}
	return nil
}

// book has lines, whose sum it keeps.
func book(all orm.Access) orm.Model {
	return orm.Model{
		Name: "book", Label: "Book",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Many2one("currency_id", "Currency", "res.currency"),
			schema.One2many("line_ids", "Lines", "line", "book_id").Copied(),
			schema.Monetary("total", "Total", "currency_id").DependsOn("line_ids.amount"),
			schema.Boolean("rich", "Rich").DependsOn("total"),
		},
		Bound: orm.Bound{Access: all, Computes: []orm.Compute{
			{Fields: []string{"total"}, Do: bookTotal},
			{Fields: []string{"rich"}, Do: func(env *orm.Env, b *orm.Batch) error {
				rows, err := b.Rows("total")
				if err != nil {
					return err
				}
				for i := range b.Len() {
					b.Set(i, "rich", rows.At(i).Decimal("total").Cmp(decimal.MustNew(1000, 0)) > 0)
				}
				return nil
			}},
		}},
	}
}

func bookTotal(env *orm.Env, b *orm.Batch) error {
	lines, err := env.SearchRead("line", domain.Where("book_id", domain.In, anyIDs(b.IDs())), []string{"book_id", "amount"},
		orm.SearchOptions{})
	if err != nil {
		return err
	}
	totals := map[int64]decimal.Decimal{}
	for row := range lines.All() {
		sum, err := totals[row.Ref("book_id")].Add(row.Decimal("amount"))
		if err != nil {
			return err
		}
		totals[row.Ref("book_id")] = sum
	}
	for i := range b.Len() {
		b.Set(i, "total", totals[b.ID(i)])
	}
	return nil
}

func anyIDs(ids []int64) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

func line(all orm.Access) orm.Model {
	return orm.Model{
		Name: "line", Label: "Line", Order: "date desc, id desc",
		Fields: schema.Fields{
			schema.Char("name", "Name"),
			schema.Day("date", "Date").Required(),
			schema.Many2one("book_id", "Book", "book").Required().WhenDeleted(schema.Cascade),
			schema.Many2one("currency_id", "Currency", "res.currency").RelatedTo("book_id", "currency_id"),
			schema.Monetary("amount", "Amount", "currency_id"),
			schema.Many2one("partner_id", "Partner", "res.partner"),
			schema.Char("key", "Key").DependsOn("date", "amount"),
			schema.Char("book_name", "Book's name").RelatedTo("book_id", "name"),
			schema.Integer("sequence", "Sequence").DefaultTo(10),
			schema.Char("account_number", "Account Number"), schema.Char("ref", "Reference"),
			schema.Boolean("reconciled", "Reconciled"), schema.JSON("details", "Details"), schema.Char("kind", "Kind"),
		},
		Bound: orm.Bound{
			Access: all,
			Computes: []orm.Compute{{Fields: []string{"key"}, Do: func(env *orm.Env, b *orm.Batch) error {
				rows, err := b.Rows("date", "amount")
				if err != nil {
					return err
				}
				for i := range b.Len() {
					row := rows.At(i)
					b.Set(i, "key", strings.ReplaceAll(string(row.Date("date")), "-", "")+"/"+row.Decimal("amount").Trim(0).String())
				}
				return nil
			}}},
			Defaults: orm.Defaults{"date": func(env *orm.Env) (any, error) { return env.Today(), nil }},
		},
	}
}

func tag(all orm.Access) orm.Model {
	return orm.Model{Name: "tag", Label: "Tag", Order: "name, id",
		Fields: schema.Fields{schema.Char("name", "Name").Required(), schema.Many2many("partner_ids", "Partners", "res.partner")},
		Bound:  orm.Bound{Access: all}}
}

// fixture fills a database: two currencies, two users.
func fixture(t testing.TB, db *orm.Database) {
	t.Helper()
	system(t, db, func(env *orm.Env) error {
		_, err := env.Create("res.currency", orm.Values{"name": "USD", "symbol": "$"},
			orm.Values{"name": "EUR", "symbol": "€", "active": false})
		if err != nil {
			return err
		}
		for _, login := range []string{"system", "admin", "a", "b", "c", "clerk"} {
			if _, err := env.Create("res.users",
				orm.Values{"name": strings.ToUpper(login), "login": login, "password": "p-" + login}); err != nil {
				return err
			}
		}
		return nil
	})
}

func system(t testing.TB, db *orm.Database, f func(env *orm.Env) error) {
	t.Helper()
	if err := db.Within(context.Background(), ormtest.System(), orm.TxWrite, f); err != nil {
		t.Fatal(err)
	}
}

// call is a client's call: arguments and the answer are JSON.
func call(t testing.TB, db *orm.Database, uid int64, model, method, args string) (string, error) {
	t.Helper()
	var decoded struct {
		Args   []any          `json:"args"`
		Kwargs map[string]any `json:"kwargs"`
	}
	text := args
	if strings.HasPrefix(args, "[") {
		text = `{"args":` + args + `}`
	}
	if err := json.Unmarshal([]byte(text), &decoded); err != nil {
		t.Fatalf("%s: %v", args, err)
	}
	result, err := db.Call(context.Background(), ormtest.As(uid), model, method, decoded.Args, decoded.Kwargs)
	if err != nil {
		return "", err
	}
	out, err := json.Marshal(result)
	if err != nil {
		t.Fatalf("%s.%s answers what is no JSON: %v", model, method, err)
	}
	return string(out), nil
}
