package databases_test

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server/databases"
)

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"demo": true, "Demo-2.old_1": true, "9lives": true, "a..b": true, strings.Repeat("n", 51): true,
		"": false, ".": false, "..": false, "../demo": false, "a/b": false, `a\b`: false, "/etc": false, "-a": false, "_a": false,
		"a b": false,
		"a\n": false, "a\x00": false, "é": false, `a"b`: false, "a;b": false, "%2e": false, strings.Repeat("n", 52): false,
	} {
		if err := databases.CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v, want allowed %v", name, err, ok)
		}
	}
}

func TestBadNameTouchesNothing(t *testing.T) {
	place := databases.Place{Dir: filepath.Join(t.TempDir(), "inner")}
	m := newManager(t, place, openSystem(t, place))
	for _, name := range []string{"../out", "..", "a/b", ""} {
		if _, err := m.Init(t.Context(), name, addon.Setup{Password: "x"}, nil); err == nil {
			t.Errorf("%q was made", name)
		}
		if err := m.Drop(t.Context(), name); !errors.Is(err, databases.ErrUnknown) {
			t.Errorf("drop %q: %v", name, err)
		}
	}
	wantFiles(t, place, "after refusals")
}

// wantFiles are the database files of a place on SQLite.
func wantFiles(t *testing.T, place databases.Place, when string, want ...string) {
	t.Helper()
	var found []string
	err := filepath.WalkDir(filepath.Dir(place.Dir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(d.Name(), "system.db") {
			found = append(found, d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("%s: files (-want +got):\n%s", when, diff)
	}
}

func wantNames(t *testing.T, m *databases.Manager, want ...string) {
	t.Helper()
	names, err := m.Names(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(append([]string{}, want...), names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestLifeOfDatabases(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system := openSystem(t, place)
		var opened, closing []string
		m := newManager(t, place, system, func(o *databases.Options) {
			o.Opened = func(name string, _ *orm.Database) { opened = append(opened, name) }
			o.Closing = func(name string, _ *orm.Database) { closing = append(closing, name) }
		})
		wantNames(t, m)
		if _, err := m.Open(t.Context(), "two"); !errors.Is(err, databases.ErrUnknown) {
			t.Errorf("open before init: %v", err)
		}
		var told []string
		two, err := m.Init(t.Context(), "two", addon.Setup{Password: "admin", Currency: "EUR"}, func(_, _ int, what string) {
			if len(told) == 0 || told[len(told)-1] != what {
				told = append(told, what)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"tables", "data"}, told); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
		one := initialise(t, m, "one")
		wantNames(t, m, "one", "two")
		if _, err := m.Init(t.Context(), "one", addon.Setup{Password: "other"}, nil); !errors.Is(err, databases.ErrExists) {
			t.Errorf("init twice: %v", err)
		}
		addPartner(t, two, "Ada")
		if in, out := countPartners(t, two, "Ada"), countPartners(t, one, "Ada"); in != 1 || out != 0 {
			t.Errorf("partners: %d where one was made, %d in the other database", in, out)
		}
		if again, err := m.Open(t.Context(), "two"); err != nil || again != two {
			t.Errorf("open again: %p, %v, want %p", again, err, two)
		}

		at := newClock()
		sessions := system.Sessions(at.now)
		save(t, sessions, login(at, "s1", "one", 2, time.Hour), login(at, "s2", "two", 2, time.Hour))
		if err := m.Drop(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		wantNames(t, m, "two")
		wantAlive(t, "after drop", system.Sessions(at.now), []string{"s1", "s2"}, "s2")
		if _, err := m.Open(t.Context(), "one"); !errors.Is(err, databases.ErrUnknown) {
			t.Errorf("open after drop: %v", err)
		}
		if err := m.Drop(t.Context(), "one"); !errors.Is(err, databases.ErrUnknown) {
			t.Errorf("drop twice: %v", err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{{"two", "one"}, {"one", "two"}}, [][]string{opened, closing}); diff != "" {
			t.Errorf("opened and closing (-want +got):\n%s", diff)
		}

		next := newManager(t, place, system)
		two, err = next.Open(t.Context(), "two")
		if err != nil {
			t.Fatal(err)
		}
		if n := countPartners(t, two, "Ada"); n != 1 {
			t.Errorf("after opening again: %d partners", n)
		}
		if n := countPartners(t, initialise(t, next, "one"), "Ada"); n != 0 {
			t.Errorf("a new database of a dropped one's name has %d old partners", n)
		}
	})
}

func TestFailedInitLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		m := newManager(t, place, openSystem(t, place))
		if _, err := m.Init(t.Context(), "books", addon.Setup{Password: "admin", Currency: "QQQ"}, nil); err == nil {
			t.Fatal("made with a currency that does not exist")
		}
		wantNames(t, m)
		if place.URL == "" {
			wantFiles(t, place, "after failure")
		}
		if exists, err := m.Exists(t.Context(), "books"); exists || err != nil {
			t.Errorf("exists %v, %v", exists, err)
		}
		addPartner(t, initialise(t, m, "books"), "Ada") // the name is free, and nothing is in its way
	})
}

func TestOpenedOnceForAll(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system := openSystem(t, place)
		initialise(t, newManager(t, place, system), "books")
		var opened atomic.Int32
		m := newManager(t, place, system, func(o *databases.Options) {
			o.Opened = func(string, *orm.Database) { opened.Add(1) }
		})
		impatient, cancel := context.WithCancel(t.Context())
		cancel()
		var all sync.WaitGroup
		found := make([]*orm.Database, 12)
		for i := range found {
			all.Go(func() {
				_, _ = m.Open(impatient, "books") // who gives up spoils it for nobody
				db, err := m.Open(t.Context(), "books")
				if err != nil {
					t.Error(err)
				}
				found[i] = db
			})
		}
		all.Wait()
		for _, db := range found {
			if db == nil || db != found[0] {
				t.Fatal("callers got different databases")
			}
		}
		if opened.Load() != 1 {
			t.Errorf("opened %d times", opened.Load())
		}
	})
}

func TestOneInitWins(t *testing.T) {
	place := databases.Place{Dir: t.TempDir()}
	m := newManager(t, place, openSystem(t, place))
	var all sync.WaitGroup
	var won, lost, worked atomic.Int32
	for range 4 {
		all.Go(func() {
			var work sync.Once
			_, err := m.Init(t.Context(), "books", addon.Setup{Password: "admin"},
				func(int, int, string) { work.Do(func() { worked.Add(1) }) })
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, databases.ErrExists):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 3 {
		t.Errorf("%d made it, %d were told that it exists", won.Load(), lost.Load())
	}
	if worked.Load() != 1 {
		t.Errorf("%d of them worked on the database that one made", worked.Load())
	}
	db, err := m.Open(t.Context(), "books")
	if err != nil {
		t.Fatal(err)
	}
	addPartner(t, db, "Ada")
}

func TestCloseDoesNotWaitForItself(t *testing.T) {
	place := databases.Place{Dir: t.TempDir()}
	m := newManager(t, place, openSystem(t, place))
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() { _, _ = m.Open(t.Context(), "none") }) // every opening fails
		all.Go(func() {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait() // for ever, should closing and failing openings wait for each other
}
