package onlinesync

import (
	"cmp"
	"slices"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// typedByHand asks whether a line that a user typed is one that the bank tells
// now (complaint 46: suggested, never assumed).
const typedByHand = "typed_by_hand"

// typedDays is how many days may lie between what a user typed and the bank's.
const typedDays = 3

// typedLine is a statement line that no source told.
type typedLine struct {
	id     int64
	date   schema.Date
	amount decimal.Decimal
	name   string
	saying string
}

// typedNear finds for what becomes a line now the line that a user may have typed of
// it before: one of the same amount, the nearest day first, each once.
func typedNear(env *orm.Env, account *accountFacts, plan *importing.Plan) (map[*importing.Entry]typedLine, error) {
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
func typedLines(env *orm.Env, account *accountFacts, entries []*importing.Entry) ([]typedLine, error) {
	byDay := func(a, b *importing.Entry) int { return cmp.Compare(a.Date, b.Date) }
	from, to := slices.MinFunc(entries, byDay).Date, slices.MaxFunc(entries, byDay).Date
	rows, err := env.SearchRead(lines, domain.All(domain.Where("journal_id", domain.Eq, account.journal), domain.Where("online_account_id", domain.Eq, false),
		domain.Where("date", domain.Ge, from.AddDays(-typedDays)), domain.Where("date", domain.Le, to.AddDays(typedDays))),
		[]string{"date", "amount", "name", "payment_ref", "partner_name"}, orm.SearchOptions{Order: "date, id"})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	asked, err := env.SearchRead(reviews, domain.All(openReviews(account.id), domain.Where("kind", domain.Eq, typedByHand)),
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
			typed = append(typed, typedLine{row.ID(), row.Date("date"), row.Decimal("amount"), row.Str("name"), sayingOf(row.Str("payment_ref"), row.Str("partner_name"))})
		}
	}
	return typed, nil
}

func pairTyped(entries []*importing.Entry, typed []typedLine) map[*importing.Entry]typedLine {
	byAmount := map[string][]typedLine{}
	for _, t := range typed {
		key := t.amount.Trim(0).String()
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
				return t.date.AddDays(days) == e.Date || t.date.AddDays(-days) == e.Date
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
func (w *writer) askTyped(e *importing.Entry, row int64) []asking {
	t, found := w.typed[e]
	if !found {
		return nil
	}
	words := w.s.say("review."+typedByHand, fault.Args{"source": w.source(), "date": string(e.Date), "amount": plainText(e.Amount), "currency": w.account.currency,
		"text": sayingOf(e.Text, e.Partner), "line": t.name, "line_date": string(t.date), "line_text": t.saying})
	return []asking{{kind: typedByHand, of: row, typed: t.id, reason: words, key: doubtKey(typedByHand, row, t.id)}}
}

// adopt makes the line that a user typed the transaction's. It stays as it was
// typed and is the user's own from then on; the bank's goes, unless somebody
// works with that one only.
func (a *answering) adopt() error {
	typed, err := a.line(a.typed)
	if err != nil {
		return err
	}
	told, err := a.line(a.of.Line)
	if err != nil || typed.id == 0 || typed.id == told.id {
		return err
	}
	if told.held() && !typed.reconciled && !typed.locked {
		return a.deleteLine(typed.id)
	}
	if err := a.deleteLine(told.id); err != nil {
		return err
	}
	if err := a.env.Write(transactions, []int64{a.of.ID}, orm.Values{"line_id": typed.id, "line_deleted": false, "match_code": string(adopted)}); err != nil {
		return err
	}
	return a.env.Write(lines, []int64{typed.id}, orm.Values{"online_account_id": a.w.account.id, "online_transaction_identifier": orNoText(a.of.Ident.ID),
		"value_date": orNoDate(a.of.ValueDate), "online_edited": true})
}

// forgetTyped settles the questions about lines that a user deletes.
func forgetTyped(env *orm.Env, ids []int64) error {
	over, err := env.Search(reviews, domain.All(domain.Where("state", domain.Eq, reviewOpen), domain.Where("typed_line_id", domain.In, anyIDs(ids))), orm.SearchOptions{})
	if err != nil || len(over) == 0 {
		return err
	}
	return env.Write(reviews, over, orm.Values{"state": reviewObsolete})
}
