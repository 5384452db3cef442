package table

import (
	"fmt"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// units returns an amount as a whole number of millionths, which is how sums
// are compared; not ok when it has more decimals, or more than twelve digits.
func units(a statement.Amount) (n int64, ok bool) {
	decimals, point := 0, false
	if len(a.Digits) == 0 || len(a.Digits) > 19 {
		return 0, false
	}
	for i := range len(a.Digits) {
		c := a.Digits[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			return 0, false
		}
		if point {
			decimals++
		} else if n >= 1e11 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if decimals > 6 {
		return 0, false
	}
	for ; decimals < 6; decimals++ {
		n *= 10
	}
	if a.Negative {
		n = -n
	}
	return n, true
}

// fromUnits is the amount of a number of millionths, with two decimals or more.
func fromUnits(n int64) statement.Amount {
	a := statement.Amount{Negative: n < 0}
	if n < 0 {
		n = -n
	}
	text := fmt.Sprintf("%d.%06d", n/1e6, n%1e6)
	for range 4 {
		text = strings.TrimSuffix(text, "0")
	}
	a.Digits = text
	return a
}
