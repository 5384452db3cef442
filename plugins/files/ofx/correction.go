package ofx

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// maxCorrections bounds the corrections of one statement that wait.
const maxCorrections = 1000

// correction is a transaction that replaces or takes back another one, which was
// not found before it.
type correction struct {
	line         int
	id, corrects string
	replaces     bool
	tx           sdk.Transaction
}

// correct takes a transaction that corrects another one of the statement
// (CORRECTFITID), and one that was corrected before it came. Only what is right
// in the end is booked. A correction whose other one does not come is refused
// when the statement ends.
func (d *document) correct(tx *sdk.Transaction) (done bool, err error) {
	t := &d.tx
	if t.corrects != "" && t.corrects != t.id && (t.action == "REPLACE" || t.action == "DELETE") {
		c := correction{line: t.line, id: t.id, corrects: t.corrects, replaces: t.action == "REPLACE", tx: *tx}
		return true, d.takeBack(&c)
	}
	for i := range d.corrections {
		c := d.corrections[i]
		if t.id == "" || c.corrects != t.id {
			continue
		}
		d.corrections = append(d.corrections[:i], d.corrections[i+1:]...)
		d.seen.corrected++
		if c.replaces {
			return true, d.book(c.tx, c.id)
		}
		return true, nil
	}
	return false, nil
}

// takeBack removes what a correction is about, or lets the correction wait for it.
func (d *document) takeBack(c *correction) error {
	old, found := d.out.Withdraw(func(tx *sdk.Transaction) bool { return tx.Details["fitid"] == c.corrects })
	switch {
	case !found && len(d.corrections) < maxCorrections:
		d.corrections = append(d.corrections, *c)
		return nil
	case !found:
		return d.refuseCorrection(c)
	}
	d.seen.corrected++
	d.seen.forget(&old)
	if old.Currency == d.out.Account.Currency {
		d.rows.moves.AddSigned(old.Amount, old.Direction != sdk.Out)
	}
	if c.replaces {
		return d.book(c.tx, c.id)
	}
	return nil
}

// refuseCorrections ends the wait.
func (d *document) refuseCorrections() error {
	list := d.corrections
	d.corrections = nil
	for i := range list {
		if err := d.refuseCorrection(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) refuseCorrection(c *correction) error {
	what := "takes back"
	if c.replaces {
		what = "replaces"
	}
	return d.out.Refuse(c.line, "transaction: it %s the transaction %q, which was not found once beside it in the file; it is not booked: "+
		"correct that one by hand", what, statement.Clip(c.corrects, 60))
}
