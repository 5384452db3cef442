package apply

import (
	"cmp"
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// typedDays is how many days may lie between what a user typed and the bank's.
const typedDays = 3

// typedLine is a statement line that no source told.
type typedLine struct {
	ID     int64
	Date   schema.Date
	Amount decimal.Decimal
	name   string
	Saying string
}

// typedNear finds for what becomes a line now the line that a user may have typed of
// it before: one of the same amount, the nearest day first, each once.
func typedNear(env *orm.Env, account *record.Account, plan *importing.Plan) (map[*importing.Entry]typedLine, error) {
	entries := becoming(plan)
	if len(entries) == 0 {
		return nil, nil
	}
	typed, err := typedLines(env, account, entries)
	if err != nil || len(typed) == 0 {
		return nil, err
	}
	return pairTyped(entries, typed), nil
}

// becoming are the entries that become lines and about which nothing is asked yet.
func becoming(plan *importing.Plan) []*importing.Entry {
	var entries []*importing.Entry
	for i := range plan.New {
		if n := &plan.New[i]; n.Status == importing.Posted && n.Doubt == nil {
			entries = append(entries, n.Entry)
		}
	}
	for i := range plan.Postings {
		if m := &plan.Postings[i]; m.Doubt == nil {
			entries = append(entries, m.Now)
		}
	}
	return entries
}

// typedLines reads the lines around the days of entries that no source told and
// no open question is about.
func typedLines(env *orm.Env, account *record.Account, entries []*importing.Entry) ([]typedLine, error) {
	byDay := func(a, b *importing.Entry) int { return cmp.Compare(a.Date, b.Date) }
	from, to := slices.MinFunc(entries, byDay).Date, slices.MaxFunc(entries, byDay).Date
	rows, err := env.SearchRead(record.Lines, domain.All(domain.Where("journal_id", domain.Eq, account.Journal),
		domain.Where("online_account_id", domain.Eq, false),
		domain.Where("date", domain.Ge, from.AddDays(-typedDays)), domain.Where("date", domain.Le, to.AddDays(typedDays))),
		[]string{"date", "amount", "name", "payment_ref", "partner_name"}, orm.SearchOptions{Order: "date, id"})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	asked, err := env.SearchRead(record.Reviews, domain.All(record.OpenReviews(account.ID),
		domain.Where("kind", domain.Eq, record.TypedByHand)),
		[]string{"typed_line_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	open := map[int64]bool{}
	for row := range asked.All() {
		open[row.Ref("typed_line_id")] = true
	}
	typed := make([]typedLine, 0, rows.Len())
	for row := range rows.All() {
		if !open[row.ID()] {
			typed = append(typed, typedLine{row.ID(), row.Date("date"), row.Decimal("amount"), row.Str("name"),
				record.SayingOf(row.Str("payment_ref"), row.Str("partner_name"))})
		}
	}
	return typed, nil
}

func pairTyped(entries []*importing.Entry, typed []typedLine) map[*importing.Entry]typedLine {
	byAmount := map[string][]typedLine{}
	for _, t := range typed {
		key := t.Amount.Trim(0).String()
		byAmount[key] = append(byAmount[key], t)
	}
	pairs := map[*importing.Entry]typedLine{}
	for days := range typedDays + 1 {
		for _, e := range entries {
			if _, paired := pairs[e]; paired {
				continue
			}
			key := e.Amount.Trim(0).String()
			at := slices.IndexFunc(byAmount[key], func(t typedLine) bool {
				return t.Date.AddDays(days) == e.Date || t.Date.AddDays(-days) == e.Date
			})
			if at < 0 {
				continue
			}
			pairs[e] = byAmount[key][at]
			byAmount[key] = slices.Delete(byAmount[key], at, at+1)
		}
	}
	return pairs
}

// askTyped asks of an entry, with its ledger row, whether it was typed before.
func (w *Writer) askTyped(e *importing.Entry, row int64) []asking {
	t, found := w.typed[e]
	if !found {
		return nil
	}
	words := w.Say("review."+record.TypedByHand, fault.Args{"source": w.Source, "date": string(e.Date),
		"amount": record.PlainText(e.Amount), "currency": w.Account.Currency,
		"text": record.SayingOf(e.Text, e.Partner), "line": t.name, "line_date": string(t.Date), "line_text": t.Saying})
	return []asking{{kind: record.TypedByHand, of: row, typed: t.ID, reason: words, key: doubtKey(record.TypedByHand, row, t.ID)}}
}
