package apply

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Writer turns decisions into lines, ledger rows and questions: those of a run's
// plan, or a user's.
type Writer struct {
	Account *record.Account
	Company int64
	run     int64  // 0: a user decides
	lang    string // of what is written
	Source  string // who told, as users know it
	now     time.Time
	points  failpoint.Points

	balance decimal.Decimal  // of the journal
	foreign map[string]int64 // currencies by code; 0 unknown
	Touched books.Touched    // since begin
	typed   map[*importing.Entry]typedLine
	moved   bool // lines came, changed or went
}

// ByUser writes what a user decides about an account.
func ByUser(env *orm.Env, account *record.Account, company int64) *Writer {
	return &Writer{Account: account, Company: company, lang: "en_US", Source: "user", now: env.Now()}
}

// Begin begins a transaction, in which the journal has a balance. One that was
// rolled back took back the currencies that it activated.
func (w *Writer) Begin(balance decimal.Decimal) {
	w.balance, w.Touched = balance, books.Touched{}
	clear(w.foreign)
}

// Chain lets the statements of the journal follow what was changed.
func (w *Writer) Chain(env *orm.Env) error {
	return books.ChainTouched(env, w.Account.Journal, &w.Touched)
}

// Say is a sentence in the language of the books.
func (w *Writer) Say(id string, args fault.Args) string { return record.SayIn(w.lang, id, args) }

// chunk is a part of a plan, to be carried out in one transaction, again if need be.
type chunk func(env *orm.Env, counts *run.Counters) error

// chunks cuts a plan.
func (w *Writer) chunks(plan *importing.Plan, size int) []chunk {
	var out []chunk
	for part := range slices.Chunk(plan.Postings, size) {
		out = append(out, func(env *orm.Env, c *run.Counters) error { return w.post(env, c, part) })
	}
	byRow := map[int][]importing.NewAlias{}
	var ofKnown []importing.NewAlias
	for _, a := range plan.Aliases {
		if a.Known != 0 {
			ofKnown = append(ofKnown, a)
		} else {
			byRow[a.Row] = append(byRow[a.Row], a)
		}
	}
	for first := 0; first < len(plan.New); first += size {
		part := plan.New[first:min(first+size, len(plan.New))]
		out = append(out, func(env *orm.Env, c *run.Counters) error { return w.add(env, c, part, first, byRow) })
	}
	for part := range slices.Chunk(plan.Changes, size) {
		out = append(out, func(env *orm.Env, c *run.Counters) error { return w.change(env, c, part) })
	}
	for part := range slices.Chunk(plan.Pendings, size) {
		out = append(out, func(env *orm.Env, _ *run.Counters) error { return w.repend(env, part) })
	}
	for part := range slices.Chunk(plan.Removals, size) {
		out = append(out, func(env *orm.Env, c *run.Counters) error { return w.remove(env, c, part) })
	}
	for part := range slices.Chunk(plan.Drops, size) {
		out = append(out, func(env *orm.Env, _ *run.Counters) error { return w.drop(env, part) })
	}
	for part := range slices.Chunk(plan.Retired, size) {
		out = append(out, func(env *orm.Env, _ *run.Counters) error { return w.retire(env, part) })
	}
	for part := range slices.Chunk(plan.Doubts, size) {
		out = append(out, func(env *orm.Env, _ *run.Counters) error { return w.AskAbout(env, part) })
	}
	for part := range slices.Chunk(ofKnown, size) {
		out = append(out, func(env *orm.Env, _ *run.Counters) error { return w.alias(env, part) })
	}
	return out
}

