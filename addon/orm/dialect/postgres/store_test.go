package postgres_test

import (
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

func TestConformance(t *testing.T) { dialecttest.Run(t, dialecttest.PostgresStore) }
