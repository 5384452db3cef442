package dialecttest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
)

func testReserve(t *testing.T, s dialect.Store) {
	table(t, s)
	seen := map[int64]bool{}
	reserve := func(n int, keep bool) {
		tx := begin(t, s, dialect.ReadWrite)
		ids, err := tx.ReserveIDs(context.Background(), "x", n)
		if err != nil {
			t.Fatal(err)
		}
		if len(ids) != n || !slices.IsSorted(ids) {
			t.Fatalf("asked for %d, got %v", n, ids)
		}
		for _, id := range ids {
			if id <= 0 || seen[id] {
				t.Fatalf("id %d was given before", id)
			}
		}
		if !keep {
			tx.Rollback()
			return
		}
		for _, id := range ids {
			seen[id] = true
			run(t, tx, "INSERT INTO x (id) VALUES ("+s.Dialect().Placeholder(1)+")", id)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	reserve(1, true)
	reserve(5, true)
	reserve(3, false)
	reserve(2000, true)
	write(t, s, func(tx dialect.Tx) { run(t, tx, "DELETE FROM x") })
	reserve(2, true) // deleted ids do not come back
}

func testSavepoint(t *testing.T, s dialect.Store) {
	table(t, s)
	ctx := context.Background()
	stop := errors.New("stop")
	write(t, s, func(tx dialect.Tx) {
		insert(t, tx, s, "c", "a")
		err := tx.Savepoint(ctx, func() error {
			insert(t, tx, s, "c", "b")
			if err := tx.Savepoint(ctx, func() error { insert(t, tx, s, "c", "c"); return nil }); err != nil {
				t.Error(err)
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Errorf("savepoint returned %v", err)
		}
		err = tx.Savepoint(ctx, func() error { _, err := tx.Exec(ctx, "INSERT INTO nowhere VALUES (1)"); return err })
		if err == nil {
			t.Error("inserted nowhere")
		}
		if err := tx.Savepoint(ctx, func() error { insert(t, tx, s, "c", "d"); return nil }); err != nil {
			t.Error(err)
		}
	})
	tx := begin(t, s, dialect.ReadWrite)
	insert(t, tx, s, "c", "e")
	if err := errors.Join(tx.Rollback(), tx.Rollback()); err != nil {
		t.Error(err)
	}
	if tx.Commit() == nil {
		t.Error("committed after the rollback")
	}
	if got := texts(t, begin(t, s, dialect.ReadOnly), "SELECT c FROM x ORDER BY id"); !slices.Equal(got, []string{"a", "d"}) {
		t.Errorf("kept %q", got)
	}
}

func testReadOnly(t *testing.T, s dialect.Store) {
	table(t, s)
	tx := begin(t, s, dialect.ReadOnly)
	if _, err := tx.Exec(context.Background(), "INSERT INTO x (c) VALUES ('a')"); !errors.Is(err, dialect.ErrReadOnly) {
		t.Errorf("writing gave %v", err)
	}
}

func testSnapshot(t *testing.T, s dialect.Store) {
	table(t, s)
	reader := begin(t, s, dialect.ReadOnly)
	count := func() int64 { return ints(t, reader, "SELECT count(*) FROM x")[0] }
	before := count()
	write(t, s, func(tx dialect.Tx) { insert(t, tx, s, "c", "a") })
	if before != 0 || count() != 0 {
		t.Errorf("the snapshot went from %d to %d rows", before, count())
	}
	reader.Rollback()
	if got := ints(t, begin(t, s, dialect.ReadOnly), "SELECT count(*) FROM x")[0]; got != 1 {
		t.Errorf("a later reader sees %d rows", got)
	}
}

// testWriters counts up in overlapping transactions: each is done whole or told
// to run again.
func testWriters(t *testing.T, s dialect.Store) {
	table(t, s)
	write(t, s, func(tx dialect.Tx) { insert(t, tx, s, "i", int64(0)) })
	const writers, times = 4, 10
	var wg sync.WaitGroup
	for range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for done := 0; done < times; {
				err := countUp(s)
				switch {
				case err == nil:
					done++
				case !errors.Is(err, dialect.ErrConflict):
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	if got := ints(t, begin(t, s, dialect.ReadOnly), "SELECT i FROM x"); got[0] != writers*times {
		t.Errorf("counted to %d, want %d", got[0], writers*times)
	}
}

func countUp(s dialect.Store) error {
	ctx := context.Background()
	tx, err := s.Begin(ctx, dialect.ReadWrite)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	rows, err := tx.Query(ctx, "SELECT i FROM x")
	if err != nil {
		return err
	}
	rows.Next()
	n := rows.Int(0)
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE x SET i = "+s.Dialect().Placeholder(1), n+1); err != nil {
		return err
	}
	return tx.Commit()
}

func testConstraints(t *testing.T, s dialect.Store) {
	d := s.Dialect()
	integer := d.ColumnType(fieldOf("i"))
	write(t, s, func(tx dialect.Tx) {
		run(t, tx, "CREATE TABLE p (id "+d.IDColumn()+", a "+integer+", b "+integer+", c "+integer+" NOT NULL)")
		run(t, tx, "CREATE UNIQUE INDEX p_a_b_uniq ON p (a, b)")
		run(t, tx, "CREATE UNIQUE INDEX p_b_uniq ON p (b) WHERE a IS NOT NULL")
		run(t, tx, "CREATE TABLE q (id "+d.IDColumn()+", p_id "+integer+" REFERENCES p (id) ON DELETE RESTRICT)")
		run(t, tx, "INSERT INTO p (id, a, b, c) VALUES (101, 1, 1, 1), (102, NULL, 1, 1)")
		run(t, tx, "INSERT INTO q (p_id) VALUES (101)")
	})
	for _, test := range []struct{ sql, kind, name, table string }{
		{"INSERT INTO p (a, b, c) VALUES (1, 1, 1)", "unique", "p_a_b_uniq p_b_uniq", "p"},
		{"INSERT INTO p (a, b, c) VALUES (7, 1, 1)", "unique", "p_b_uniq", "p"},
		{"INSERT INTO p (a, b) VALUES (3, 3)", "not null", "c", "p"},
		{"INSERT INTO q (p_id) VALUES (99)", "foreign key", "", ""},
		{"DELETE FROM p WHERE id = 101", "foreign key", "", ""},
	} {
		tx := begin(t, s, dialect.ReadWrite)
		_, err := tx.Exec(context.Background(), test.sql)
		var constraint *dialect.ConstraintError
		if !errors.As(err, &constraint) || constraint.Kind != test.kind {
			t.Errorf("%s: %v", test.sql, err)
		} else if test.name != "" && (!contains(test.name, constraint.Name) || constraint.Table != test.table) {
			t.Errorf("%s: named %q of %q", test.sql, constraint.Name, constraint.Table)
		}
		tx.Rollback()
	}
}

func testNotify(t *testing.T, s dialect.Store) {
	listener, ok := s.(dialect.Listener)
	if !ok {
		t.Fatal("the store does not listen")
	}
	ctx, cancel := context.WithCancel(context.Background())
	heard := make(chan string, 10)
	ended := make(chan error, 1)
	go func() { ended <- listener.Listen(ctx, "bus", func(payload string) { heard <- payload }) }()
	next := func() string {
		select {
		case payload := <-heard:
			return payload
		case <-time.After(10 * time.Second):
			t.Fatal("heard nothing")
			return ""
		}
	}
	if got := next(); got != "" {
		t.Fatalf("began with %q", got)
	}
	lost := begin(t, s, dialect.ReadWrite)
	if err := lost.Notify(ctx, "bus", "rolled back"); err != nil {
		t.Fatal(err)
	}
	lost.Rollback()
	write(t, s, func(tx dialect.Tx) {
		for _, note := range [][2]string{{"bus", "1"}, {"other", "no"}, {"bus", "2"}} {
			if err := tx.Notify(ctx, note[0], note[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	if a, b := next(), next(); a != "1" || b != "2" {
		t.Errorf("heard %q and %q", a, b)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func testWaiting(t *testing.T, s dialect.Store) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var open []dialect.Tx
	defer func() {
		for _, tx := range open {
			tx.Rollback()
		}
	}()
	for range 100 {
		tx, err := s.Begin(ctx, dialect.ReadWrite)
		if err != nil {
			if !errors.Is(err, dialect.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("waiting ended with %v", err)
			}
			return
		}
		open = append(open, tx)
	}
	t.Error("a hundred writers at once")
}

func testDescribe(t *testing.T, s dialect.Store) {
	table(t, s)
	write(t, s, func(tx dialect.Tx) { run(t, tx, "CREATE INDEX x_c_idx ON x (c)") })
	tables, err := s.Describe(context.Background())
	if err != nil || len(tables) != 1 || tables[0].Name != "x" || !slices.Equal(tables[0].Indexes, []string{"x_c_idx"}) {
		t.Fatalf("described %v: %v", tables, err)
	}
	for i, f := range fields() {
		if c := tables[0].Columns[i+1]; c.Name != f.Name || c.Type != s.Dialect().ColumnType(&f) || c.NotNull {
			t.Errorf("column %v, want %s %s", c, f.Name, s.Dialect().ColumnType(&f))
		}
	}
}

func testClosed(t *testing.T, s dialect.Store) {
	tx := begin(t, s, dialect.ReadOnly)
	tx.Rollback()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(context.Background(), dialect.ReadOnly); err == nil {
		t.Error("began in a closed store")
	}
}
