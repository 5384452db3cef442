package databases_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/server/databases"
)

// shelf is an addon whose books have a size, in words, and names.
func shelf() addon.Addon {
	return addon.Addon{Name: "shelf", Depends: []string{"base"}, Part: orm.Part{Models: []orm.Model{{
		Name: "shelf.book", Label: "Book",
		Fields: schema.Fields{schema.Char("name", "Name"), schema.Char("size", "Size")},
		Bound:  orm.Bound{Access: orm.Access{"base.group_user": orm.Change}},
	}}}}
}

// label is an addon on top of it, which has nothing but steps.
func label(steps ...addon.Upgrade) addon.Addon {
	return addon.Addon{Name: "label", Depends: []string{"shelf"}, Upgrades: steps}
}

// nextShelf is a later version: names differ, and books have pages.
func nextShelf(steps ...addon.Upgrade) addon.Addon {
	next := shelf()
	next.Part.Models[0].Fields = schema.Fields{schema.Char("name", "Name").Unique(), schema.Integer("pages", "Pages")}
	next.Upgrades = steps
	return next
}

const (
	differName = "1 names differ"
	pagesName  = "2 sizes are pages"
)

// differ makes the names of books differ, which the tables will ask for.
func differ() addon.Upgrade {
	return addon.Upgrade{Name: differName, BeforeTables: true, Do: func(env *orm.Env) error {
		tx, _, err := env.SQL()
		if err == nil {
			_, err = tx.Exec(env.Ctx(), "UPDATE shelf_book SET name = name || ' of ' || size")
		}
		return err
	}}
}

// pages counts them by the column that no descriptor mentions any more.
func pages() addon.Upgrade {
	return addon.Upgrade{Name: pagesName, Do: func(env *orm.Env) error {
		tx, _, err := env.SQL()
		if err != nil {
			return err
		}
		rows, err := tx.Query(env.Ctx(), "SELECT id, size FROM shelf_book")
		if err != nil {
			return err
		}
		sizes := map[int64]string{}
		for rows.Next() {
			sizes[rows.Int(0)] = rows.Text(1)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for id, size := range sizes {
			if err := env.Write("shelf.book", []int64{id},
				orm.Values{"pages": map[string]int64{"thin": 80, "thick": 800}[size]}); err != nil {
				return err
			}
		}
		return nil
	}}
}

// diary notes which steps run.
type diary struct {
	mu    sync.Mutex
	steps []string
}

// noting notes a step, with the name of what runs it, and runs it.
func (d *diary) noting(of string, step addon.Upgrade) addon.Upgrade {
	do := step.Do
	step.Do = func(env *orm.Env) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.steps = append(d.steps, of+"/"+step.Name)
		return do(env)
	}
	return step
}

func (d *diary) want(t *testing.T, when string, want ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if diff := cmp.Diff(want, d.steps); diff != "" {
		t.Errorf("%s: steps (-want +got):\n%s", when, diff)
	}
	d.steps = nil
}

func nothing(name string) addon.Upgrade {
	return addon.Upgrade{Name: name, Do: func(*orm.Env) error { return nil }}
}

func failing(step addon.Upgrade) addon.Upgrade {
	do := step.Do
	step.Do = func(env *orm.Env) error {
		if err := do(env); err != nil {
			return err
		}
		return errors.New("the ink is dry")
	}
	return step
}

// hostWith is another host at a place, with the addon base and others.
func hostWith(t *testing.T, place databases.Place, addons ...addon.Addon) *databases.Manager {
	t.Helper()
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	ordered, registry, err := addon.Join(slices.Concat(addons, []addon.Addon{people.Addon()})...)
	if err != nil {
		t.Fatal(err)
	}
	return newManager(t, place, openSystem(t, place), func(o *databases.Options) {
		o.Addons, o.Registry, o.Database.Directory = ordered, registry, people.Directory()
	})
}

