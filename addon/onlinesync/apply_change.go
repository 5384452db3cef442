package onlinesync

import (
	"maps"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// post makes the lines of pending transactions that posted, or came back.
func (w *writer) post(env *orm.Env, counts *counters, chunk []importing.Match) error {
	entries := make([]*importing.Entry, len(chunk))
	for i, m := range chunk {
		entries[i] = m.Now
	}
	made, err := w.lines(env, entries)
	if err != nil {
		return err
	}
	counts.created += int64(len(made))
	w.s.a.hit("sync.chunk.lines")
	var ids []importing.NewAlias
	var questions []asking
	for i := range chunk {
		if d := chunk[i].Doubt; d != nil {
			questions = append(questions, w.doubt(d, chunk[i].ID, chunk[i].Now))
		}
		questions = append(questions, w.askTyped(chunk[i].Now, chunk[i].ID)...)
		values := w.ledgerValues(&chunk[i])
		values["status"], values["pending_since"], values["line_id"], values["posted_at"] = string(importing.Posted), nil, made[i], w.now
		values["removed_reason"], values["merged_into"] = nil, nil
		values["posted_run"], values["match_code"] = w.s.run, string(chunk[i].Reason)
		if err := env.Write(transactions, []int64{chunk[i].ID}, values); err != nil {
			return err
		}
		for _, a := range chunk[i].Aliases {
			ids = append(ids, importing.NewAlias{Alias: a, Known: chunk[i].ID})
		}
	}
	if err := w.ask(env, questions); err != nil {
		return err
	}
	w.s.a.hit("sync.chunk.ledger")
	return w.alias(env, ids)
}

// ledgerValues is what a ledger row says after it was told again.
func (w *writer) ledgerValues(m *importing.Match) orm.Values {
	e := m.Now
	values := orm.Values{"fingerprint": m.Fingerprint, "occurrence": int64(m.Occurrence), "date": e.Date, "value_date": orNoDate(e.ValueDate),
		"amount": e.Amount, "payment_ref": orNoText(e.Text), "partner_name": orNoText(e.Partner), "account_number": orNoText(e.Counter)}
	if e.Raw != "" {
		values["raw"] = e.Raw
	}
	return values
}

// lineFacts tells of lines whether somebody works with them.
type lineFacts struct {
	details   map[string]string
	held      bool
	name      string
	date      schema.Date
	statement int64
}

// linesOf reads the lines of known transactions: an edited or reconciled one,
// or one up to the lock date, is held.
func (w *writer) linesOf(env *orm.Env, ids []int64) (map[int64]lineFacts, error) {
	rows, err := env.SearchRead(lines, domain.Where("id", domain.In, anyIDs(ids)), []string{"name", "is_reconciled", "online_edited", "date", "statement_id", "transaction_details"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	facts := make(map[int64]lineFacts, rows.Len())
	for row := range rows.All() {
		held := row.Bool("is_reconciled") || row.Bool("online_edited") || w.locked(row.Date("date"))
		facts[row.ID()] = lineFacts{detailsIn(row.JSON("transaction_details")), held, row.Str("name"), row.Date("date"), row.Ref("statement_id")}
	}
	return facts, nil
}

func (w *writer) locked(day schema.Date) bool { return w.account.lock != "" && day <= w.account.lock }

// change makes untouched lines follow what the bank says now, and flags the others.
func (w *writer) change(env *orm.Env, counts *counters, chunk []importing.Match) error {
	ids := make([]int64, 0, len(chunk))
	entries := make([]*importing.Entry, len(chunk))
	for i, m := range chunk {
		ids = append(ids, m.Line)
		entries[i] = m.Now
	}
	facts, err := w.linesOf(env, ids)
	if err != nil {
		return err
	}
	of, err := w.statements(env, entries)
	if err != nil {
		return err
	}
	var held []string
	var questions []asking
	for i := range chunk {
		m := &chunk[i]
		if m.Doubt != nil {
			questions = append(questions, w.doubt(m.Doubt, m.ID, m.Now))
		}
		line, ok := facts[m.Line]
		if ok && !line.held && !w.locked(m.Now.Date) {
			values := toldValues(m.Now)
			if m.Now.ForeignCurrency != "" {
				paid, err := w.foreignValues(env, m.Now)
				if err != nil {
					return err
				}
				maps.Copy(values, paid)
			}
			if m.Now.Date != m.Date && of[i] != 0 {
				values["statement_id"] = of[i]
			}
			if err := env.Write(lines, []int64{m.Line}, values); err != nil {
				return err
			}
			w.touched.on(min(line.date, m.Now.Date), line.statement)
			w.touched.on(m.Now.Date, of[i])
			counts.updated++
			w.s.fed[w.account.journal] = true
		} else if ok {
			held = append(held, line.name)
			questions = append(questions, w.heldQuestion(changedHeld, line.name, m.Known, m.Now))
		}
		values := w.ledgerValues(m)
		w.beforeChange(values, m, line.details)
		values["status"], values["removed_reason"] = string(importing.Posted), nil
		if err := env.Write(transactions, []int64{m.ID}, values); err != nil {
			return err
		}
	}
	if err := w.ask(env, questions); err != nil {
		return err
	}
	return w.flag(env, held)
}

// heldQuestion asks what becomes of a line that the bank changed (now), or took
// back (now nil), but that somebody works with.
func (w *writer) heldQuestion(kind, line string, k *importing.Known, now *importing.Entry) asking {
	args := fault.Args{"line": line, "date": string(k.Date), "amount": plainText(k.Amount), "currency": w.account.currency, "text": sayingOf(k.Text, k.Partner)}
	key := doubtKey(kind, k.ID, 0)
	if now != nil {
		args["now_date"], args["now_amount"], args["now_text"] = string(now.Date), plainText(now.Amount), sayingOf(now.Text, now.Partner)
		key += ":" + importing.Fingerprint(now)
	}
	return asking{kind: kind, of: k.ID, reason: w.s.say("review."+kind, args), key: key}
}

// toldValues are a line's fields that the bank tells.
func toldValues(e *importing.Entry) orm.Values {
	return orm.Values{"date": e.Date, "value_date": orNoDate(e.ValueDate), "amount": e.Amount,
		"payment_ref": orNoText(labelOf(e)), "partner_name": orNoText(e.Partner), "account_number": orNoText(e.Counter)}
}

// repend makes pending rows say what is told now.
func (w *writer) repend(env *orm.Env, chunk []importing.Match) error {
	for i := range chunk {
		values := w.ledgerValues(&chunk[i])
		values["status"], values["pending_since"], values["removed_reason"] = string(importing.Pending), chunk[i].Now.Date, nil
		if err := env.Write(transactions, []int64{chunk[i].ID}, values); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes the untouched lines of what the bank took back, and flags the others.
func (w *writer) remove(env *orm.Env, counts *counters, chunk []*importing.Known) error {
	var with []int64
	for _, k := range chunk {
		if k.Line != 0 {
			with = append(with, k.Line)
		}
	}
	facts, err := w.linesOf(env, with)
	if err != nil {
		return err
	}
	var gone, rows []int64
	var held []string
	var questions []asking
	for _, k := range chunk {
		rows = append(rows, k.ID)
		switch line, ok := facts[k.Line]; {
		case ok && line.held:
			held = append(held, line.name)
			questions = append(questions, w.heldQuestion(removedHeld, line.name, k, nil))
		case ok:
			gone = append(gone, k.Line)
			w.touched.on(line.date, line.statement)
		}
	}
	if err := env.Write(transactions, rows, orm.Values{"status": string(importing.Removed), "pending_since": nil,
		"removed_reason": w.s.say("removed.by_bank", fault.Args{"source": w.source()})}); err != nil {
		return err
	}
	if err := w.ask(env, questions); err != nil {
		return err
	}
	if len(gone) > 0 {
		if err := keepLines(env, gone); err != nil {
			return err
		}
		if err := env.Unlink(lines, gone); err != nil {
			return err
		}
		counts.removed += int64(len(gone))
		if err := w.beforeRemoval(env, chunk, gone); err != nil {
			return err
		}
		w.s.fed[w.account.journal] = true
		if err := w.s.linesDeleted(env, w.account.journal, gone); err != nil {
			return err
		}
	}
	return w.flag(env, held)
}

// drop ends pending transactions that never posted by themselves, and says why.
func (w *writer) drop(env *orm.Env, chunk []importing.Drop) error {
	plain := map[importing.DropReason][]int64{}
	for _, d := range chunk {
		if d.Into == nil {
			plain[d.Why] = append(plain[d.Why], d.ID)
			continue
		}
		if err := env.Write(transactions, []int64{d.ID}, w.dropped(d.Why, d.Into.ID)); err != nil {
			return err
		}
	}
	for why, ids := range plain {
		if err := env.Write(transactions, ids, w.dropped(why, 0)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) dropped(why importing.DropReason, into int64) orm.Values {
	return orm.Values{"status": string(importing.Removed), "pending_since": nil, "merged_into": orNil(into),
		"removed_reason": w.s.say("removed."+string(why), fault.Args{"source": w.source()})}
}

// retire notes ids that the provider took back while another source still tells
// the transaction.
func (w *writer) retire(env *orm.Env, chunk []importing.NewAlias) error {
	for _, a := range chunk {
		known, err := env.Search(aliases, domain.All(domain.Where("account_id", domain.Eq, w.account.id), domain.Where("source", domain.Eq, a.Source),
			domain.Where("identifier", domain.Eq, a.ID)), orm.SearchOptions{})
		if err != nil {
			return err
		}
		if len(known) == 0 {
			err = w.alias(env, []importing.NewAlias{a})
		} else {
			err = env.Write(aliases, known, orm.Values{"retired": true})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// alias remembers further ids of transactions.
func (w *writer) alias(env *orm.Env, chunk []importing.NewAlias) error {
	if len(chunk) == 0 {
		return nil
	}
	rows := make([][]any, len(chunk))
	for i, a := range chunk {
		rows[i] = []any{a.Known, w.account.id, a.Source, a.ID, a.Retired}
	}
	_, err := env.BulkCreate(aliases, []string{"transaction_id", "account_id", "source", "identifier", "retired"}, rows)
	return err
}

// flag tells on the journal which lines were left as users made them.
func (w *writer) flag(env *orm.Env, held []string) error {
	if len(held) == 0 {
		return nil
	}
	if len(held) > mentioned {
		held = append(held[:mentioned:mentioned], "…")
	}
	_, err := mail.Post(env, journals, w.account.journal, w.s.say("sync.line_held", fault.Args{"lines": strings.Join(held, ", ")}), mail.Options{})
	return err
}
