package bai2

import (
	"strconv"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// parts are the totals of credits (100) and debits (400) that an account tells,
// and what its details come to.
type parts struct {
	told [2]*statement.Amount
	come statement.Tally
	lost bool // a detail could not be read
}

func (p *parts) tell(code string, a statement.Amount) {
	side := statement.Credits
	if code == "400" {
		side = statement.Debits
	}
	a.Negative = false // some banks write debits with their sign
	p.told[side] = &a
}

func (p *parts) add(tx *sdk.Transaction) {
	p.come.Add(statement.SideOf(tx.Direction), statement.Size(tx.Amount))
}

// findings tells what an account's trailer, balances and totals prove or deny.
// An account without details tells balances alone: there is nothing to prove.
func (d *document) findings(trailer *record, controlled bool) error {
	d.lines += trailer.lines()
	if told, ok := counted(trailer.fields().at(1)); ok && told > d.lines {
		if err := d.out.Find(statement.CountDiffers(trailer.line, "records", told, d.lines)); err != nil {
			return err
		}
	}
	if d.group.final {
		d.out.Follow(d.out.Opening, d.out.Closing)
	}
	if d.parts.come.Entries() == 0 && !d.parts.lost {
		return nil
	}
	if _, err := d.out.ProveClosing(d.group.final); err != nil {
		return err
	}
	for side, what := range [...]string{"credits", "debits"} {
		told, come := d.parts.told[side], &d.parts.come.Sum[side]
		if told != nil && d.group.final && !come.Is(told.String()) {
			return d.out.Find(statement.TotalDiffers(trailer.line, what, told.String(), come.String()))
		}
	}
	if !controlled {
		return nil
	}
	return d.out.Find(statement.TotalsAgree(d.parts.come.Entries()))
}

// counted reads a count of at most nine digits.
func counted(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && isCount(s) && len(s) < 10
}
