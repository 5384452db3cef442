package databases_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/server/databases"
)

func TestDuplicateAndRename(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system, at := openSystem(t, place), newClock()
		m := newManager(t, place, system)
		addPartner(t, initialise(t, m, "one"), "Ada")
		two, err := m.Duplicate(t.Context(), "one", "two", nil)
		if err != nil {
			t.Fatal(err)
		}
		addPartner(t, two, "Bob")
		one, err := m.Open(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		if in, out := countPartners(t, two, "Ada"), countPartners(t, one, "Bob"); in != 1 || out != 0 {
			t.Errorf("the copy has %d partners of the original, the original %d of the copy", in, out)
		}
		for what, err := range map[string]error{
			"onto itself":         second(m.Duplicate(t.Context(), "one", "one", nil)),
			"onto another":        second(m.Duplicate(t.Context(), "one", "two", nil)),
			"rename onto another": m.Rename(t.Context(), "one", "two"),
		} {
			if !errors.Is(err, databases.ErrExists) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for what, err := range map[string]error{
			"copy of nothing":   second(m.Duplicate(t.Context(), "none", "three", nil)),
			"rename of nothing": m.Rename(t.Context(), "none", "three"),
		} {
			if !errors.Is(err, databases.ErrUnknown) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := m.Rename(t.Context(), "one", "../up"); err == nil {
			t.Error("renamed to a path")
		}
		sessions := system.Sessions(at.now)
		save(t, sessions, login(at, "s1", "one", 2, time.Hour), login(at, "s2", "two", 2, time.Hour))
		if err := m.Rename(t.Context(), "one", "uno"); err != nil {
			t.Fatal(err)
		}
		wantNames(t, m, "two", "uno")
		wantAlive(t, "after rename", system.Sessions(at.now), []string{"s1", "s2"}, "s2")
		if _, err := m.Open(t.Context(), "one"); !errors.Is(err, databases.ErrUnknown) {
			t.Errorf("the old name: %v", err)
		}
		uno, err := m.Open(t.Context(), "uno")
		if err != nil {
			t.Fatal(err)
		}
		if n := countPartners(t, uno, "Ada"); n != 1 {
			t.Errorf("renamed: %d partners", n)
		}
		addPartner(t, initialise(t, m, "one"), "Eve") // the old name is free
		nothingHalfMade(t, place)
	})
}

func second[T any](_ T, err error) error { return err }

// Another host drops a database and makes one of the same name: this one must
// not go on with the old one.
func TestAnotherHostReplacesADatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		at := newClock()
		here := newManager(t, place, openSystem(t, place), func(o *databases.Options) { o.Now = at.now })
		there := newManager(t, place, openSystem(t, place))
		addPartner(t, initialise(t, here, "books"), "Ada")
		if err := there.Drop(t.Context(), "books"); err != nil {
			t.Fatal(err)
		}
		at.pass(noticed)
		if _, err := here.Open(t.Context(), "books"); !errors.Is(err, databases.ErrUnknown) {
			t.Fatalf("after the drop: %v", err)
		}
		addPartner(t, initialise(t, there, "books"), "Ada")
		before, err := here.Open(t.Context(), "books")
		if err != nil {
			t.Fatal(err)
		}
		if n := countPartners(t, before, "Ada"); n != 1 {
			t.Errorf("the new one has %d partners", n)
		}
		// also when it is replaced while this host has it open
		if err := there.Drop(t.Context(), "books"); err != nil {
			t.Fatal(err)
		}
		addPartner(t, initialise(t, there, "books"), "Bob")
		at.pass(noticed)
		db, err := here.Open(t.Context(), "books")
		if err != nil {
			t.Fatal(err)
		}
		if ada, bob := countPartners(t, db, "Ada"), countPartners(t, db, "Bob"); ada != 0 || bob != 1 {
			t.Errorf("the replaced one has %d old and %d new partners", ada, bob)
		}
	})
}

// noticed is how long it may take until a host notices what another did.
const noticed = 3 * time.Second

func TestRenameWaitsForNobodyElse(t *testing.T) {
	place := databases.Place{Dir: t.TempDir()}
	here, there := newManager(t, place, openSystem(t, place)), newManager(t, place, openSystem(t, place))
	initialise(t, here, "books")
	if _, err := there.Open(t.Context(), "books"); err != nil {
		t.Fatal(err)
	}
	if err := here.Rename(t.Context(), "books", "ledger"); !errors.Is(err, databases.ErrInUse) {
		t.Errorf("renamed under another process: %v", err)
	}
	db, err := here.Open(t.Context(), "books")
	if err != nil {
		t.Fatal(err)
	}
	addPartner(t, db, "Ada")
}

// A maker that was killed leaves its workshop; the next day it is gone, and work
// that is under way is left alone.
func TestTidy(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system := openSystem(t, place)
		begun := make(chan struct{})
		m := newManager(t, place, system)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		failed := make(chan error, 1)
		go func() {
			told := false
			_, err := m.Init(ctx, "slow", addon.Setup{Password: "admin"}, func(int, int, string) {
				if !told {
					told = true
					close(begun)
					<-ctx.Done()
				}
			})
			failed <- err
		}()
		<-begun
		count := func() int {
			if place.URL != "" {
				return onSystem(t, system, `SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'making%'`)
			}
			found, err := filepath.Glob(filepath.Join(place.Dir, "databases", ".making-*.db"))
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		if err := place.Tidy(t.Context(), time.Now()); err != nil || count() != 1 {
			t.Errorf("tidied work under way: %v, %d left", err, count())
		}
		cancel()
		if err := <-failed; err == nil {
			t.Error("an init that was cancelled succeeded")
		}
		if n := count(); n != 0 {
			t.Errorf("a failed init left %d workshops", n)
		}
		leave(t, place)
		if err := place.Tidy(t.Context(), time.Now()); err != nil || count() != 1 {
			t.Errorf("a day too early: %v, %d left", err, count())
		}
		if err := place.Tidy(t.Context(), time.Now().Add(25*time.Hour)); err != nil || count() != 0 {
			t.Errorf("a day later: %v, %d left", err, count())
		}
	})
}

// leave makes a workshop as a killed process leaves it.
func leave(t *testing.T, place databases.Place) {
	t.Helper()
	name := time.Now().Unix()
	if place.URL != "" {
		execute(t, t.Context(), place.URL, "CREATE SCHEMA making_"+strconv.FormatInt(name, 10)+"_x")
		return
	}
	if err := os.WriteFile(filepath.Join(place.Dir, "databases", ".making-"+strconv.FormatInt(name, 10)+"_x.db"), []byte("half"),
		0o600); err != nil {
		t.Fatal(err)
	}
}

// Data whose record was lost is set aside, not overwritten.
func TestLostDataIsKept(t *testing.T) {
	place := databases.Place{Dir: t.TempDir()}
	file := filepath.Join(place.Dir, "databases", "books.db")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("all of our books"), 0o600); err != nil {
		t.Fatal(err)
	}
	addPartner(t, initialise(t, newManager(t, place, openSystem(t, place)), "books"), "Ada")
	found, err := filepath.Glob(file + ".lost_*")
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	if text, err := os.ReadFile(found[0]); err != nil || string(text) != "all of our books" {
		t.Errorf("%q, %v", text, err)
	}
}