// older makes a database of the first version, with two books.
func older(t *testing.T, place databases.Place, addons ...addon.Addon) {
	t.Helper()
	m := hostWith(t, place, addons...)
	db := initialise(t, m, "books")
	for _, size := range []string{"thin", "thick"} {
		if _, err := db.Call(t.Context(), admin, "shelf.book", "create", []any{map[string]any{"name": "Faust", "size": size}},
			nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantBooks compares the books of a database, as name, size and pages.
func wantBooks(t *testing.T, when string, db *orm.Database, columns string, want ...string) {
	t.Helper()
	var got []string
	err := db.Within(t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		tx, _, err := env.SQL()
		if err != nil {
			return err
		}
		rows, err := tx.Query(env.Ctx(), "SELECT "+columns+" FROM shelf_book ORDER BY id")
		if err != nil {
			return err
		}
		for rows.Next() {
			got = append(got, rows.Text(0))
		}
		return errors.Join(rows.Err(), rows.Close())
	})
	if err != nil {
		t.Errorf("%s: %v", when, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: books (-want +got):\n%s", when, diff)
	}
}

func opened(t *testing.T, m *databases.Manager, name string) *orm.Database {
	t.Helper()
	db, err := m.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

const (
	sized = "name || ', ' || size"
	paged = "name || ', ' || CAST(pages AS TEXT)"
)

// TestUpgrade opens a database with later versions of its addons, and with one
// that is new in it.
func TestUpgrade(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		older(t, place, shelf(), label())
		var seen diary
		later := func() *databases.Manager {
			early := nothing("first")
			early.BeforeTables = true
			return hostWith(t, place,
				label(seen.noting("label", nothing("second")), seen.noting("label", early)),
				nextShelf(seen.noting("shelf", differ()), seen.noting("shelf", pages())),
				addon.Addon{Name: "lamp", Depends: []string{"base"}, Upgrades: []addon.Upgrade{
					seen.noting("lamp", nothing("1")), seen.noting("lamp", early)}})
		}
		m := later()
		db := opened(t, m, "books")
		seen.want(t, "upgrade", "shelf/"+differName, "label/first", "shelf/"+pagesName, "label/second")
		wantBooks(t, "upgraded", db, paged, "Faust of thin, 80", "Faust of thick, 800")
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}

		m = later()
		opened(t, m, "books")
		seen.want(t, "opened again")
		initialise(t, m, "fresh")
		copied, err := m.Duplicate(t.Context(), "books", "copied", nil)
		if err != nil {
			t.Fatal(err)
		}
		wantBooks(t, "copied", copied, paged, "Faust of thin, 80", "Faust of thick, 800")
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		m = later()
		for _, name := range []string{"books", "fresh", "copied"} {
			opened(t, m, name)
		}
		seen.want(t, "fresh, and a copy")

		_, err = hostWith(t, place, shelf(), label()).Open(t.Context(), "books")
		if fault.KindOf(err) != fault.User || !strings.Contains(fault.MessageOf(err), "newer version") {
			t.Errorf("opened by the older version: %v", err)
		}
		opened(t, hostWith(t, place, nextShelf(differ(), pages())), "books") // without label and lamp
	})
}

// TestFailingUpgrade: a step that fails changes nothing and says its name; those
// before it are not done again.
func TestFailingUpgrade(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		older(t, place, shelf())
		var seen diary
		try := func(steps ...addon.Upgrade) error {
			m := hostWith(t, place, nextShelf(steps...))
			_, err := m.Open(t.Context(), "books")
			return errors.Join(err, m.Close())
		}
		wantFailure := func(step string, err error) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), "shelf/"+step) || !strings.Contains(err.Error(), "the ink is dry") {
				t.Errorf("%s: %v", step, err)
			}
		}
		wantFailure(differName, try(failing(differ()), pages()))
		old := hostWith(t, place, shelf())
		wantBooks(t, "after a failure before the tables", opened(t, old, "books"), sized, "Faust, thin", "Faust, thick")
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}

		wantFailure(pagesName, try(seen.noting("shelf", differ()), failing(pages())))
		seen.want(t, "failed after the tables", "shelf/"+differName)

		m := hostWith(t, place, nextShelf(seen.noting("shelf", differ()), seen.noting("shelf", unpaged(t))))
		db := opened(t, m, "books")
		seen.want(t, "mended", "shelf/"+pagesName)
		wantBooks(t, "mended", db, paged, "Faust of thin, 80", "Faust of thick, 800")
	})
}

// unpaged is pages, in a database where no book has any yet.
func unpaged(t *testing.T) addon.Upgrade {
	step := pages()
	do := step.Do
	step.Do = func(env *orm.Env) error {
		if n, err := env.Count("shelf.book", domain.Where("pages", domain.Ne, 0), 0); n > 0 || err != nil {
			t.Errorf("%d books have pages before the step: %v", n, err)
		}
		return do(env)
	}
	return step
}

