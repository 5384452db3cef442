package ormtest

import (
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// postgresStore is a fresh schema of the cluster that the tests share.
func postgresStore(t testing.TB) dialect.Store {
	t.Helper()
	return dialecttest.PostgresStore(t)
}
