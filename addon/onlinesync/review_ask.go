package onlinesync

import (
	"fmt"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// asking is a question that the import has.
type asking struct {
	kind      string
	of, other int64 // ledger rows; other 0 for none
	typed     int64 // a line that a user typed; 0 for none
	reason    string
	key       string
}

// doubtKey names a question, so that one that was answered is never asked again.
func doubtKey(kind string, of, other int64) string { return fmt.Sprintf("%s:%d:%d", kind, of, other) }

// doubt turns what the engine is not sure of into a question. other is the
// ledger row of what was told, e what it says; both are zero where the row's
// not being told is the question.
func (w *writer) doubt(d *importing.Doubt, other int64, e *importing.Entry) asking {
	args := fault.Args{"source": w.source(), "date": string(d.Of.Date), "amount": plainText(d.Of.Amount), "currency": w.account.currency, "text": sayingOf(d.Of.Text, d.Of.Partner)}
	if e != nil {
		args["now_date"], args["now_amount"], args["now_text"] = string(e.Date), plainText(e.Amount), sayingOf(e.Text, e.Partner)
	}
	kind := string(d.Kind)
	return asking{kind: kind, of: d.Of.ID, other: other, reason: w.s.say("review."+kind, args), key: doubtKey(kind, d.Of.ID, other)}
}

func sayingOf(text, partner string) string {
	if text != "" {
		return text
	}
	return partner
}

// askNew asks about new transactions; ids are their ledger rows.
func (w *writer) askNew(env *orm.Env, chunk []importing.New, ids []int64) error {
	var questions []asking
	for i := range chunk {
		if d := chunk[i].Doubt; d != nil {
			questions = append(questions, w.doubt(d, ids[i], chunk[i].Entry))
		}
		questions = append(questions, w.askTyped(chunk[i].Entry, ids[i])...)
	}
	return w.ask(env, questions)
}

// askAbout asks about known ones alone.
func (w *writer) askAbout(env *orm.Env, chunk []importing.Doubt) error {
	questions := make([]asking, len(chunk))
	for i := range chunk {
		questions[i] = w.doubt(&chunk[i], 0, nil)
	}
	return w.ask(env, questions)
}

// ask writes questions that were not asked before, and tells who watches.
// One that settled by itself and came up again is open again.
func (w *writer) ask(env *orm.Env, list []asking) error {
	if len(list) == 0 {
		return nil
	}
	keys := make([]string, len(list))
	for i, q := range list {
		keys[i] = q.key
	}
	rows, err := env.SearchRead(reviews, domain.All(domain.Where("account_id", domain.Eq, w.account.id), domain.Where("key", domain.In, anyStrings(keys))),
		[]string{"key", "state"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	var again []int64
	for row := range rows.All() {
		asked[row.Str("key")] = true
		if row.Str("state") == reviewObsolete {
			again = append(again, row.ID())
		}
	}
	if len(again) > 0 {
		if err := env.Write(reviews, again, orm.Values{"state": reviewOpen, "run": w.s.run, "source": w.source()}); err != nil {
			return err
		}
	}
	var fresh [][]any
	for _, q := range list {
		if asked[q.key] {
			continue
		}
		asked[q.key] = true
		fresh = append(fresh, []any{q.kind, reviewOpen, w.account.id, orNil(w.account.journal), w.s.company, q.of, orNil(q.other), orNil(q.typed), q.reason, w.s.run, w.source(), q.key})
	}
	if len(fresh) > 0 {
		ids, err := env.BulkCreate(reviews, []string{"kind", "state", "account_id", "journal_id", "company_id", "transaction_id", "other_id", "typed_line_id", "reason", "run", "source", "key"}, fresh)
		if err != nil {
			return fault.Wrap(err, "ask about account", w.account.id)
		}
		again = append(again, ids...)
	}
	return tellReviews(env, w.account.journal, w.s.company, again, reviewOpen)
}

// settle takes questions back that an answer of the bank settled: what a source
// left out, it tells again.
func (w *writer) settle(env *orm.Env, told []*importing.Known) error {
	if len(told) == 0 {
		return nil
	}
	rows, err := env.SearchRead(reviews, domain.All(openReviews(w.account.id), domain.Where("kind", domain.Eq, string(importing.NotTold)),
		domain.Where("source", domain.Eq, w.source())),
		[]string{"transaction_id"}, orm.SearchOptions{})
	if err != nil || rows.Len() == 0 {
		return err
	}
	there := make(map[int64]bool, len(told))
	for _, k := range told {
		there[k.ID] = true
	}
	var over []int64
	for row := range rows.All() {
		if there[row.Ref("transaction_id")] {
			over = append(over, row.ID())
		}
	}
	if len(over) == 0 {
		return nil
	}
	if err := env.Write(reviews, over, orm.Values{"state": reviewObsolete}); err != nil {
		return err
	}
	return tellReviews(env, w.account.journal, w.s.company, over, reviewObsolete)
}

// tellReviews tells who watches the journal which questions are open now, or
// no more.
func tellReviews(env *orm.Env, journal, company int64, ids []int64, state string) error {
	if len(ids) == 0 {
		return nil
	}
	payload := map[string]any{"id": ids[0], "ids": ids[:min(len(ids), 100)], "count": len(ids), "state": state, "journal": journal}
	channels := []string{bus.Channel("res.company", company)}
	if journal != 0 {
		channels = append(channels, bus.Channel(journals, journal))
	}
	for _, channel := range channels {
		if err := bus.Send(env, channel, "account.online.review/changed", payload); err != nil {
			return err
		}
	}
	return nil
}
