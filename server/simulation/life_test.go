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
	lost := c.inVain()
	c.live(30, len(everyBank()))
	if state := c.read(record.Flows, domain.Where("id", domain.Eq, lost), "state").At(0).Str("state"); state != "expired" {
		c.wrong("a flow whose visitor never came back is %s", state)
	}
	c.judge()
}

// TestSoakYearOfACompany lives through a year with 300 connections, on either
// database. GIROSYNC_SOAK_PEOPLE and GIROSYNC_SOAK_DAYS make it smaller.
func TestSoakYearOfACompany(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	n, people, days := seed(t), number(t, "GIROSYNC_SOAK_PEOPLE", 300), number(t, "GIROSYNC_SOAK_DAYS", 365)
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			c := found(t, kind, n)
			c.live(int(days), int(people))
			c.judge()
		})
	}
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
	n := number(t, "GIROSYNC_SEED", 1)
	t.Logf("seed %d; GIROSYNC_SEED sets another", n)
	return n
}

// number is a variable of the environment, or what holds without it.
func number(t *testing.T, name string, without uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return without
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(name+":", err)
	}
	return n
}

// live lives through some days, in steps of half an hour to six hours. One person for
// each bank is there from the beginning, others join until two thirds are over; and
// half-way one connection is deleted.
func (c *company) live(days, people int) {
	c.t.Helper()
	banks := everyBank()
	for _, bank := range banks {
		c.join(bank)
	}
	c.work()
	began, all := c.clock.Now(), time.Duration(days)*day
	leaves := c.people[c.dice.IntN(len(c.people))]
	for lived := time.Duration(0); lived < all; lived = c.clock.Now().Sub(began) {
		for n := len(c.people); n < people && n-len(banks) < int(float64(people-len(banks))*1.5*float64(lived)/float64(all)); n++ {
			bank := banks[n%len(banks)]
			if bank == "demo-redirect" {
				bank = "demo-checking" // who comes back by a redirect is the same customer each time
			}
			c.join(bank)
		}
		c.goOn(time.Duration(30+c.dice.IntN(330)) * time.Minute)
		if leaves != nil && lived > all/2 {
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
