package record

import "github.com/girosync/girosync/addon/orm"

// Reconciled reports whether somebody reconciled a line, whose amount and
// is_reconciled were read. A line of amount 0 is reconciled by itself: nobody works
// with it because of that.
func Reconciled(line orm.Row) bool {
	return line.Bool("is_reconciled") && !line.Decimal("amount").IsZero()
}
