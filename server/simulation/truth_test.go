package simulation_test

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

// settled is after how many days nothing changes any more about a transaction, and
// no outage is left from then.
const settled = 26

// opened is a secret with which the bank answers at any time, as it did at asOf.
func opened(secret json.RawMessage, asOf time.Time) sdk.Call {
	var s map[string]any
	if err := json.Unmarshal(secret, &s); err != nil {
		panic(err) // the bank wrote it
	}
	century := asOf.AddDate(100, 0, 0).Unix()
	s["until"], s["session"], s["revoked"] = century, century, false
	delete(s, "fetched")
	delete(s, "refreshes")
	switch s["institution"] {
	case "demo-growing":
		s["first_at"] = 0
	case "demo-daily", "demo-hourly":
		s["connected_at"], s["refreshes"] = 0, []int64{asOf.Unix()}
	case "demo-revoked", "demo-lenient":
		s["connected_at"] = asOf.Unix()
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return sdk.Call{Secret: text, Now: asOf, UserPresent: true, Config: map[string]string{"institutions": "0"},
		SaveSecret: func([]byte) error { return nil }}
}

// accountsOf asks a bank which accounts a consent covers.
func (c *company) accountsOf(secret json.RawMessage, at time.Time) []sdk.Account {
	c.t.Helper()
	for {
		list, err := demo.New().ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: opened(secret, at)})
		if sdk.KindOf(err) == sdk.BankUnavailable {
			at = at.Add(12 * time.Hour)
			continue
		}
		c.must(err)
		return list.Accounts
	}
}

// truth is what a bank has booked of an account.
type truth struct {
	amounts map[string]string // by id
	was     map[string]string // the id of what was pending under another
}

// has returns the amount of a transaction by its id, or by the one that it had
// while it was pending; "" for none.
func (b truth) has(id string) string {
	if booked := b.was[id]; booked != "" {
		id = booked
	}
	return b.amounts[id]
}

// booked asks a bank what it has booked of an account, as of the last answer that
// the host had, on the days that it told. Days are asked for in
// pieces, as of when they had settled, since banks forget.
func (c *company) booked(t *told) truth {
	c.t.Helper()
	b := truth{amounts: map[string]string{}, was: map[string]string{}}
	from, last := t.days[0].from, schema.DateOf(t.asOf.UTC())
	for _, d := range t.days {
		from = min(from, d.from)
	}
	for from <= last {
		to := min(from.AddDays(30), last)
		asOf := t.asOf
		if past := to.AddDays(settled).Time(); past.Before(asOf) {
			asOf = past
		}
		for _, x := range c.ask(t, asOf, from, to) {
			b.amounts[x.ID], b.was[x.PendingID] = x.Amount, x.ID
			if x.Direction == sdk.Out {
				b.amounts[x.ID] = "-" + x.Amount
			}
		}
		from = to.AddDays(1)
	}
	delete(b.was, "")
	return b
}

func (c *company) ask(t *told, asOf time.Time, from, to schema.Date) (list []sdk.Transaction) {
	c.t.Helper()
	for {
		err := demo.New().FetchTransactions(context.Background(), sdk.FetchRequest{Call: opened(t.secret, asOf), AccountID: t.id,
			From: record.SDKDate(from), To: record.SDKDate(to)}, func(b sdk.Batch) error {
			list = append(list, b.Booked...)
			return nil
		})
		if sdk.KindOf(err) != sdk.BankUnavailable || !asOf.Before(t.asOf) {
			c.must(err)
			return list
		}
		asOf, list = asOf.Add(12*time.Hour), nil
		if asOf.After(t.asOf) {
			asOf = t.asOf
		}
	}
}

// books compares the lines of every account with what its bank booked.
func (c *company) books(l *listened) (lines int) {
	c.t.Helper()
	journals := maps.Clone(c.left) // by account
	for row := range c.read(record.Journals, domain.Where("account_online_account_id", domain.Ne, false),
		"account_online_account_id").All() {
		journals[row.Ref("account_online_account_id")] = row.ID()
	}
	for row := range c.read(record.Accounts, nil, "stable_identifier", "name", "account_online_link_id").All() {
		t := l.accounts[row.Str("stable_identifier")]
		if t == nil {
			if n := c.read(record.Transactions, domain.Where("account_id", domain.Eq, row.ID()), "id").Len(); n > 0 {
				c.wrong("%s of connection %d has %d transactions that nobody told", row.Str("name"), row.Ref("account_online_link_id"), n)
			}
			continue
		}
		lines += c.compare(row.ID(), journals[row.ID()], c.booked(t))
	}
	return lines
}

// compare holds the lines of an account against what its bank booked.
func (c *company) compare(account, journal int64, want truth) (lines int) {
	c.t.Helper()
	c.decide(account, want)
	amounts := map[int64]string{}
	for row := range c.read(record.Lines, domain.Where("journal_id", domain.Eq, journal), "amount").All() {
		amounts[row.ID()] = row.Decimal("amount").String()
	}
	seen := map[string]bool{}
	for row := range c.read(record.Transactions, domain.All(domain.Where("account_id", domain.Eq, account),
		domain.Where("status", domain.Eq, "posted")), "identifier", "line_id", "amount").All() {
		id, line := row.Str("identifier"), row.Ref("line_id")
		amount, has := amounts[line]
		switch {
		case !has:
			c.wrong("account %d: %s of the bank has no line", account, id)
		case !equal(amount, want.has(id)):
			c.wrong("account %d: %s is %s in the books and %q at the bank", account, id, amount, want.has(id))
		}
		delete(amounts, line)
		if booked := want.was[id]; booked != "" {
			id = booked
		}
		seen[id] = true
	}
	for id, amount := range want.amounts {
		if !seen[id] {
			c.wrong("account %d: %s (%s) of the bank is not in the books", account, id, amount)
		}
	}
	if len(amounts) > 0 {
		c.wrong("account %d: %d lines that are not the bank's", account, len(amounts))
	}
	return len(seen)
}

// equal compares decimals.
func equal(a, b string) bool {
	x, err := decimal.Parse(a)
	y, err2 := decimal.Parse(b)
	return err == nil && err2 == nil && x.Cmp(y) == 0
}
