package orm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/google/go-cmp/cmp"
)

func TestWithin(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		ctx := context.Background()
		db := open(world())
		fixture(t, db)
		count := func() (n int) {
			system(t, db, func(env *orm.Env) (err error) { n, err = env.Count("tag", nil, 0); return err })
			return n
		}

		t.Run("hooks after commit", func(t *testing.T) {
			var order []string
			note := func(s string) func() { return func() { order = append(order, s) } }
			system(t, db, func(env *orm.Env) error {
				env.AfterCommit(note("first"))
				env.AfterCommit(func() { panic("a hook that fails") })
				env.AfterCommit(note("second"))
				env.OnCommitOnce("k", func(env *orm.Env) error {
					note("last words")()
					env.OnCommitOnce("again", func(*orm.Env) error { note("more")(); return nil })
					return nil
				})
				env.OnCommitOnce("k", func(*orm.Env) error { note("twice")(); return nil })
				note("body")()
				return nil
			})
			want := []string{"body", "last words", "more", "first", "second"}
			if diff := cmp.Diff(want, order); diff != "" {
				t.Error(diff)
			}
		})

		t.Run("a failure undoes everything and announces nothing", func(t *testing.T) {
			before := count()
			err := db.Within(ctx, ormtest.System(), orm.TxWrite, func(env *orm.Env) error {
				env.AfterCommit(func() { t.Error("ran after a roll-back") })
				if _, err := env.Create("tag", orm.Values{"name": "gone"}); err != nil {
					return err
				}
				return errors.New("no")
			})
			if err == nil || count() != before {
				t.Errorf("err %v, %d tags, want %d", err, count(), before)
			}
		})

		t.Run("a panic is a fault", func(t *testing.T) {
			err := db.Within(ctx, ormtest.System(), orm.TxWrite, func(env *orm.Env) error {
				if _, err := env.Create("tag", orm.Values{"name": "gone"}); err != nil {
					return err
				}
				var nothing []int
				return fault.New(fault.User, "never said: %d", nothing[len(nothing)])
			})
			if fault.KindOf(err) != fault.Internal || strings.Contains(fault.MessageOf(err), "index out of range") {
				t.Errorf("got %v (%s)", err, fault.MessageOf(err))
			}
		})

		t.Run("reading cannot write", func(t *testing.T) {
			err := db.Within(ctx, ormtest.System(), orm.TxRead, func(env *orm.Env) error {
				_, err := env.Create("tag", orm.Values{"name": "x"})
				return err
			})
			if fault.KindOf(err) != fault.Internal {
				t.Errorf("got %v", err)
			}
		})

		t.Run("a conflict runs the whole again", func(t *testing.T) {
			before, tries := count(), 0
			err := db.Within(ctx, ormtest.System(), orm.TxWrite, func(env *orm.Env) error {
				tries++
				if _, err := env.Create("tag", orm.Values{"name": fmt.Sprint("try ", tries)}); err != nil {
					return err
				}
				if tries < 3 {
					return fmt.Errorf("somebody was first: %w", dialect.ErrConflict)
				}
				return nil
			})
			if err != nil || tries != 3 || count() != before+1 {
				t.Errorf("err %v after %d tries, %d tags, want %d", err, tries, count(), before+1)
			}
			err = db.Within(ctx, ormtest.System(), orm.TxWrite, func(*orm.Env) error { tries++; return dialect.ErrConflict })
			if fault.KindOf(err) != fault.Conflict || tries != 12 {
				t.Errorf("a conflict for ever: %v after %d tries", err, tries-3)
			}
		})

		t.Run("a savepoint undoes its part alone", func(t *testing.T) {
			before := count()
			system(t, db, func(env *orm.Env) error {
				if _, err := env.Create("tag", orm.Values{"name": "kept"}); err != nil {
					return err
				}
				err := env.Savepoint(func() error {
					env.AfterCommit(func() { t.Error("ran for an undone part") })
					if _, err := env.Create("tag", orm.Values{"name": "undone"}); err != nil {
						return err
					}
					_, err := env.Create("res.currency", orm.Values{"name": "USD"})
					return err
				})
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("savepoint: %v", err)
				}
				return nil
			})
			if count() != before+1 {
				t.Errorf("%d tags, want %d", count(), before+1)
			}
		})

		t.Run("an environment is dead after its transaction", func(t *testing.T) {
			var kept *orm.Env
			system(t, db, func(env *orm.Env) error { kept = env; return nil })
			if _, err := kept.Search("tag", nil, orm.SearchOptions{}); fault.KindOf(err) != fault.Internal {
				t.Errorf("got %v", err)
			}
		})
	})
}

