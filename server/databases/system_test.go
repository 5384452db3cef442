package databases_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/server/databases"
)

func TestSystemStoreOpensAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		if trusted, err := databases.TrustedAt(t.Context(), place); err != nil || len(trusted) > 0 {
			t.Errorf("trusted where there is no store: %v, %v", trusted, err)
		}
		first := openSystem(t, place)
		if err := first.TrustPlugin(t.Context(), "demo", "aa", time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		second := openSystem(t, place) // beside the first, as a command beside a host
		if err := second.TrustPlugin(t.Context(), "files", "bb", time.Unix(2, 0)); err != nil {
			t.Fatal(err)
		}
		if err := second.TrustPlugin(t.Context(), "demo", "cc", time.Unix(3, 0)); err != nil {
			t.Fatal(err)
		}
		trusted, err := first.TrustedPlugins(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		beside, err := databases.TrustedAt(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		for _, trusted := range []map[string]string{trusted, beside} {
			if diff := cmp.Diff(map[string]string{"demo": "cc", "files": "bb"}, trusted); diff != "" {
				t.Errorf("trusted (-want +got):\n%s", diff)
			}
		}
		if err := first.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		if onPostgres := place.URL != ""; (first.Pool() != nil) != onPostgres || (first.Jobs() != nil) == onPostgres {
			t.Errorf("job stores: pool %v, jobs %v", first.Pool() != nil, first.Jobs() != nil)
		}
	})
}

func TestSystemStoreThatCannotOpen(t *testing.T) {
	for _, place := range []databases.Place{
		{URL: "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"}, {URL: "nonsense://"}, {Dir: "/proc/none"},
	} {
		if system, err := databases.OpenSystem(t.Context(), place); err == nil {
			system.Close()
			t.Errorf("%+v opened", place)
		}
	}
}

func TestANewerSystemStoreIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		store := openSystem(t, place)
		const upgraded = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"
		var err error
		if store.Pool() != nil {
			_, err = store.Pool().Exec(t.Context(), upgraded)
		} else {
			_, err = store.Jobs().ExecContext(t.Context(), upgraded)
		}
		if err != nil {
			t.Fatal(err)
		}
		if again, err := databases.OpenSystem(t.Context(), place); !errors.Is(err, databases.ErrNewerStore) {
			t.Errorf("opened by an older version: %v", err)
			if again != nil {
				again.Close()
			}
		}
	})
}

// Sessions and waiting jobs are in it.
func TestSystemStoreIsItsOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"system.db", "system.db-wal"} { // as an older version left them
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, place := range []databases.Place{{Dir: dir}, {Dir: t.TempDir()}} {
		if err := openSystem(t, place).TrustPlugin(t.Context(), "demo", "aa", time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(place.Dir, "system.db*"))
		if err != nil || len(files) < 3 {
			t.Fatalf("%v, %v", files, err)
		}
		for _, name := range files {
			if file, err := os.Stat(name); err != nil || file.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, file.Mode(), err)
			}
		}
	}
}

func login(c *clock, token, database string, uid int64, life time.Duration) session.Session {
	return session.Session{Token: token, Database: database, UID: uid, Login: "ada", Lang: "nl_NL", TZ: "Europe/Brussels",
		Created: c.now(), Used: c.now(), Expires: c.now().Add(life)}
}

