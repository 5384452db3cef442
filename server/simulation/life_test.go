package simulation_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// TestMonthOfACompany lives through a month with each bank once.
func TestMonthOfACompany(t *testing.T) {
	c := found(t, ormtest.SQLite, seed(t))
	for _, bank := range everyBank() {
		c.join(bank)
	}
	lost := c.inVain()
	c.live(30)
	if state := c.read(record.Flows, domain.Where("id", domain.Eq, lost), "state").At(0).Str("state"); state != "expired" {
		c.wrong("a flow whose visitor never came back is %s", state)
	}
	c.judge()
}

// inVain begins to connect banks that cannot be, and returns a flow that waits for a
// visitor whom the bank does not send back.
func (c *company) inVain() (lost int64) {
	c.t.Helper()
	p := &person{company: c, bank: "demo-none", user: "nobody", dice: c.dice}
	r := p.through(p.flow(record.Flows, "start", map[string]any{"institution_id": c.banks[p.bank]}))
	if r.state != "failed" || !strings.Contains(r.words, "none of this bank’s accounts") {
		c.wrong("a consent for no account ends %s: %s", r.state, r.words)
	}
	if _, err := c.call(record.Flows, "start", map[string]any{"institution_id": c.banks["demo-disabled"]}); err == nil {
		c.wrong("a bank that is disabled can be connected")
	}
	return p.flow(record.Flows, "start", map[string]any{"institution_id": c.banks["demo-lost"]}).flow
}

// seed is what all that happens by chance follows from.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(1)
	if text := os.Getenv("GIROSYNC_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal("GIROSYNC_SEED:", err)
		}
	}
	t.Logf("seed %d; GIROSYNC_SEED sets another", n)
	return n
}

// live lives through some days, in steps of half an hour to six hours. Half-way one
// connection is deleted.
func (c *company) live(days int) {
	c.t.Helper()
	c.work()
	began, end := c.clock.Now(), c.clock.Now().AddDate(0, 0, days)
	leaves := c.people[c.dice.IntN(len(c.people))]
	for c.clock.Now().Before(end) {
		c.goOn(time.Duration(30+c.dice.IntN(330)) * time.Minute)
		if leaves != nil && c.clock.Now().Sub(began) > end.Sub(began)/2 {
			leaves.leave()
			leaves = nil
		}
	}
}

// judge compares what came of it with what should have.
func (c *company) judge() {
	c.t.Helper()
	heard := c.listen()
	c.limits(heard)
	c.endings(heard)
	c.messages(heard)
	lines := c.books(heard)
	c.t.Logf("%d connections, %d steps, %d calls, %d lines, %+v", len(c.people), len(c.sweeps), heard.calls, lines, c.count)
	if c.count.restarts == 0 || c.count.cuts == 0 || lines == 0 {
		c.wrong("too little happened")
	}
}
