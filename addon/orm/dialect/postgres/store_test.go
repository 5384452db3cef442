package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/orm/dialect/postgres"
)

func TestConformance(t *testing.T) { dialecttest.Run(t, dialecttest.PostgresStore) }

// What a frozen program locked is free again after a while, and its work is lost.
func TestIdleTransactionsEnd(t *testing.T) {
	ctx := context.Background()
	url, schema := dialecttest.Schema(t)
	open := func(idle time.Duration) *postgres.Store {
		s, err := postgres.Open(ctx, url, schema, postgres.Options{Conns: 2, Idle: idle})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	begin := func(s *postgres.Store) dialect.Tx {
		tx, err := s.Begin(ctx, dialect.ReadWrite)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tx.Rollback() })
		return tx
	}
	exec := func(tx dialect.Tx, sql string) error {
		_, err := tx.Exec(ctx, sql)
		return err
	}
	setup := begin(open(0))
	for _, sql := range []string{"CREATE TABLE held (id integer)", "INSERT INTO held VALUES (1)"} {
		if err := exec(setup, sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := setup.Commit(); err != nil {
		t.Fatal(err)
	}
	frozen := begin(open(2 * time.Second)) // long enough to lock before it is frozen
	if err := exec(frozen, "UPDATE held SET id = 2"); err != nil {
		t.Fatal(err)
	}
	other := begin(open(0))
	if err := exec(other, "UPDATE held SET id = 3"); err != nil { // waits until the row is free
		t.Fatalf("the row is not free: %v", err)
	}
	if err := other.Commit(); err != nil {
		t.Error(err)
	}
	if frozen.Commit() == nil {
		t.Error("the idle transaction could commit")
	}
}
