package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"
)

// TestStoredComputesStayTrue: whatever is created, changed, moved and deleted,
// in one transaction or several, stored computed values are what a computation
// from scratch gives.
func TestStoredComputesStayTrue(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		fixture(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 3).Draw(rt, "transactions") {
				system(t, db, func(env *orm.Env) error {
					for range rapid.IntRange(1, 6).Draw(rt, "changes") {
						if err := randomChange(rt, env); err != nil {
							return err
						}
					}
					return nil
				})
				checkComputed(t, rt, db)
			}
		})
	})
}

func randomChange(rt *rapid.T, env *orm.Env) error {
	any := func(model, label string) int64 {
		ids, err := env.Search(model, nil, orm.SearchOptions{Order: "id", Archived: true})
		if err != nil {
			rt.Fatal(err)
		}
		if len(ids) == 0 {
			return 0
		}
		return rapid.SampledFrom(ids).Draw(rt, label)
	}
	amount := func() decimal.Decimal {
		return decimal.MustNew(rapid.Int64Range(-5_000_000, 5_000_000).Draw(rt, "amount"), 4)
	}
	name := rapid.StringMatching(`[a-z]{1,4}`).Draw(rt, "name")
	book, line, partner := any("book", "book"), any("line", "line"), any("res.partner", "partner")
	var err error
	switch rapid.IntRange(0, 11).Draw(rt, "what") {
	case 0:
		_, err = env.Create("book", orm.Values{"name": name})
	case 1:
		_, err = env.Create("book", orm.Values{"name": name, "line_ids": []orm.Command{
			{Op: orm.CommandCreate, Values: orm.Values{"amount": amount()}},
			{Op: orm.CommandCreate, Values: orm.Values{"amount": amount()}},
		}})
	case 2:
		if book != 0 {
			_, err = env.BulkCreate("line", []string{"book_id", "amount"},
				[][]interface{}{{book, amount()}, {book, amount()}, {any("book", "other"), amount()}})
		}
	case 3:
		err = env.Write("line", keep(line), orm.Values{"amount": amount()})
	case 4:
		if book != 0 {
			err = env.Write("line", keep(line), orm.Values{"book_id": book})
		}
	case 5:
		err = env.Unlink("line", keep(line))
	case 6:
		err = env.Unlink("book", keep(book))
	case 7:
		_, err = env.Create("res.partner", orm.Values{"name": name, "parent_id": partner})
	case 8:
		err = env.Write("res.partner", keep(partner), orm.Values{"name": name})
	case 9:
		err = env.Write("res.partner", keep(partner), orm.Values{"parent_id": int64(0)})
	case 10:
		err = env.Unlink("res.partner", keep(partner))
	case 11:
		_, err = env.Copy("book", keep(book), nil)
	}
	return err
}

func keep(id int64) []int64 {
	if id == 0 {
		return nil
	}
	return []int64{id}
}

func checkComputed(t *testing.T, rt *rapid.T, db *orm.Database) {
	t.Helper()
	err := db.Within(context.Background(), ormtest.System(), orm.TxRead, func(env *orm.Env) error {
		lines, err := env.SearchRead("line", nil, []string{"book_id", "amount", "date", "key"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		totals := map[int64]decimal.Decimal{}
		for line := range lines.All() {
			sum, err := totals[line.Ref("book_id")].Add(line.Decimal("amount"))
			if err != nil {
				return err
			}
			totals[line.Ref("book_id")] = sum
			want := strings.ReplaceAll(string(line.Date("date")), "-", "") + "/" + line.Decimal("amount").Trim(0).String()
			if line.Str("key") != want {
				rt.Errorf("line %d: key %q, want %q", line.ID(), line.Str("key"), want)
			}
		}
		books, err := env.SearchRead("book", nil, []string{"total", "rich"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		for book := range books.All() {
			want := totals[book.ID()]
			if book.Decimal("total").Cmp(want) != 0 {
				rt.Errorf("book %d: total %s, want %s", book.ID(), book.Decimal("total"), want)
			}
			if book.Bool("rich") != (want.Cmp(decimal.MustNew(1000, 0)) > 0) {
				rt.Errorf("book %d: rich %v with %s", book.ID(), book.Bool("rich"), want)
			}
		}
		return checkPartners(rt, env)
	})
	if err != nil {
		rt.Fatal(err)
	}
}

func checkPartners(rt *rapid.T, env *orm.Env) error {
	rows, err := env.SearchRead("res.partner", nil, []string{"name", "parent_id", "display"}, orm.SearchOptions{Archived: true})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		want := row.Str("name")
		if parent, ok := rows.ByID(row.Ref("parent_id")); ok {
			want = parent.Str("name") + ", " + want
		}
		if row.Str("display") != want {
			rt.Errorf("partner %d: %q, want %q", row.ID(), row.Str("display"), want)
		}
	}
	return nil
}

// TestOneComputePerTransaction: a compute runs once for all records that a
// transaction made stale, not once per change.
func TestOneComputePerTransaction(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		runs, records := 0, 0
		counted := orm.Part{Name: "counted", Models: []orm.Model{
			{Name: "owner", Fields: schema.Fields{
				schema.Char("name", "Name"), schema.One2many("item_ids", "Items", "item", "owner_id"),
				schema.Integer("number", "Number").DependsOn("item_ids"),
			}, Bound: orm.Bound{Computes: []orm.Compute{{Fields: []string{"number"}, Do: func(env *orm.Env, b *orm.Batch) error {
				runs++
				records += b.Len()
				rows, err := b.Rows("item_ids")
				if err != nil {
					return err
				}
				for i := range b.Len() {
					b.Set(i, "number", int64(len(rows.At(i).Refs("item_ids"))))
				}
				return nil
			}}}}},
			{Name: "item", Fields: schema.Fields{schema.Char("name", "Name"), schema.Many2one("owner_id", "Owner", "owner")}},
		}}
		db := open(counted)
		system(t, db, func(env *orm.Env) error {
			owners, err := env.Create("owner", orm.Values{"name": "a"}, orm.Values{"name": "b"})
			if err != nil {
				return err
			}
			for i := range 10 {
				if _, err := env.Create("item", orm.Values{"name": fmt.Sprint(i), "owner_id": owners[i%2]}); err != nil {
					return err
				}
			}
			return nil
		})
		if runs != 1 || records != 2 {
			t.Errorf("computed %d times for %d records, want once for 2", runs, records)
		}
		system(t, db, func(env *orm.Env) error {
			rows, err := env.SearchRead("owner", nil, []string{"number"}, orm.SearchOptions{})
			if err == nil && (rows.At(0).Int("number") != 5 || rows.At(1).Int("number") != 5) {
				t.Errorf("numbers %d, %d, want 5 each", rows.At(0).Int("number"), rows.At(1).Int("number"))
			}
			return err
		})
	})
}
