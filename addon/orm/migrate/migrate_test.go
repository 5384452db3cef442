package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/orm/migrate"
	"github.com/girosync/girosync/addon/orm/schema"
)

// model is a model of fields, id included.
func model(name string, fields ...schema.Field) *schema.Model {
	id := schema.Integer("id", "ID")
	m := schema.Model{Name: name, Table: strings.ReplaceAll(name, ".", "_"), Fields: []*schema.Field{&id}}
	for _, f := range fields {
		m.Fields = append(m.Fields, &f)
	}
	return schema.NewModel(m)
}

func ensure(t *testing.T, s dialect.Store, models ...*schema.Model) {
	t.Helper()
	if err := migrate.Ensure(t.Context(), s, models, nil); err != nil {
		t.Fatal(err)
	}
}

// plan is what is left to do, in words.
func plan(t *testing.T, s dialect.Store, models ...*schema.Model) (steps, refused []string) {
	t.Helper()
	live, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := migrate.Make(models, live, s.Dialect())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range p.Steps {
		steps = append(steps, step.What)
	}
	return steps, p.Refused
}

// change runs statements in one transaction.
func change(s dialect.Store, statements ...string) error {
	tx, err := s.Begin(context.Background(), dialect.ReadWrite)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, sql := range statements {
		if _, err := tx.Exec(context.Background(), sql); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// texts is the first column of a query, as text.
func texts(t *testing.T, s dialect.Store, sql string) []string {
	t.Helper()
	tx, err := s.Begin(t.Context(), dialect.ReadOnly)
	must(t, err)
	defer tx.Rollback()
	rows, err := tx.Query(t.Context(), sql)
	must(t, err)
	found := []string{}
	for rows.Next() {
		found = append(found, rows.Text(0))
	}
	must(t, errors.Join(rows.Err(), rows.Close()))
	return found
}

func name() schema.Field { return schema.Char("name", "Name") }

func TestADatabaseGrowsWithItsModels(t *testing.T) {
	bank := model("bank", name())
	steps := []struct {
		name   string
		models []*schema.Model
		want   []string // planned; PostgreSQL adds references apart, left out here
	}{
		{"tables that point at each other",
			[]*schema.Model{bank, model("book", name(), schema.Many2one("bank_id", "Bank", "bank"),
				schema.Many2many("friends", "Friends", "bank").Through("friends", "book", "bank"))},
			[]string{"create table bank", "create table book", "create table friends", "create index"}},
		{"the same again", []*schema.Model{bank,
			model("book", name(), schema.Many2one("bank_id", "Bank", "bank"),
				schema.Many2many("friends", "Friends", "bank").Through("friends", "book", "bank"))}, nil},
		{"a column", []*schema.Model{bank,
			model("book", name(), schema.Many2one("bank_id", "Bank", "bank"),
				schema.Many2many("friends", "Friends", "bank").Through("friends", "book", "bank"), schema.Monetary("price", "Price", "x"))},
			[]string{"add column book.price"}},
		{"a reference from an old table to a new one",
			[]*schema.Model{bank, model("shop", name()),
				model("book", name(), schema.Many2one("bank_id", "Bank", "bank"),
					schema.Many2many("friends", "Friends", "bank").Through("friends", "book", "bank"),
					schema.Monetary("price", "Price", "x"), schema.Many2one("shop_id", "Shop", "shop"))},
			[]string{"create table shop", "add column book.shop_id", "create index"}},
		{"fields and a model dropped", []*schema.Model{bank, model("book", name())}, nil},
		{"a unique index", []*schema.Model{bank, model("book", name().Unique())}, []string{"create index book_name_uniq"}},
	}
	dialecttest.Each(t, func(t *testing.T, open func(testing.TB) dialect.Store) {
		s := open(t)
		for i, step := range steps {
			planned, refused := plan(t, s, step.models...)
			if len(refused) > 0 {
				t.Errorf("%s: refused %q", step.name, refused)
			}
			for _, want := range step.want {
				if !strings.Contains(strings.Join(planned, "\n"), want) {
					t.Errorf("%s: planned %q, want %q", step.name, planned, want)
				}
			}
			if (len(planned) == 0) != (len(step.want) == 0) {
				t.Errorf("%s: planned %q, want %q", step.name, planned, step.want)
			}
			ensure(t, s, step.models...)
			if left, _ := plan(t, s, step.models...); len(left) > 0 {
				t.Errorf("%s: a second time %q", step.name, left)
			}
			if i == 0 {
				must(t, change(s, `INSERT INTO bank (id, name) VALUES (1, 'b')`,
					`INSERT INTO book (id, name, bank_id) VALUES (1, 'kept', 1)`, `INSERT INTO friends (book, bank) VALUES (1, 1)`))
			}
			if diff := cmp.Diff([]string{"kept"},
				texts(t, s, `SELECT name FROM book JOIN friends ON book = book.id WHERE bank_id = 1`)); diff != "" {
				t.Errorf("%s: %s", step.name, diff)
			}
		}
		err := change(s, `INSERT INTO book (id, name) VALUES (2, 'kept')`)
		var broken *dialect.ConstraintError
		if !errors.As(err, &broken) || broken.Name != "book_name_uniq" {
			t.Errorf("an equal name: %v", err)
		}
		for _, column := range []string{"bank_id", "shop_id"} {
			if err := change(s, `INSERT INTO book (id, name, `+column+`) VALUES (3, 'x', 99)`); !errors.As(err, &broken) {
				t.Errorf("%s of nothing: %v", column, err)
			}
		}
	})
}

func TestColumnsAreWidenedNeverNarrowed(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, open func(testing.TB) dialect.Store) {
		for _, c := range []struct {
			name     string
			from, to schema.Field
			refused  bool
		}{
			{"a whole number to a fraction", schema.Integer("v", "V"), schema.Float("v", "V"), false},
			{"a text of some length to any", schema.Char("v", "V").Max(3), schema.Text("v", "V"), false},
			{"a text to a number", schema.Char("v", "V"), schema.Integer("v", "V"), true},
			{"a fraction to a whole number", schema.Float("v", "V"), schema.Integer("v", "V"), true},
		} {
			s := open(t)
			ensure(t, s, model("book", name(), c.from))
			must(t, change(s, `INSERT INTO book (id, name, v) VALUES (1, 'kept', '7')`))
			err := migrate.Ensure(t.Context(), s, []*schema.Model{model("book", name(), c.to)}, nil)
			if c.refused != (fault.KindOf(err) == fault.User) || !c.refused && err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if got := texts(t, s, `SELECT name FROM book WHERE v = '7'`); len(got) != 1 {
				t.Errorf("%s: the row is gone", c.name)
			}
			if c.refused {
				ensure(t, s, model("book", name(), c.from)) // the old program still starts
			}
		}
	})
}

