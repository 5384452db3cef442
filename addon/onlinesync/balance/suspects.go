package balance

import (
	"encoding/json"
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/proof"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// suspect is a line, or a transaction without one, that may be why a balance
// disagrees.
type suspect struct {
	Kind        string      `json:"kind"` // missing, pending, duplicate, extra, changed, moved
	Line        int64       `json:"line_id,omitempty"`
	Transaction int64       `json:"transaction_id,omitempty"`
	Date        schema.Date `json:"date,omitempty"`
	Amount      json.Number `json:"amount"`
	Text        string      `json:"payment_ref,omitempty"`
	// Explains: by itself, or with the others of its kind, it comes to the difference.
	Explains bool   `json:"explains"`
	Words    string `json:"words"`

	effect decimal.Decimal // what mending it would add to the computed balance
}

const (
	mostSuspects = 20
	mostLookedAt = 2000 // lines and ledger rows between the two days
)

// suspects looks between the last day that agrees and the first that does not.
func (b *ledgerBooks) suspects(p *proof.Proof) ([]suspect, error) {
	from := b.anchor.day
	if p.Agreed != "" {
		from = p.Agreed.AddDays(1)
		for _, d := range p.Days {
			if d.Day == p.Agreed && !d.Difference.IsZero() {
				from = p.Agreed // it agreed between two of its lines
			}
		}
	}
	days := []domain.Node{domain.Where("date", domain.Ge, from), domain.Where("date", domain.Le, p.First.Day)}
	rows, err := b.env.SearchRead(record.Lines, domain.All(append(days, b.counted(""))...),
		[]string{"date", "amount", "payment_ref", "account_number",
			"online_transaction_identifier"}, orm.SearchOptions{Order: "internal_index", Limit: mostLookedAt})
	if err != nil {
		return nil, err
	}
	ledger, err := b.env.SearchRead(record.Transactions, domain.All(append(days, domain.Where("account_id", domain.Eq, b.account))...),
		[]string{"date", "amount", "payment_ref", "status", "line_id"}, orm.SearchOptions{Order: "date, id", Limit: mostLookedAt})
	if err != nil {
		return nil, err
	}
	of, err := b.tiesOf(rows, ledger)
	if err != nil {
		return nil, err
	}
	found := append(b.doubtfulLines(rows, of), b.doubtfulTransactions(ledger, of, from, p.First.Day)...)
	explain(found, p.First.Difference)
	slices.SortStableFunc(found, func(a, b suspect) int {
		switch {
		case a.Explains == b.Explains:
			return 0
		case a.Explains:
			return -1
		}
		return 1
	})
	if !slices.ContainsFunc(found, func(s suspect) bool { return s.Explains }) {
		found = slices.Insert(found, 0, b.unknown(from, p.First))
	}
	return found[:min(len(found), mostSuspects)], nil
}

// ties lead from lines to what the bank told of them, and back.
type ties struct {
	told  map[int64]orm.Row // by line
	lines map[int64]orm.Row // by id
}

// tiesOf reads the ledger rows of lines, and the lines of ledger rows, that
// lie outside the days looked at.
func (b *ledgerBooks) tiesOf(rows, ledger *orm.Rows) (ties, error) {
	t := ties{told: map[int64]orm.Row{}, lines: map[int64]orm.Row{}}
	for row := range rows.All() {
		t.lines[row.ID()] = row
	}
	var far []int64
	for row := range ledger.All() {
		if line := row.Ref("line_id"); line != 0 {
			t.told[line] = row
			if _, ok := t.lines[line]; !ok {
				far = append(far, line)
			}
		}
	}
	moved, err := b.env.Read(record.Lines, far, "date", "amount", "payment_ref")
	if err != nil {
		return t, err
	}
	for row := range moved.All() {
		t.lines[row.ID()] = row
	}
	var untold []any
	for row := range rows.All() {
		if _, ok := t.told[row.ID()]; !ok {
			untold = append(untold, row.ID())
		}
	}
	if len(untold) == 0 {
		return t, nil
	}
	elsewhere, err := b.env.SearchRead(record.Transactions, domain.Where("line_id", domain.In, untold),
		[]string{"date", "amount", "payment_ref", "status", "line_id"}, orm.SearchOptions{})
	if err != nil {
		return t, err
	}
	for row := range elsewhere.All() {
		t.told[row.Ref("line_id")] = row
	}
	return t, nil
}

// doubtfulLines are those that the bank did not tell, told otherwise, or told once.
func (b *ledgerBooks) doubtfulLines(rows *orm.Rows, of ties) []suspect {
	var out []suspect
	seen := map[string]orm.Row{}
	for row := range rows.All() {
		s := b.suspect(row)
		s.Line = row.ID()
		told, known := of.told[row.ID()]
		twin := string(row.Date("date")) + "|" + row.Decimal("amount").Trim(0).String() + "|" +
			base.SanitizeAccountNumber(row.Str("account_number"))
		first, twice := seen[twin]
		switch {
		case known && told.Str("status") == string(importing.Removed):
			s.Kind, s.effect, s.Words = "extra", row.Decimal("amount").Neg(), record.Say(b.env, "proof.taken_back", nil)
		case known && told.Decimal("amount").Cmp(row.Decimal("amount")) != 0:
			s.Kind, s.effect = "changed", record.Plus(told.Decimal("amount"), row.Decimal("amount").Neg())
			s.Words = record.Say(b.env, "proof.changed", fault.Args{"told": told.Decimal("amount").String()})
		case twice:
			s.Kind, s.effect = "duplicate", row.Decimal("amount").Neg()
			s.Words = record.Say(b.env, "proof.duplicate", fault.Args{"label": first.Str("payment_ref")})
		case !known && b.account != 0:
			s.Kind, s.effect, s.Words = "extra", row.Decimal("amount").Neg(), record.Say(b.env, "proof.extra", nil)
		case known && told.Date("date") != row.Date("date"):
			s.Kind, s.effect = "moved", row.Decimal("amount").Neg()
			s.Words = record.Say(b.env, "proof.moved", fault.Args{"day": string(told.Date("date"))})
		}
		if !twice {
			seen[twin] = row
		}
		if s.Kind != "" {
			out = append(out, s)
		}
	}
	return out
}

// doubtfulTransactions are those of the bank that no line tells on these days.
func (b *ledgerBooks) doubtfulTransactions(ledger *orm.Rows, of ties, from, to schema.Date) []suspect {
	var out []suspect
	for row := range ledger.All() {
		s := b.suspect(row)
		s.Transaction, s.effect = row.ID(), row.Decimal("amount")
		line, booked := of.lines[row.Ref("line_id")]
		switch {
		case row.Str("status") == string(importing.Pending):
			s.Kind, s.Words = "pending", record.Say(b.env, "proof.pending", nil)
		case row.Str("status") == string(importing.Posted) && !booked:
			s.Kind, s.Words = "missing", record.Say(b.env, "proof.deleted", nil)
		case booked && (line.Date("date") < from || line.Date("date") > to):
			s.Kind, s.Line, s.Words = "moved", line.ID(), record.Say(b.env, "proof.moved", fault.Args{"day": string(row.Date("date"))})
		default:
			continue
		}
		out = append(out, s)
	}
	return out
}

func (b *ledgerBooks) suspect(row orm.Row) suspect {
	return suspect{Date: row.Date("date"), Amount: record.Number(row.Decimal("amount")), Text: row.Str("payment_ref")}
}

// explain marks what comes to the difference: one by itself, else all of a kind
// together.
func explain(found []suspect, difference decimal.Decimal) {
	sums := map[string]decimal.Decimal{}
	alone := false
	for i := range found {
		s := &found[i]
		s.Explains = s.effect.Cmp(difference) == 0
		alone = alone || s.Explains
		sums[s.Kind] = record.Plus(sums[s.Kind], s.effect)
	}
	for i := range found {
		if s := &found[i]; !alone && sums[s.Kind].Cmp(difference) == 0 {
			s.Explains = true
		}
	}
}

// unknown says what to look for when nothing that is known explains it.
func (b *ledgerBooks) unknown(from schema.Date, first *proof.Day) suspect {
	s := suspect{Kind: "missing", Amount: record.Number(first.Difference)}
	id := "proof.unknown"
	if hole := b.hole(from, first.Day); hole != "" {
		id, s.Date = "proof.hole", hole
	}
	s.Words = record.Say(b.env, id, fault.Args{"from": string(from), "to": string(first.Day), "amount": first.Difference.String(),
		"day": string(s.Date)})
	return s
}

// hole is the first day between two that no synchronisation ever covered.
func (b *ledgerBooks) hole(from, to schema.Date) schema.Date {
	rows, err := b.env.Read(record.Accounts, []int64{b.account}, "coverage")
	if err != nil || rows.Len() == 0 || from == "" {
		return ""
	}
	coverage, err := importing.ParseCoverage(rows.At(0).JSON("coverage"))
	if err != nil || len(coverage) == 0 {
		return ""
	}
	for day := from; day <= to; day = day.AddDays(1) {
		if !coverage.Has(day) {
			return day
		}
	}
	return ""
}
