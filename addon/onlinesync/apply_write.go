package onlinesync

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
)

// writer turns a plan into lines and ledger rows.
type writer struct {
	s       *syncing
	account *accountFacts
	now     time.Time
	balance decimal.Decimal
	foreign map[string]int64 // currencies by code; 0 unknown
	touched touched          // by the chunk being written
	teller  string           // who told, where that is not the run's provider
	typed   map[*importing.Entry]typedLine
}

// step is one chunk, to be run in one transaction, again if need be.
type step func(env *orm.Env, counts *counters) error

// steps cuts a plan into chunks.
func (w *writer) steps(plan *importing.Plan) []step {
	var out []step
	size := w.s.a.opt.Chunk
	for chunk := range slices.Chunk(plan.Postings, size) {
		out = append(out, func(env *orm.Env, c *counters) error { return w.post(env, c, chunk) })
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
		chunk := plan.New[first:min(first+size, len(plan.New))]
		out = append(out, func(env *orm.Env, c *counters) error { return w.add(env, c, chunk, first, byRow) })
	}
	for chunk := range slices.Chunk(plan.Changes, size) {
		out = append(out, func(env *orm.Env, c *counters) error { return w.change(env, c, chunk) })
	}
	for chunk := range slices.Chunk(plan.Pendings, size) {
		out = append(out, func(env *orm.Env, _ *counters) error { return w.repend(env, chunk) })
	}
	for chunk := range slices.Chunk(plan.Removals, size) {
		out = append(out, func(env *orm.Env, c *counters) error { return w.remove(env, c, chunk) })
	}
	for chunk := range slices.Chunk(plan.Drops, size) {
		out = append(out, func(env *orm.Env, _ *counters) error { return w.drop(env, chunk) })
	}
	for chunk := range slices.Chunk(plan.Retired, size) {
		out = append(out, func(env *orm.Env, _ *counters) error { return w.retire(env, chunk) })
	}
	for chunk := range slices.Chunk(plan.Doubts, size) {
		out = append(out, func(env *orm.Env, _ *counters) error { return w.askAbout(env, chunk) })
	}
	for chunk := range slices.Chunk(ofKnown, size) {
		out = append(out, func(env *orm.Env, _ *counters) error { return w.alias(env, chunk) })
	}
	return out
}

var lineColumns = []string{"journal_id", "statement_id", "date", "payment_ref", "ref", "partner_id", "partner_name", "account_number", "amount",
	"foreign_currency_id", "amount_currency", "transaction_type", "transaction_details", "online_transaction_identifier",
	"online_account_id", "value_date"}

var ledgerColumns = []string{"account_id", "source", "identifier", "fingerprint", "occurrence", "status", "date", "value_date", "amount",
	"payment_ref", "partner_name", "account_number", "line_id", "first_seen", "posted_at", "raw", "run", "pending_since",
	"posted_run", "match_code"}

// add makes the ledger rows of new transactions, and the lines of the posted ones.
func (w *writer) add(env *orm.Env, counts *counters, chunk []importing.New, first int, byRow map[int][]importing.NewAlias) error {
	entries := make([]*importing.Entry, 0, len(chunk))
	for i := range chunk {
		if chunk[i].Status == importing.Posted {
			entries = append(entries, chunk[i].Entry)
		}
	}
	made, err := w.lines(env, entries)
	if err != nil {
		return err
	}
	counts.created += int64(len(made))
	w.s.a.hit("sync.chunk.lines")
	rows := make([][]any, len(chunk))
	next := 0
	for i := range chunk {
		n := &chunk[i]
		var line, posted, pending, by any
		if n.Status == importing.Posted {
			line, posted, by = made[next], w.now, w.s.run
			next++
		} else {
			pending = n.Date
		}
		rows[i] = []any{w.account.id, n.Ident.Source, orNoText(n.Ident.ID), n.Fingerprint, int64(n.Occurrence), string(n.Status), n.Date,
			orNoDate(n.ValueDate), n.Amount, orNoText(n.Text), orNoText(n.Partner), orNoText(n.Counter), line, w.now,
			posted, orNoText(n.Raw), w.s.run, pending, by, string(n.Reason)}
	}
	ids, err := env.BulkCreate(transactions, ledgerColumns, rows)
	if err != nil {
		return fault.Wrap(err, "write ledger of account", w.account.id)
	}
	if err := w.askNew(env, chunk, ids); err != nil {
		return err
	}
	w.s.a.hit("sync.chunk.ledger")
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

// lines makes one statement line per entry, in order.
func (w *writer) lines(env *orm.Env, entries []*importing.Entry) ([]int64, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	if w.account.begun {
		began, err := beginningOf(env, w.account.journal)
		if err != nil {
			return nil, err
		}
		w.touched.began = began
	}
	of, err := w.statements(env, entries)
	if err != nil {
		return nil, err
	}
	parties, err := partiesOf(env, w.s.company, entries)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(entries))
	for i, e := range entries {
		foreign, foreignAmount, err := w.foreignOf(env, e)
		if err != nil {
			return nil, err
		}
		details, err := detailsOf(e)
		if err != nil {
			return nil, err
		}
		rows[i] = []any{w.account.journal, orNil(of[i]), e.Date, orNoText(labelOf(e)), orNoText(e.EndToEnd), orNil(parties.of(e)), orNoText(e.Partner),
			orNoText(e.Counter), e.Amount, foreign, foreignAmount, orNoText(e.Code), details, orNoText(e.ID), w.account.id,
			orNoDate(e.ValueDate)}
		w.balance = plus(w.balance, e.Amount)
		w.touched.on(e.Date, of[i])
		if began := &w.touched.began; of[i] != 0 && began.known && e.Date < began.day && !w.account.coverage.Has(e.Date) {
			w.touched.older = plus(w.touched.older, e.Amount)
		}
	}
	ids, err := env.BulkCreate(lines, lineColumns, rows)
	if err != nil {
		return nil, fault.Wrap(err, "write lines of journal", w.account.journal)
	}
	w.s.fed[w.account.journal] = true
	return ids, w.s.linesCreated(env, w.account.journal, ids, w.balance)
}

// labelOf is what a line is called: the bank's text, else the other party.
func labelOf(e *importing.Entry) string {
	if e.Text != "" {
		return e.Text
	}
	return e.Partner
}

// foreignOf is the amount in the currency that was paid in. An unknown
// currency is kept among the details only.
func (w *writer) foreignOf(env *orm.Env, e *importing.Entry) (currency, amount any, err error) {
	if e.ForeignCurrency == "" || e.Foreign.IsZero() {
		return nil, nil, nil
	}
	id, known := w.foreign[e.ForeignCurrency]
	if !known {
		id, err = base.CurrencyID(env, e.ForeignCurrency)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return nil, nil, err
		}
		w.foreign[e.ForeignCurrency] = id
	}
	if id == 0 {
		return nil, nil, nil
	}
	return id, e.Foreign, nil
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
		details[originalAmount], details[originalCurrency] = e.Foreign.String(), e.ForeignCurrency
		if rate, err := e.Amount.Quo(e.Foreign); err == nil && !e.Foreign.IsZero() {
			details[exchangeRate] = rate.Abs().Round(8).Trim(0).String()
		}
	}
	text, err := json.Marshal(details)
	return json.RawMessage(text), err
}

// source is who told, as a user knows it.
func (w *writer) source() string {
	if w.teller != "" {
		return w.teller
	}
	if w.s.link != nil {
		return w.s.link.provider
	}
	return "file"
}
