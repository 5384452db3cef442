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
	begin := func(s *postgres.Store, sql string) (dialect.Tx, error) {
		tx, err := s.Begin(ctx, dialect.ReadWrite)
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() { tx.Rollback() })
		_, err = tx.Exec(ctx, sql)
		return tx, err
	}
	setup, err := begin(open(0), "CREATE TABLE held AS SELECT 1 AS id")
	if err == nil {
		err = setup.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
	// On a busy machine a short time is over before the row is held: then a longer one.
	idle := 50 * time.Millisecond
	frozen, err := begin(open(idle), "UPDATE held SET id = 2")
	for err != nil && idle < time.Minute {
		idle *= 2
		frozen, err = begin(open(idle), "UPDATE held SET id = 2")
	}
	if err != nil {
		t.Fatal(err)
	}
	other, err := begin(open(0), "UPDATE held SET id = 3") // waits until the row is free
	if err != nil {
		t.Fatalf("the row is not free: %v", err)
	}
	if err := other.Commit(); err != nil {
		t.Error(err)
	}
	if frozen.Commit() == nil {
		t.Error("the idle transaction could commit")
	}
}
