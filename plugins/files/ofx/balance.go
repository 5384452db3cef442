package ofx

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// balance is a LEDGERBAL or AVAILBAL as the file has it.
type balance struct {
	line         int
	amount, asOf string
}

func (b *balance) set(name, text string) {
	switch {
	case name == "BALAMT" && b.amount == "":
		b.amount = text
	case name == "DTASOF" && b.asOf == "":
		b.asOf = text
	}
}

// balance takes the balance that was just closed. An empty one is none.
func (d *document) balance(name string) error {
	if !d.stmt || d.bal.amount == "" {
		return nil
	}
	amount, err := statement.ParseAmount(d.bal.amount)
	if err != nil {
		return d.out.Refuse(d.bal.line, "balance: %v", err)
	}
	told := sdk.Balance{Kind: sdk.Interim, Amount: amount.String(), Currency: d.out.Account.Currency}
	told.Date, _ = statement.ParseCompact(d.bal.asOf) // unknown when unreadable
	if name == "AVAILBAL" {
		told.Kind = sdk.Available
		d.out.Account.Balances = []sdk.Balance{told}
		return nil
	}
	d.out.Closing = &told
	return nil
}

// balanceRows follows the rows that tell a balance among the transactions, as
// Brazilian banks write them.
type balanceRows struct {
	last    *statement.Amount // balance that was told last
	moves   statement.Sum     // behind it
	waiting []waitingRow      // balances with ids that the next one must prove
}

// waitingRow is a row that reads like a balance, before anything proves that it is.
type waitingRow struct {
	line    int
	text    string
	day     sdk.Date
	now     statement.Amount
	telling words.Kind
}

// agree reports whether a balance is what the last one and the movements since
// come to, in the order of days or against it.
func (r *balanceRows) agree(now statement.Amount) bool {
	if r.last == nil {
		return false
	}
	forth, back := r.moves, r.moves
	forth.Add(*r.last)
	back.Add(now)
	return forth.Is(now.String()) || back.Is(r.last.String())
}

// tells reports what a transaction's words say of its amount. Another party
// makes it a movement, and so does one text that says anything else.
func (t *transaction) tells(lib *words.Library) words.Kind {
	if t.payee != "" || t.account != "" {
		return words.None
	}
	telling := words.None
	for _, text := range [...]string{t.name, t.memo} {
		if text == "" {
			continue
		}
		if telling = lib.Tells(text); telling == words.None {
			break
		}
	}
	return telling
}

// balanceRow reports whether a row tells a balance or a turnover, and takes it.
// Besides its words, it must have no id, as no movement had, or its amount must
// be what the rows beside it come to. A row of which only the words say so is
// refused, and so is a balance that the rows deny.
func (d *document) balanceRow(tx *sdk.Transaction) (bool, error) {
	telling := d.tx.tells(d.words)
	if telling == words.None {
		return false, nil
	}
	now := statement.Amount{Digits: tx.Amount, Negative: tx.Direction == sdk.Out}
	proven, known, named := d.rows.agree(now), d.rows.last != nil, statement.IsReference(d.tx.id)
	switch {
	case telling == words.Turnover && !named:
		d.seen.rows++
		return true, nil
	case named && !proven && !known && telling != words.Turnover:
		d.rows = balanceRows{last: &now, waiting: []waitingRow{{d.tx.line, tx.Reference, tx.Date, now, telling}}}
		return true, nil
	case named && !proven:
		waiting := d.rows.waiting
		if d.rows.waiting = nil; len(waiting) > 0 {
			d.rows = balanceRows{}
		}
		return true, d.refuseRows(append(waiting, waitingRow{d.tx.line, tx.Reference, tx.Date, now, telling}))
	}
	for _, w := range d.rows.waiting {
		if proven {
			d.openWith(&w)
			d.seen.rows++
		} else if err := d.refuseRows(d.rows.waiting); err != nil {
			return true, err
		}
	}
	d.openWith(&waitingRow{day: tx.Date, now: now, telling: telling})
	known = known && len(d.rows.waiting) == 0
	d.rows = balanceRows{last: &now}
	if d.seen.rows++; proven {
		d.seen.agreed++
	}
	if known && !proven {
		d.seen.denied = true
		return true, d.out.Refuse(d.tx.line, "balance: %q of %s gives %s, which the rows beside it do not come to: something is missing "+
			"or was changed", statement.Clip(tx.Reference, 60), tx.Date, now)
	}
	return true, nil
}

// openWith takes a proven row that tells the opening balance for that.
func (d *document) openWith(w *waitingRow) {
	if w.telling == words.Opening && d.out.Opening == nil && !d.out.Sent() {
		d.out.Opening = &sdk.Balance{Kind: sdk.Opening, Amount: w.now.String(), Currency: d.out.Account.Currency, Date: w.day}
	}
}

// refuseRows refuses rows of which only their words say that they are balances.
func (d *document) refuseRows(rows []waitingRow) error {
	for _, w := range rows {
		if err := d.out.Refuse(w.line, "transaction: %q of %s, %s, reads like a balance or a sum of other rows, and nothing in the file "+
			"proves what it is; it is not booked", statement.Clip(w.text, 60), w.day, w.now); err != nil {
			return err
		}
	}
	return nil
}
