package simulation_test

import (
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

func TestMonthOfACompany(t *testing.T) {
	c := found(t, ormtest.SQLite, 1)
	for _, bank := range everyBank() {
		c.join(bank)
	}
	c.work()
	c.live(30)
	l := c.listen()
	c.limits(l)
	c.endings(l)
	c.messages(l)
	lines := c.books(l)
	t.Logf("%d connections, %d calls, %d lines, %+v", len(c.people), l.calls, lines, c.count)
}