func TestAFailedUpgradeLeavesTheOldState(t *testing.T) {
	old, fresh := model("book", name()),
		[]*schema.Model{model("book", name().Unique(), schema.Integer("pages", "Pages")), model("shop", name())}
	dialecttest.Each(t, func(t *testing.T, open func(testing.TB) dialect.Store) {
		s := open(t)
		ensure(t, s, old)
		must(t, change(s, `INSERT INTO book (id, name) VALUES (1, 'twin')`, `INSERT INTO book (id, name) VALUES (2, 'twin')`))
		before, err := s.Describe(t.Context())
		must(t, err)
		var told []string
		err = migrate.Ensure(t.Context(), s, fresh,
			func(done, of int, what string) { told = append(told, fmt.Sprintf("%d/%d %s", done, of, what)) })
		if fault.KindOf(err) != fault.User || !strings.Contains(fault.MessageOf(err), "equal values") {
			t.Errorf("twins: %v", err)
		}
		if len(told) < 3 || !strings.HasPrefix(told[0], "0/") {
			t.Errorf("the failing step came after %q", told)
		}
		after, err := s.Describe(t.Context())
		must(t, err)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Error(diff)
		}
		if ok, err := migrate.Current(t.Context(), s, []*schema.Model{old}); !ok || err != nil {
			t.Errorf("the old state is not current: %v", err)
		}
		must(t, change(s, `UPDATE book SET name = 'other' WHERE id = 2`))
		ensure(t, s, fresh...)
		if diff := cmp.Diff([]string{"other", "twin"}, texts(t, s, `SELECT name FROM book ORDER BY name`)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	dialecttest.Each(t, func(t *testing.T, open func(testing.TB) dialect.Store) {
		s := open(t)
		book := model("book", name())
		ensure(t, s, book)
		must(t, change(s, fmt.Sprintf(`UPDATE girosync_schema SET version = %d`, migrate.Version+1)))
		err := migrate.Ensure(t.Context(), s, []*schema.Model{book, model("shop", name())}, nil)
		if fault.KindOf(err) != fault.User || !strings.Contains(fault.MessageOf(err), "newer version") {
			t.Errorf("%v", err)
		}
		if live, err := s.Describe(t.Context()); err != nil || len(live) != 2 {
			t.Errorf("%v %v", live, err)
		}
	})
}

func TestModelsThatCannotBeKeptAreNamed(t *testing.T) {
	s := dialecttest.SQLite(t)
	for want, m := range map[string]*schema.Model{
		"unknown model": model("book", schema.Many2one("shop_id", "Shop", "shop")),
		"too long":      model("book", schema.Char(strings.Repeat("x", 64), "X")),
		"link table":    model("book", schema.Many2many("others", "Others", "book")),
		"which is no column": schema.NewModel(schema.Model{Name: "book", Table: "book",
			Indexes: []schema.Index{{Columns: []string{"nope"}}}}),
	} {
		if err := migrate.Ensure(t.Context(), s, []*schema.Model{m}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestAnUnchangedDatabaseCostsNothing: starting again sees that the table of the state is there, and reads its row.
func TestAnUnchangedDatabaseCostsNothing(t *testing.T) {
	var models []*schema.Model
	for i := range 40 {
		m := model(fmt.Sprintf("model.%d", i), name(), schema.Many2one("other_id", "Other", "model.0"))
		for k := range 20 {
			f := schema.Integer(fmt.Sprintf("f%d", k), "F")
			m.Fields = append(m.Fields, &f)
		}
		models = append(models, schema.NewModel(*m))
	}
	dialecttest.Each(t, func(t *testing.T, open func(testing.TB) dialect.Store) {
		s := open(t)
		ensure(t, s, models...)
		watched := &watchedStore{Store: s}
		start := time.Now()
		if err := migrate.Ensure(t.Context(), watched, models, func(int, int, string) { t.Error("a step was taken") }); err != nil {
			t.Fatal(err)
		}
		t.Logf("40 models of 23 fields, unchanged: %v", time.Since(start))
		if want := []string{"reads", "query", "query"}; !cmp.Equal(watched.done, want) {
			t.Errorf("an unchanged database: %q, want %q", watched.done, want)
		}
	})
}

// watchedStore notes what is done with a store.
type watchedStore struct {
	dialect.Store
	done []string
}

func (s *watchedStore) Begin(ctx context.Context, mode dialect.Mode) (dialect.Tx, error) {
	s.done = append(s.done, map[dialect.Mode]string{dialect.ReadOnly: "reads", dialect.ReadWrite: "writes"}[mode])
	tx, err := s.Store.Begin(ctx, mode)
	return &watchedTx{tx, s}, err
}

func (s *watchedStore) Describe(ctx context.Context) ([]dialect.Table, error) {
	s.done = append(s.done, "describe")
	return s.Store.Describe(ctx)
}

type watchedTx struct {
	dialect.Tx
	store *watchedStore
}

func (tx *watchedTx) Query(ctx context.Context, sql string, args ...any) (dialect.Rows, error) {
	tx.store.done = append(tx.store.done, "query")
	return tx.Tx.Query(ctx, sql, args...)
}

// TestALaterAddonExtendsAModel: installing one more addon adds its columns to
// the tables of others, and taking it out again loses nothing.
func TestALaterAddonExtendsAModel(t *testing.T) {
	first := orm.Part{Name: "first", Models: []orm.Model{{Name: "book", Label: "Book", Fields: schema.Fields{name()}}}}
	second := orm.Part{Name: "second",
		Models:     []orm.Model{{Name: "shop", Label: "Shop", Fields: schema.Fields{name()}}},
		Extensions: []orm.Extension{{Of: "book", Fields: schema.Fields{schema.Many2one("shop_id", "Shop", "shop"), name().Unique()}}}}
	dialecttest.Each(t, func(t *testing.T, open func(testing.TB) dialect.Store) {
		s := open(t)
		models := func(parts ...orm.Part) []*schema.Model {
			r, err := orm.NewRegistry(parts...)
			must(t, err)
			var list []*schema.Model
			for _, name := range r.Names() {
				m, _ := r.Model(name)
				list = append(list, m)
			}
			return list
		}
		ensure(t, s, models(first)...)
		must(t, change(s, `INSERT INTO book (id, name) VALUES (1, 'kept')`))
		ensure(t, s, models(first, second)...)
		must(t, change(s, `INSERT INTO shop (id, name) VALUES (1, 's')`, `UPDATE book SET shop_id = 1`))
		ensure(t, s, models(first)...)
		ensure(t, s, models(first, second)...)
		if diff := cmp.Diff([]string{"kept"}, texts(t, s, `SELECT book.name FROM book JOIN shop ON shop.id = shop_id`)); diff != "" {
			t.Error(diff)
		}
	})
}
