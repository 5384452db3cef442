package apply

import (
	"fmt"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

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
func (w *Writer) doubt(d *importing.Doubt, other int64, e *importing.Entry) asking {
	args := fault.Args{"source": w.Source, "date": string(d.Of.Date), "amount": record.PlainText(d.Of.Amount),
		"currency": w.Account.Currency, "text": record.SayingOf(d.Of.Text, d.Of.Partner)}
	if e != nil {
		args["now_date"], args["now_amount"], args["now_text"] = string(e.Date), record.PlainText(e.Amount),
			record.SayingOf(e.Text, e.Partner)
	}
	kind := string(d.Kind)
	return asking{kind: kind, of: d.Of.ID, other: other, reason: w.Say("review."+kind, args), key: doubtKey(kind, d.Of.ID, other)}
}

// askNew asks about new transactions; ids are their ledger rows.
func (w *Writer) askNew(env *orm.Env, chunk []importing.New, ids []int64) error {
	var list []asking
	for i := range chunk {
		if d := chunk[i].Doubt; d != nil {
			list = append(list, w.doubt(d, ids[i], chunk[i].Entry))
		}
		list = append(list, w.askTyped(chunk[i].Entry, ids[i])...)
	}
	return w.ask(env, list)
}

// AskAbout asks about known ones alone.
func (w *Writer) AskAbout(env *orm.Env, chunk []importing.Doubt) error {
	list := make([]asking, len(chunk))
	for i := range chunk {
		list[i] = w.doubt(&chunk[i], 0, nil)
	}
	return w.ask(env, list)
}

// ask writes questions that were not asked before, and tells who watches.
// One that settled by itself and came up again is open again.
func (w *Writer) ask(env *orm.Env, list []asking) error {
	if len(list) == 0 {
		return nil
	}
	keys := make([]string, len(list))
	for i, q := range list {
		keys[i] = q.key
	}
	rows, err := env.SearchRead(record.Reviews, domain.All(domain.Where("account_id", domain.Eq, w.Account.ID),
		domain.Where("key", domain.In, record.Strings(keys))),
		[]string{"key", "state"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	var again []int64
	for row := range rows.All() {
		asked[row.Str("key")] = true
		if row.Str("state") == record.ReviewObsolete {
			again = append(again, row.ID())
		}
	}
	if len(again) > 0 {
		if err := env.Write(record.Reviews, again, orm.Values{"state": record.ReviewOpen, "run": w.run, "source": w.Source}); err != nil {
			return err
		}
	}
	var fresh [][]any
	for _, q := range list {
		if asked[q.key] {
			continue
		}
		asked[q.key] = true
		fresh = append(fresh, questions.Row(&question{w, &q}))
	}
	if len(fresh) > 0 {
		ids, err := env.BulkCreate(record.Reviews, questions.Names(), fresh)
		if err != nil {
			return fault.Wrap(err, "ask about account", w.Account.ID)
		}
		again = append(again, ids...)
	}
	return run.TellReviewsChanged(env, w.Account.Journal, w.Company, again, record.ReviewOpen)
}

// settle takes questions back that an answer of the bank settled: what a source
// left out, it tells again.
func (w *Writer) settle(env *orm.Env, told []*importing.Known) error {
	if len(told) == 0 {
		return nil
	}
	rows, err := env.SearchRead(record.Reviews, domain.All(record.OpenReviews(w.Account.ID),
		domain.Where("kind", domain.Eq, string(importing.NotTold)),
		domain.Where("source", domain.Eq, w.Source)),
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
	if err := env.Write(record.Reviews, over, orm.Values{"state": record.ReviewObsolete}); err != nil {
		return err
	}
	return run.TellReviewsChanged(env, w.Account.Journal, w.Company, over, record.ReviewObsolete)
}
