package databases_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/server/databases"
)

// onSystem runs a statement on the system store's own tables, or counts rows.
func onSystem(t *testing.T, s *databases.System, statement string) (n int) {
	t.Helper()
	var err error
	switch counts := statement[:6] == "SELECT"; {
	case s.Pool() != nil && counts:
		err = s.Pool().QueryRow(t.Context(), statement).Scan(&n)
	case s.Pool() != nil:
		_, err = s.Pool().Exec(t.Context(), statement)
	case counts:
		err = s.Jobs().QueryRowContext(t.Context(), statement).Scan(&n)
	default:
		_, err = s.Jobs().ExecContext(t.Context(), statement)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDropTakesWhatBelongsToADatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system, at := openSystem(t, place), newClock()
		m := newManager(t, place, system)
		initialise(t, m, "gone")
		onSystem(t, system, `INSERT INTO girosync_connection (provider, external_id, db, link) VALUES ('demo', 'x1', 'gone', 1), `+
			`('demo', 'x2', 'kept', 1)`)
		save(t, system.Sessions(at.now), login(at, "s1", "gone", 2, time.Hour), login(at, "s2", "kept", 2, time.Hour))
		if err := m.Drop(t.Context(), "gone"); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"girosync_connection", "girosync_session"} {
			of := func(db string) int { return onSystem(t, system, `SELECT count(*) FROM `+table+` WHERE db = '`+db+`'`) }
			if gone, kept := of("gone"), of("kept"); gone != 0 || kept != 1 {
				t.Errorf("%s: %d rows of the dropped database, %d of another", table, gone, kept)
			}
		}
		if place.URL == "" {
			wantFiles(t, place, "after drop")
		} else if n := onSystem(t, system, `SELECT count(*) FROM pg_namespace WHERE nspname = 'db_gone'`); n != 0 {
			t.Error("the schema is still there")
		}
	})
}
