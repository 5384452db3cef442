package account_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm"
)

// Just before midnight in UTC it is the next day in Brussels: a line is of the
// user's day, while the name of an empty statement tells that of UTC.
func TestDaysAreThoseThatOdooTakes(t *testing.T) {
	db := open(t, func(o *orm.Options) {
		o.Now = func() time.Time { return time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC) }
	})
	brussels := object("context", object("tz", "Europe/Brussels"))
	callWith(t, db, brussels, "account.bank.statement", "create", object())
	got := call(t, db, "account.bank.statement", "search_read", list(), list("name"))
	if got != `[{"id":1,"name":"Statement 2026-11-30"}]` {
		t.Error(got)
	}
	got = callWith(t, db, brussels, "account.bank.statement.line", "default_get", list("date"))
	if got != `{"date":"2026-12-01"}` {
		t.Error(got)
	}
}