// add makes the ledger rows of new transactions, and the lines of the posted ones.
func (w *Writer) add(env *orm.Env, counts *run.Counters, chunk []importing.New, first int, byRow map[int][]importing.NewAlias) error {
	entries := make([]*importing.Entry, 0, len(chunk))
	for i := range chunk {
		if chunk[i].Status == importing.Posted {
			entries = append(entries, chunk[i].Entry)
		}
	}
	made, err := w.Lines(env, entries)
	if err != nil {
		return err
	}
	counts.Created += int64(len(made))
	w.points.Hit("sync.chunk.lines")
	rows := make([][]any, len(chunk))
	for i := range chunk {
		row := newRow{w: w, New: &chunk[i]}
		if chunk[i].Status == importing.Posted {
			row.line, made = made[0], made[1:]
		}
		rows[i] = newRows.Row(&row)
	}
	ids, err := env.BulkCreate(record.Transactions, newRows.Names(), rows)
	if err != nil {
		return fault.Wrap(err, "write ledger of account", w.Account.ID)
	}
	if err := w.askNew(env, chunk, ids); err != nil {
		return err
	}
	w.points.Hit("sync.chunk.ledger")
	if len(byRow) == 0 {
		return nil
	}
	var more []importing.NewAlias
	for i := range chunk {
		for _, a := range byRow[first+i] {
			a.Known = ids[i]
			more = append(more, a)
		}
	}
	return w.alias(env, more)
}

// Lines makes one statement line per entry, in order, and returns their ids.
func (w *Writer) Lines(env *orm.Env, entries []*importing.Entry) ([]int64, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	if w.Account.Begun {
		began, err := books.BeginningOf(env, w.Account.Journal)
		if err != nil {
			return nil, err
		}
		w.Touched.Began = began
	}
	rows, err := w.lineRows(env, entries)
	if err != nil {
		return nil, err
	}
	ids, err := env.BulkCreate(record.Lines, lineRows.Names(), rows)
	if err != nil {
		return nil, fault.Wrap(err, "write lines of journal", w.Account.Journal)
	}
	w.moved = true
	return ids, run.TellLinesCreated(env, w.Account.Journal, w.Company, w.run, ids, w.balance)
}

// lineRows are the rows of lines to be made, and what they change in the journal.
func (w *Writer) lineRows(env *orm.Env, entries []*importing.Entry) ([][]any, error) {
	of, err := w.Statements(env, entries)
	if err != nil {
		return nil, err
	}
	parties, err := partiesOf(env, w.Company, entries)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(entries))
	for i, e := range entries {
		row := lineRow{w: w, Entry: e, statement: of[i], partner: parties.of(e)}
		if row.foreign, row.paid, err = w.foreignOf(env, e); err != nil {
			return nil, err
		}
		if row.details, err = detailsOf(e); err != nil {
			return nil, err
		}
		rows[i] = lineRows.Row(&row)
		w.balance = record.Plus(w.balance, e.Amount)
		w.Touched.On(e.Date, of[i])
		if began := &w.Touched.Began; of[i] != 0 && began.Known && e.Date < began.Day && !w.Account.Coverage.Has(e.Date) {
			w.Touched.Older = record.Plus(w.Touched.Older, e.Amount)
		}
	}
	return rows, nil
}

// LabelOf is what a line is called: the bank's text, else the other party.
func LabelOf(e *importing.Entry) string {
	if e.Text != "" {
		return e.Text
	}
	return e.Partner
}

func detailsOf(e *importing.Entry) (any, error) {
	if len(e.Details) == 0 && e.ForeignCurrency == "" {
		return nil, nil
	}
	details := make(map[string]string, len(e.Details)+2)
	for k, v := range e.Details {
		details[k] = v
	}
	if e.ForeignCurrency != "" {
		details[ledger.OriginalAmount], details[ledger.OriginalCurrency] = e.Foreign.String(), e.ForeignCurrency
		if rate, err := e.Amount.Quo(e.Foreign); err == nil && !e.Foreign.IsZero() {
			details[ledger.ExchangeRate] = rate.Abs().Round(8).Trim(0).String()
		}
	}
	text, err := json.Marshal(details)
	return json.RawMessage(text), err
}

// Statements returns the statement of each entry, made when missing; 0 where
// the journal has none.
func (w *Writer) Statements(env *orm.Env, entries []*importing.Entry) ([]int64, error) {
	f := books.FinderOf(w.Account)
	var days []schema.Date
	for _, e := range entries {
		days = append(days, e.Date)
	}
	byDay, err := f.Find(env, days)
	if err != nil {
		return nil, err
	}
	of := make([]int64, len(entries))
	for i, e := range entries {
		of[i] = byDay[e.Date]
	}
	return of, nil
}