func save(t *testing.T, s *databases.Sessions, list ...session.Session) {
	t.Helper()
	for _, v := range list {
		if err := s.Save(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
}

// alive are those of the tokens that have a session.
func alive(t *testing.T, s *databases.Sessions, tokens ...string) (found []string) {
	t.Helper()
	for _, token := range tokens {
		v, err := s.Find(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if v != (session.Session{}) {
			found = append(found, token)
		}
	}
	return found
}

func wantAlive(t *testing.T, when string, s *databases.Sessions, tokens []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, alive(t, s, tokens...)); diff != "" {
		t.Errorf("%s: sessions (-want +got):\n%s", when, diff)
	}
}

func TestSessionsAreKept(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system, at := openSystem(t, place), newClock()
		here, there := system.Sessions(at.now), system.Sessions(at.now)
		want := login(at, "secret", "books", 1<<40, time.Hour)
		save(t, here, want)
		for name, s := range map[string]*databases.Sessions{"remembered": here, "read": there, "read before": there} {
			got, err := s.Find(t.Context(), "secret")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		wantAlive(t, "others", there, []string{"", "secre", session.Key("secret")})
		later := want
		later.Expires = want.Expires.Add(time.Hour)
		save(t, here, later)
		at.pass(90 * time.Minute)
		wantAlive(t, "prolonged", there, []string{"secret"}, "secret")
		at.pass(time.Hour)
		wantAlive(t, "expired here", here, []string{"secret"})
		wantAlive(t, "expired there", there, []string{"secret"})
		if err := there.EndOf(t.Context(), "books", 1<<40, ""); err != nil {
			t.Error("a large uid:", err)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system, at := openSystem(t, place), newClock()
		s := system.Sessions(at.now)
		all := []string{"a1", "a2", "a3", "b1", "other", "short"}
		save(t, s, login(at, "a1", "books", 1, time.Hour), login(at, "a2", "books", 1, time.Hour),
			login(at, "a3", "books", 1, time.Hour), login(at, "b1", "books", 2, time.Hour),
			login(at, "other", "else", 1, time.Hour), login(at, "short", "else", 3, time.Minute))
		fresh := func() *databases.Sessions { return system.Sessions(at.now) }
		steps := []struct {
			name string
			do   func() error
			want []string
		}{
			{"one", func() error { return s.Delete(t.Context(), "a1") }, []string{"a2", "a3", "b1", "other", "short"}},
			{"one that is gone", func() error { return s.Delete(t.Context(), "a1") }, []string{"a2", "a3", "b1", "other", "short"}},
			{"a user's but one", func() error { return s.EndOf(t.Context(), "books", 1, session.Key("a3")) },
				[]string{"a3", "b1", "other", "short"}},
			{"another user's by name", func() error { return second(s.EndNamed(t.Context(), "books", 2, names("a3"))) },
				[]string{"a3", "b1", "other", "short"}},
			{"by a pattern", func() error {
				return second(s.EndNamed(t.Context(), "books", 1, []string{"%", "", "________________"}))
			}, []string{"a3", "b1", "other", "short"}},
			{"by name", func() error { return second(s.EndNamed(t.Context(), "books", 1, names("a3"))) }, []string{"b1", "other", "short"}},
			{"a user's", func() error { return s.EndOf(t.Context(), "books", 1, "") }, []string{"b1", "other", "short"}},
			{"a database's", func() error { return s.EndOf(t.Context(), "books", 0, "") }, []string{"other", "short"}},
		}
		for _, step := range steps {
			if err := step.do(); err != nil {
				t.Fatal(step.name, err)
			}
			wantAlive(t, step.name+", here", s, all, step.want...)
			wantAlive(t, step.name+", stored", fresh(), all, step.want...)
		}
		at.pass(2 * time.Minute)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		at.pass(-2 * time.Minute) // what was swept is gone even for a clock that went back
		wantAlive(t, "swept", fresh(), all, "other")
	})
}

func names(tokens ...string) (list []string) {
	for _, token := range tokens {
		list = append(list, databases.SessionName(session.Key(token)))
	}
	return list
}

func TestSessionsAreListedAndRenewed(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		at := newClock()
		s := openSystem(t, place).Sessions(at.now)
		one, two := login(at, "one", "books", 2, time.Hour), login(at, "two", "books", 2, time.Hour)
		one.Address, one.Agent, two.Agent = "10.0.0.1", "Firefox", strings.Repeat("é", 300)
		save(t, s, one, two, login(at, "other", "books", 3, time.Hour), login(at, "over", "books", 2, time.Minute))
		at.pass(10 * time.Minute)
		renewed, worth := one.Renewed(at.now(), time.Hour)
		if !worth {
			t.Error("ten minutes of an hour are not worth it")
		}
		if err := s.Renew(t.Context(), renewed); err != nil {
			t.Fatal(err)
		}
		list, err := s.Of(t.Context(), "books", 2)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		got := list[0]
		want := base.Session{Key: session.Key("one"), Name: session.Key("one")[:16], Address: "10.0.0.1", Agent: "Firefox",
			Created: one.Created.UTC(), Used: at.now().UTC(), Expires: at.now().Add(time.Hour).UTC()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the last used (-want +got):\n%s", diff)
		}
		if !utf8.ValidString(list[1].Agent) || len(list[1].Agent) > 200 {
			t.Errorf("an agent of %d bytes", len(list[1].Agent))
		}
		at.pass(55 * time.Minute)
		wantAlive(t, "renewed", s, []string{"one", "two"}, "one")
		if err := s.Delete(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		if err := s.Renew(t.Context(), renewed); err != nil {
			t.Fatal(err)
		}
		wantAlive(t, "an ended one is not renewed", s, []string{"one"})
	})
}

func TestSessionEndedElsewhereIsNoticed(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system, at := openSystem(t, place), newClock()
		here, there := system.Sessions(at.now), system.Sessions(at.now)
		save(t, here, login(at, "s", "books", 1, time.Hour))
		if err := there.Delete(t.Context(), "s"); err != nil {
			t.Fatal(err)
		}
		wantAlive(t, "at once, without a query", here, []string{"s"}, "s")
		at.pass(6 * time.Second)
		wantAlive(t, "after a while", here, []string{"s"})
	})
}