// TestSeveralHostsUpgradeOnce: hosts that open an older database at the same
// time find it upgraded, by one of them.
func TestSeveralHostsUpgradeOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		older(t, place, shelf())
		const hosts = 3
		var seen diary
		var coming atomic.Int32
		all := make(chan struct{}) // closed when all hosts are opening it
		slow := differ()
		do := slow.Do
		slow.Do = func(env *orm.Env) error {
			select {
			case <-all:
			case <-env.Ctx().Done():
			}
			return do(env)
		}
		managers := make([]*databases.Manager, hosts)
		for i := range managers {
			managers[i] = hostWith(t, place, nextShelf(seen.noting("shelf", slow), seen.noting("shelf", pages())))
		}
		var done sync.WaitGroup
		for _, m := range managers {
			done.Go(func() {
				if coming.Add(1) == hosts {
					close(all)
				}
				db, err := m.Open(context.WithoutCancel(t.Context()), "books")
				if err != nil {
					t.Error(err)
					return
				}
				wantBooks(t, "upgraded", db, paged, "Faust of thin, 80", "Faust of thick, 800")
			})
		}
		done.Wait()
		seen.want(t, "by all", "shelf/"+differName, "shelf/"+pagesName)
	})
}

// TestRestoringAnOlderDump runs the steps that its data lacks; those that had to
// come before the tables cannot.
func TestRestoringAnOlderDump(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		older(t, place, shelf())
		file := dumped(t, hostWith(t, place, shelf()), "books")
		var seen diary
		wide := shelf() // the later version, with the field that dumps have
		wide.Part.Models[0].Fields = append(wide.Part.Models[0].Fields, schema.Integer("pages", "Pages"))
		wide.Upgrades = []addon.Upgrade{seen.noting("shelf", pages())}
		m := hostWith(t, place, wide)
		db, err := m.Restore(t.Context(), "restored", bytes.NewReader(file), true, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen.want(t, "restored", "shelf/"+pagesName)
		wantBooks(t, "restored", db, paged, "Faust, 80", "Faust, 800")

		wide.Upgrades = []addon.Upgrade{seen.noting("shelf", differ()), seen.noting("shelf", pages())}
		m = hostWith(t, place, wide)
		_, err = m.Restore(t.Context(), "refused", bytes.NewReader(file), true, nil)
		if fault.KindOf(err) != fault.User || !strings.Contains(fault.MessageOf(err), "shelf/"+differName) {
			t.Errorf("restored what a step before the tables must change: %v", err)
		}
		seen.want(t, "refused")
		wantNames(t, m, "books", "restored")
	})
}

// TestBackupBeforeAnUpgrade: the file is the database as the first attempt at the
// last upgrade found it, and goes with the database.
func TestBackupBeforeAnUpgrade(t *testing.T) {
	place := databases.Place{Dir: t.TempDir()}
	backup := func(name string) string { return filepath.Join(place.Dir, "backups", name+".db") }
	close := func(m *databases.Manager) {
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	try := func(fails bool, steps ...addon.Upgrade) {
		m := hostWith(t, place, nextShelf(steps...))
		if _, err := m.Open(t.Context(), "books"); (err != nil) != fails {
			t.Fatalf("failed %v, want %v: %v", err, fails, err)
		}
		close(m)
	}
	older(t, place, shelf())
	wantFiles(t, place, "made", "books.db")
	try(true, failing(differ()), pages())

	m := hostWith(t, place, shelf()) // goes on with the older version
	if _, err := opened(t, m, "books").Call(t.Context(), admin, "shelf.book", "create",
		[]any{map[string]any{"name": "Emil", "size": "thin"}}, nil); err != nil {
		t.Fatal(err)
	}
	close(m)
	try(true, differ(), failing(pages()))
	try(false, differ(), pages())
	wantFiles(t, place, "upgraded", "books.db", "books.db")

	home := filepath.Join(place.Dir, "databases", "books.db")
	if err := os.Rename(backup("books"), home); err != nil { // as an administrator does who goes back
		t.Fatal(err)
	}
	m = hostWith(t, place, shelf())
	wantBooks(t, "the backup", opened(t, m, "books"), sized, "Faust, thin", "Faust, thick", "Emil, thin")
	close(m)

	try(false, differ(), pages())
	m = hostWith(t, place, nextShelf(differ(), pages()))
	if err := m.Rename(t.Context(), "books", "shelves"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(backup("shelves")); err != nil {
		t.Error("the backup did not follow its database:", err)
	}
	if err := m.Drop(t.Context(), "shelves"); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, place, "dropped")
}