// TestSQL: whoever has all rights reaches below the models, where everything
// computed is there.
func TestSQL(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		system(t, db, func(env *orm.Env) error {
			above, err := env.Create("res.partner", orm.Values{"name": "Old"})
			if err != nil {
				return err
			}
			if _, err := env.Create("res.partner", orm.Values{"name": "Child", "parent_id": above[0]}); err != nil {
				return err
			}
			if err := env.Write("res.partner", above, orm.Values{"name": "New"}); err != nil {
				return err
			}
			tx, d, err := env.SQL()
			if err != nil {
				return err
			}
			rows, err := tx.Query(env.Ctx(), "SELECT display FROM "+d.Quote("res_partner")+" WHERE parent_id = "+d.Placeholder(1), above[0])
			if err != nil {
				return err
			}
			if !rows.Next() || rows.Text(0) != "New, Child" {
				t.Error("the child's name is not computed yet")
			}
			return errors.Join(rows.Err(), rows.Close())
		})
		for who, err := range map[string]error{
			"an administrator":     db.Within(t.Context(), orm.Principal{UID: ormtest.Admin}, orm.TxWrite, below),
			"nobody's transaction": db.Within(t.Context(), ormtest.System(), orm.TxNone, below),
		} {
			if fault.KindOf(err) != fault.Internal {
				t.Errorf("%s: %v", who, err)
			}
		}
	})
}

func below(env *orm.Env) error {
	_, _, err := env.SQL()
	return err
}

