package ormtest

import (
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
)

func postgresStore(t testing.TB) dialect.Store {
	t.Helper()
	t.Skip("PostgreSQL: not wired yet")
	return nil
}
