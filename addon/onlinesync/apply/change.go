package apply

import (
	"maps"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// post makes the lines of pending transactions that posted, or came back.
func (w *Writer) post(env *orm.Env, counts *run.Counters, chunk []importing.Match) error {
	entries := make([]*importing.Entry, len(chunk))
	for i, m := range chunk {
		entries[i] = m.Now
	}
	made, err := w.Lines(env, entries)
	if err != nil {
		return err
	}
	counts.Created += int64(len(made))
	w.points.Hit("sync.chunk.lines")
	var ids []importing.NewAlias
	var asked []asking
	for i := range chunk {
		if d := chunk[i].Doubt; d != nil {
			asked = append(asked, w.doubt(d, chunk[i].ID, chunk[i].Now))
		}
		asked = append(asked, w.askTyped(chunk[i].Now, chunk[i].ID)...)
		values := w.ledgerValues(&chunk[i])
		values["status"], values["pending_since"], values["line_id"], values["posted_at"] = string(importing.Posted), nil, made[i], w.now
		values["removed_reason"], values["merged_into"] = nil, nil
		values["posted_run"], values["match_code"] = w.run, string(chunk[i].Reason)
		if err := env.Write(record.Transactions, []int64{chunk[i].ID}, values); err != nil {
			return err
		}
		for _, a := range chunk[i].Aliases {
			ids = append(ids, importing.NewAlias{Alias: a, Known: chunk[i].ID})
		}
	}
	if err := w.ask(env, asked); err != nil {
		return err
	}
	w.points.Hit("sync.chunk.ledger")
	return w.alias(env, ids)
}

// ledgerValues is what a ledger row says after it was told again.
func (w *Writer) ledgerValues(m *importing.Match) orm.Values {
	e := m.Now
	values := orm.Values{"fingerprint": m.Fingerprint, "occurrence": int64(m.Occurrence), "date": e.Date,
		"value_date": record.OrNoDate(e.ValueDate),
		"amount":     e.Amount, "payment_ref": record.OrNoText(e.Text), "partner_name": record.OrNoText(e.Partner),
		"account_number": record.OrNoText(e.Counter)}
	if e.Raw != "" {
		values["raw"] = e.Raw
	}
	return values
}

// LineFacts tells of lines whether somebody works with them.
type LineFacts struct {
	details   map[string]string
	Held      bool
	Name      string
	Date      schema.Date
	Statement int64
}

// LinesOf reads the lines of known transactions: an edited or reconciled one, one
// whose last change an undo took back for good, or one up to the lock date, is held.
func (w *Writer) LinesOf(env *orm.Env, ids []int64) (map[int64]LineFacts, error) {
	rows, err := env.SearchRead(record.Lines, domain.Where("id", domain.In, record.IDs(ids)),
		[]string{"name", "amount", "is_reconciled", "online_edited", "online_change_held", "date", "statement_id",
			"transaction_details"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	facts := make(map[int64]LineFacts, rows.Len())
	for row := range rows.All() {
		held := record.Reconciled(row) || row.Bool("online_edited") || row.Bool("online_change_held") || w.Locked(row.Date("date"))
		facts[row.ID()] = LineFacts{ledger.DetailsIn(row.JSON("transaction_details")), held, row.Str("name"), row.Date("date"),
			row.Ref("statement_id")}
	}
	return facts, nil
}

// Locked reports whether a day lies in closed books.
func (w *Writer) Locked(day schema.Date) bool { return w.Account.Lock != "" && day <= w.Account.Lock }

// change makes untouched lines follow what the bank says now, and flags the others.
func (w *Writer) change(env *orm.Env, counts *run.Counters, chunk []importing.Match) error {
	ids := make([]int64, 0, len(chunk))
	entries := make([]*importing.Entry, len(chunk))
	for i, m := range chunk {
		ids = append(ids, m.Line)
		entries[i] = m.Now
	}
	facts, err := w.LinesOf(env, ids)
	if err != nil {
		return err
	}
	of, err := w.Statements(env, entries)
	if err != nil {
		return err
	}
	var held []string
	var asked []asking
	for i := range chunk {
		m := &chunk[i]
		if m.Doubt != nil {
			asked = append(asked, w.doubt(m.Doubt, m.ID, m.Now))
		}
		line, ok := facts[m.Line]
		if ok && !line.Held && !w.Locked(m.Now.Date) {
			values := ToldValues(m.Now)
			if m.Now.ForeignCurrency != "" {
				paid, err := w.ForeignValues(env, m.Now)
				if err != nil {
					return err
				}
				maps.Copy(values, paid)
			}
			if m.Now.Date != m.Date && of[i] != 0 {
				values["statement_id"] = of[i]
			}
			if err := env.Write(record.Lines, []int64{m.Line}, values); err != nil {
				return err
			}
			w.Touched.On(min(line.Date, m.Now.Date), line.Statement)
			w.Touched.On(m.Now.Date, of[i])
			counts.Updated++
			w.moved = true
		} else if ok {
			held = append(held, line.Name)
			asked = append(asked, w.heldQuestion(record.ChangedHeld, line.Name, m.Known, m.Now))
		}
		values := w.ledgerValues(m)
		w.beforeChange(values, m, line.details)
		values["status"], values["removed_reason"] = string(importing.Posted), nil
		if err := env.Write(record.Transactions, []int64{m.ID}, values); err != nil {
			return err
		}
	}
	if err := w.ask(env, asked); err != nil {
		return err
	}
	return w.flag(env, held)
}

// heldQuestion asks what becomes of a line that the bank changed (now), or took
// back (now nil), but that somebody works with.
func (w *Writer) heldQuestion(kind, line string, k *importing.Known, now *importing.Entry) asking {
	args := fault.Args{"line": line, "date": string(k.Date), "amount": record.PlainText(k.Amount), "currency": w.Account.Currency,
		"text": record.SayingOf(k.Text, k.Partner)}
	key := doubtKey(kind, k.ID, 0)
	if now != nil {
		args["now_date"], args["now_amount"], args["now_text"] = string(now.Date), record.PlainText(now.Amount),
			record.SayingOf(now.Text, now.Partner)
		key += ":" + importing.Fingerprint(now)
	}
	return asking{kind: kind, of: k.ID, reason: w.Say("review."+kind, args), key: key}
}

// ToldValues are a line's fields that the bank tells.
func ToldValues(e *importing.Entry) orm.Values {
	return orm.Values{"date": e.Date, "value_date": record.OrNoDate(e.ValueDate), "amount": e.Amount,
		"payment_ref": record.OrNoText(LabelOf(e)), "partner_name": record.OrNoText(e.Partner),
		"account_number": record.OrNoText(e.Counter)}
}

// repend makes pending rows say what is told now.
func (w *Writer) repend(env *orm.Env, chunk []importing.Match) error {
	for i := range chunk {
		values := w.ledgerValues(&chunk[i])
		values["status"], values["pending_since"], values["removed_reason"] = string(importing.Pending), chunk[i].Now.Date, nil
		if err := env.Write(record.Transactions, []int64{chunk[i].ID}, values); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes the untouched lines of what the bank took back, and flags the others.
func (w *Writer) remove(env *orm.Env, counts *run.Counters, chunk []*importing.Known) error {
	var with []int64
	for _, k := range chunk {
		if k.Line != 0 {
			with = append(with, k.Line)
		}
	}
	facts, err := w.LinesOf(env, with)
	if err != nil {
		return err
	}
	var gone, rows []int64
	var held []string
	var asked []asking
	for _, k := range chunk {
		rows = append(rows, k.ID)
		switch line, ok := facts[k.Line]; {
		case ok && line.Held:
			held = append(held, line.Name)
			asked = append(asked, w.heldQuestion(record.RemovedHeld, line.Name, k, nil))
		case ok:
			gone = append(gone, k.Line)
			w.Touched.On(line.Date, line.Statement)
		}
	}
	if err := env.Write(record.Transactions, rows, orm.Values{"status": string(importing.Removed), "pending_since": nil,
		"removed_reason": w.Say("removed.by_bank", fault.Args{"source": w.Source})}); err != nil {
		return err
	}
	if err := w.ask(env, asked); err != nil {
		return err
	}
	if len(gone) > 0 {
		if err := ledger.KeepLines(env, gone); err != nil {
			return err
		}
		if err := env.Unlink(record.Lines, gone); err != nil {
			return err
		}
		counts.Removed += int64(len(gone))
		if err := w.beforeRemoval(env, chunk, gone); err != nil {
			return err
		}
		w.moved = true
		if err := run.TellJournalChanged(env, w.Account.Journal, w.Company, w.run, gone); err != nil {
			return err
		}
	}
	return w.flag(env, held)
}

// drop ends pending transactions that never posted by themselves, and says why.
func (w *Writer) drop(env *orm.Env, chunk []importing.Drop) error {
	plain := map[importing.DropReason][]int64{}
	for _, d := range chunk {
		if d.Into == nil {
			plain[d.Why] = append(plain[d.Why], d.ID)
			continue
		}
		if err := env.Write(record.Transactions, []int64{d.ID}, w.dropped(d.Why, d.Into.ID)); err != nil {
			return err
		}
	}
	for why, ids := range plain {
		if err := env.Write(record.Transactions, ids, w.dropped(why, 0)); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) dropped(why importing.DropReason, into int64) orm.Values {
	return orm.Values{"status": string(importing.Removed), "pending_since": nil, "merged_into": record.OrNil(into),
		"removed_reason": w.Say("removed."+string(why), fault.Args{"source": w.Source})}
}

// retire notes ids that the provider took back while another source still tells
// the transaction.
func (w *Writer) retire(env *orm.Env, chunk []importing.NewAlias) error {
	for _, a := range chunk {
		known, err := env.Search(record.Aliases, domain.All(domain.Where("account_id", domain.Eq, w.Account.ID),
			domain.Where("source", domain.Eq, a.Source),
			domain.Where("identifier", domain.Eq, a.ID)), orm.SearchOptions{})
		if err != nil {
			return err
		}
		if len(known) == 0 {
			err = w.alias(env, []importing.NewAlias{a})
		} else {
			err = env.Write(record.Aliases, known, orm.Values{"retired": true})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// alias remembers further ids of transactions.
func (w *Writer) alias(env *orm.Env, chunk []importing.NewAlias) error {
	if len(chunk) == 0 {
		return nil
	}
	rows := make([][]any, len(chunk))
	for i, a := range chunk {
		rows[i] = []any{a.Known, w.Account.ID, a.Source, a.ID, a.Retired}
	}
	_, err := env.BulkCreate(record.Aliases, []string{"transaction_id", "account_id", "source", "identifier", "retired"}, rows)
	return err
}

// mentioned is how many changed lines a message names.
const mentioned = 20

// flag tells on the journal which lines were left as users made them.
func (w *Writer) flag(env *orm.Env, held []string) error {
	if len(held) == 0 {
		return nil
	}
	if len(held) > mentioned {
		held = append(held[:mentioned:mentioned], "…")
	}
	_, err := mail.Post(env, record.Journals, w.Account.Journal, w.Say("sync.line_held", fault.Args{"lines": strings.Join(held, ", ")}),
		mail.Options{})
	return err
}