// TestConcurrentWrites: writers that read what they write lose no update.
func TestConcurrentWrites(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		fixture(t, db)
		system(t, db, func(env *orm.Env) error {
			_, err := env.Create("res.partner", orm.Values{"name": "Counter"})
			return err
		})
		const writers, each = 4, 10
		var wait sync.WaitGroup
		for range writers {
			wait.Go(func() {
				for range each {
					err := db.Within(context.Background(), ormtest.System(), orm.TxWrite, func(env *orm.Env) error {
						rows, err := env.Read("res.partner", []int64{1}, "color")
						if err != nil {
							return err
						}
						return env.Write("res.partner", []int64{1}, orm.Values{"color": rows.At(0).Int("color") + 1})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		got, err := call(t, db, ormtest.Admin, "res.partner", "read", `[[1],["color"]]`)
		if want := fmt.Sprintf(`[{"id":1,"color":%d}]`, writers*each); err != nil || got != want {
			t.Errorf("got %s %v, want %s", got, err, want)
		}
	})
}

// TestMethods: an addon's own methods, their arguments and transactions.
func TestMethods(t *testing.T) {
	part := orm.Part{Name: "clock", Models: []orm.Model{{
		Name: "clock.face", Label: "Clock Face",
		Fields: schema.Fields{schema.Char("name", "Name")},
		Bound: orm.Bound{
			Access: orm.Access{"base.group_user": orm.Change},
			Methods: orm.Methods{
				"add": {OnModel: true, Tx: orm.TxRead, Params: []orm.Param{orm.Arg("a"), orm.Opt("b", int64(5))},
					Do: func(_ *orm.Env, c *orm.Call) (any, error) {
						a, err := c.Int("a")
						if err != nil {
							return nil, err
						}
						b, err := c.Int("b")
						return a + b, err
					}},
				"ids": {Tx: orm.TxRead, Do: func(_ *orm.Env, c *orm.Call) (any, error) { return c.IDs, nil }},
				"slow": {Tx: orm.TxNone, Do: func(env *orm.Env, _ *orm.Call) (any, error) {
					if _, err := env.Search("clock.face", nil, orm.SearchOptions{}); fault.KindOf(err) != fault.Internal {
						return nil, fmt.Errorf("a search outside a transaction gave %v", err)
					}
					var ids []int64
					err := env.Within(orm.TxWrite, func(env *orm.Env) (err error) {
						ids, err = env.Create("clock.face", orm.Values{"name": "slow"})
						return err
					})
					return ids, err
				}},
				"boss": {Needs: orm.Unlink, Do: func(*orm.Env, *orm.Call) (any, error) { return "yes", nil }},
				"zone": {OnModel: true, Tx: orm.TxRead, Do: func(env *orm.Env, _ *orm.Call) (any, error) {
					return env.Context().Lang() + " " + fmt.Sprint(env.Companies()) + fmt.Sprint(env.HasGroup("base.group_user")), nil
				}},
			},
		},
	}}}
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		converse(t, open(part), []talk{
			{model: "clock.face", method: "add", args: `[1]`, want: `6`},
			{model: "clock.face", method: "add", args: `{"kwargs":{"a":"2","b":3}}`, want: `5`},
			{model: "clock.face", method: "add", args: `[]`, kind: fault.Type,
				want: "ClockFace.add() missing 1 required positional argument: 'a'"},
			{model: "clock.face", method: "add", args: `[1,2,3]`, kind: fault.Type,
				want: "ClockFace.add() takes from 2 to 3 positional arguments but 4 were given"},
			{model: "clock.face", method: "add", args: `{"args":[1],"kwargs":{"a":2}}`, kind: fault.Type,
				want: "ClockFace.add() got multiple values for argument 'a'"},
			{model: "clock.face", method: "add", args: `["x"]`, kind: fault.Value, want: "invalid literal for int() with base 10: 'x'"},
			{model: "clock.face", method: "add", args: `[{"a":1}]`, kind: fault.Type},
			{model: "clock.face", method: "ids", args: `[7]`, want: `[7]`},
			{model: "clock.face", method: "ids", args: `{"kwargs":{"ids":[7,8]}}`, want: `[7,8]`},
			{model: "clock.face", method: "slow", args: `[[]]`, want: `[1]`},
			{model: "clock.face", method: "boss", args: `[[1]]`, want: `"yes"`},
			{model: "clock.face", method: "zone", args: `{"kwargs":{"context":{"lang":"nl_NL","allowed_company_ids":[1]}}}`,
				want: `"nl_NL [1]true"`},
			{model: "clock.face", method: "init", args: `[[1]]`, kind: fault.Denied,
				want: "Private methods (such as init) cannot be called remotely."},
		})
	})
}

// directory answers from a map that the test changes.
type directory struct {
	mu    sync.Mutex
	users ormtest.People
	asked int
}

func (d *directory) User(env *orm.Env, uid int64) (orm.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	return d.users.User(env, uid)
}

func TestUsersAreRemembered(t *testing.T) {
	people := &directory{users: ormtest.Usual()}
	db := ormtest.New(t, ormtest.Setup{Kind: ormtest.SQLite, Directory: people}, world())
	fixture(t, db)
	try := func() error {
		_, err := call(t, db, ormtest.Clerk, "parameter", "search", `[[]]`)
		return err
	}
	for range 3 {
		if err := try(); fault.KindOf(err) != fault.Denied {
			t.Fatalf("got %v", err)
		}
	}
	if people.asked != 1 {
		t.Errorf("asked %d times", people.asked)
	}
	people.users[ormtest.Clerk] = ormtest.Person(ormtest.Clerk, "base.group_system")
	db.ForgetUsers()
	if err := try(); err != nil {
		t.Errorf("after forgetting: %v", err)
	}
	gone := ormtest.Person(ormtest.Clerk, "base.group_system")
	gone.Active = false
	people.users[ormtest.Clerk] = gone
	db.ForgetUsers()
	if err := try(); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("an archived user: %v", err)
	}
	if _, err := call(t, db, 999999, "tag", "search", `[[]]`); fault.KindOf(err) != fault.Missing {
		t.Errorf("an unknown user: %v", err)
	}
}

func TestRegistryNamesAllMistakes(t *testing.T) {
	_, err := orm.NewRegistry(orm.Part{Name: "bad", Models: []orm.Model{
		{Name: "a", Order: "nope", Fields: schema.Fields{
			schema.Char("name", "Name"), schema.Char("name", "Again"), schema.Many2one("b_id", "B", "no.such"),
			schema.One2many("c_ids", "C", "c", "nope_id"), schema.Monetary("m", "M", "currency_id"),
			schema.Char("far", "Far").RelatedTo("b_id", "name"), schema.Integer("sum", "Sum").DependsOn("c_ids.nope"),
			schema.Selection("s", "S"), schema.Char("id", "ID"),
		}, Bound: orm.Bound{
			SQLUnique: []orm.Unique{{Columns: []string{"gone"}}},
			Methods:   orm.Methods{"_private": {Do: func(*orm.Env, *orm.Call) (any, error) { return nil, nil }}},
		}},
		{Name: "a"}, {Name: "c", Fields: schema.Fields{schema.Char("name", "Name")}},
	}, Extensions: []orm.Extension{{Of: "nobody"}}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"a.name is declared twice", "unknown comodel no.such", "c.nope_id", "currency field \"currency_id\"", "c has no field \"nope\"",
		"nothing computes it", "a selection without options", `may not be called "id"`, `unknown field "gone"`, `"_private"`,
		"model a is declared twice", "extends the unknown model nobody", "Invalid field 'nope' on model 'a'",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestExtension(t *testing.T) {
	base := orm.Part{Name: "base", Models: []orm.Model{{
		Name: "thing", Fields: schema.Fields{schema.Char("name", "Name"), schema.Char("code", "Code")},
		Bound: orm.Bound{Access: orm.Access{"base.group_user": orm.Read}, Methods: orm.Methods{"who": {Do: answer("base")}}},
	}}}
	var hooks []string
	more := orm.Part{Name: "more", Extensions: []orm.Extension{{
		Of: "thing", Order: "code desc",
		Fields: schema.Fields{schema.Integer("size", "Size").DefaultTo(3), schema.Char("code", "Code").DefaultTo("zz")},
		Bound: orm.Bound{
			Access:  orm.Access{"base.group_user": orm.Create | orm.Write},
			Methods: orm.Methods{"who": {Do: answer("more")}},
			Hooks: orm.Hooks{
				BeforeCreate: func(_ *orm.Env, rows []orm.Values) error {
					hooks = append(hooks, fmt.Sprintf("before %d %v %T", len(rows), rows[0]["code"], rows[0]["size"]))
					rows[0]["name"] = "hooked"
					return nil
				},
				AfterCreate: func(_ *orm.Env, ids []int64, _ []orm.Values) error {
					hooks = append(hooks, fmt.Sprint("after ", ids))
					return nil
				},
			},
		},
	}}}
	db := ormtest.New(t, ormtest.On(ormtest.SQLite), base, more)
	converse(t, db, []talk{
		{model: "thing", method: "create", args: `[[{"code":"a"},{"name":"b"}]]`, want: `[1,2]`},
		{model: "thing", method: "search_read", args: `[[],["name","code","size"]]`, want: `[{"id":2,"name":"b","code":"zz","size":3},` +
			`{"id":1,"name":"hooked","code":"a","size":3}]`},
		{model: "thing", method: "who", args: `[[1]]`, want: `"more"`},
		{model: "thing", method: "unlink", args: `[[1]]`, kind: fault.Denied},
	})
	if want := []string{"before 2 a int64", "after [1 2]"}; !slices.Equal(hooks, want) {
		t.Errorf("hooks %q, want %q", hooks, want)
	}
	if fields := db.Registry().AccessOf("thing")["base.group_user"]; fields != orm.Read|orm.Create|orm.Write {
		t.Errorf("rights %b", fields)
	}
}

func answer(text string) func(*orm.Env, *orm.Call) (any, error) {
	return func(*orm.Env, *orm.Call) (any, error) { return text, nil }
}
