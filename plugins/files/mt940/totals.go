package mt940

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// totals are what the entries of a message come to, for :90C: and :90D:.
type totals struct {
	booked, all [2]total // credits, debits
	agreed      int      // totals that agree
	denied      bool
}

type total struct {
	count int
	sum   statement.Sum
}

func (t *totals) add(e *entry) {
	side := 0
	if e.amount.Negative {
		side = 1
	}
	amount := statement.SumOf(statement.Amount{Digits: e.amount.Digits})
	t.all[side].count++
	t.all[side].sum.Plus(amount)
	if !e.expected {
		t.booked[side].count++
		t.booked[side].sum.Plus(amount)
	}
}

// total holds a :90C: or :90D:, number, currency and sum, against the entries;
// expected ones may count or not. One that cannot be read, or stands where an
// entry could not be, proves nothing.
func (m *reader) total(f *field) error {
	side, what := 0, "credits"
	if f.tag == "90D" {
		side, what = 1, "debits"
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
	for _, come := range []total{t.all[side], t.booked[side]} {
		if come.count == count && come.sum.Equal(told) {
			t.agreed++
			return nil
		}
	}
	t.denied = true
	come := t.all[side]
	return m.out.Find(statement.TotalDiffers(f.line, what, fmt.Sprintf("%s (%d)", amount, count),
		fmt.Sprintf("%s (%d)", &come.sum, come.count)))
}

// agreed tells that the totals of a message hold.
func (m *reader) agreed() error {
	t := &m.proof.totals
	if t.agreed == 0 || t.denied {
		return nil
	}
	return m.out.Find(statement.TotalsAgree(t.all[0].count + t.all[1].count))
}
