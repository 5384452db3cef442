package mt940

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// totals are what the entries of a message come to, for :90C: and :90D:.
type totals struct {
	booked, all statement.Tally
	agreed      int // totals that agree
	denied      bool
}

func (t *totals) add(e *entry) {
	side, size := statement.Credits, statement.Size(e.amount.Digits)
	if e.amount.Negative {
		side = statement.Debits
	}
	t.all.Add(side, size)
	if !e.expected {
		t.booked.Add(side, size)
	}
}

// total holds a :90C: or :90D:, number, currency and sum, against the entries;
// expected ones may count or not. One that cannot be read, or stands where an
// entry could not be, proves nothing.
func (m *reader) total(f *field) error {
	side, what := statement.Credits, "credits"
	if f.tag == "90D" {
		side, what = statement.Debits, "debits"
	}
	text := f.first()
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	count, err := strconv.Atoi(text[:digits])
	if err != nil || len(text) < digits+4 || !isCurrency(text[digits:digits+3]) || m.proof.lost {
		return nil
	}
	amount, err := statement.ParseAmount(text[digits+3:])
	if err != nil {
		return nil
	}
	told, t := statement.SumOf(amount), &m.proof.totals
	for _, come := range []*statement.Tally{&t.all, &t.booked} {
		if come.Count[side] == count && come.Sum[side].Equal(told) {
			t.agreed++
			return nil
		}
	}
	t.denied = true
	return m.out.Find(statement.TotalDiffers(f.line, what, fmt.Sprintf("%s (%d)", amount, count),
		fmt.Sprintf("%s (%d)", &t.all.Sum[side], t.all.Count[side])))
}

// agreed tells that the totals of a message hold.
func (m *reader) agreed() error {
	t := &m.proof.totals
	if t.agreed == 0 || t.denied {
		return nil
	}
	return m.out.Find(statement.TotalsAgree(t.all.Entries()))
}
