package statement

import (
	"math/big"
	"strings"
)

// Sum adds up amounts exactly. Its zero value is 0. Amounts of up to four
// decimals that stay below nine hundred trillion cost no memory.
type Sum struct {
	small int64    // ten-thousandths
	large *big.Rat // what is beyond them
}

const (
	sumDecimals = 4
	sumDigits   = 14 // before the point
)

// Add adds an amount.
func (s *Sum) Add(a Amount) { s.AddSigned(a.Digits, a.Negative) }

// AddText adds an amount written with its sign, as balances are.
func (s *Sum) AddText(amount string) {
	digits, negative := strings.CutPrefix(amount, "-")
	s.AddSigned(digits, negative)
}

// Negated returns the sum with the other sign.
func (s Sum) Negated() (n Sum) {
	n.Minus(s)
	return n
}

// AddSigned adds digits with "." before their decimals.
func (s *Sum) AddSigned(digits string, negative bool) {
	units, ok := tenThousandths(digits)
	if negative {
		units = -units
	}
	const most = 1 << 62
	if ok && s.small+units < most && s.small+units > -most {
		s.small += units
		return
	}
	n, ok := new(big.Rat).SetString(digits)
	if !ok {
		return
	}
	if negative {
		n.Neg(n)
	}
	s.addLarge(n)
}

// addLarge leaves the old number to the sums that were copied from this one.
func (s *Sum) addLarge(n *big.Rat) {
	if s.large != nil {
		n = new(big.Rat).Add(s.large, n)
	}
	s.large = n
}

// Size is the sum of one amount without its sign.
func Size(digits string) (s Sum) {
	s.AddSigned(digits, false)
	return s
}

// SumOf is the sum of one amount.
func SumOf(a Amount) (s Sum) {
	s.Add(a)
	return s
}

// Plus adds another sum.
func (s *Sum) Plus(o Sum) {
	const most = 1 << 62
	if n := s.small + o.small; n < most && n > -most {
		s.small = n
	} else {
		s.addLarge(big.NewRat(o.small, 10_000))
	}
	if o.large != nil {
		s.addLarge(o.large)
	}
}

// Minus takes another sum off.
func (s *Sum) Minus(o Sum) {
	o.small = -o.small
	if o.large != nil {
		o.large = new(big.Rat).Neg(o.large)
	}
	s.Plus(o)
}

// Equal reports whether two sums are the same number.
func (s Sum) Equal(o Sum) bool {
	if s.large == nil && o.large == nil {
		return s.small == o.small
	}
	return s.rat().Cmp(o.rat()) == 0
}

// IsZero reports whether the sum is nothing.
func (s Sum) IsZero() bool { return s.Equal(Sum{}) }

// tenThousandths reads digits that are few enough.
func tenThousandths(digits string) (units int64, ok bool) {
	decimals := -1
	for i := 0; i < len(digits); i++ {
		switch c := digits[i]; {
		case c >= '0' && c <= '9':
			units = units*10 + int64(c-'0')
			if decimals >= 0 {
				decimals++
			}
		case c == '.' && decimals < 0 && i <= sumDigits:
			decimals = 0
		default:
			return 0, false
		}
		if decimals > sumDecimals || decimals < 0 && i >= sumDigits {
			return 0, false
		}
	}
	for decimals = max(decimals, 0); decimals < sumDecimals; decimals++ {
		units *= 10
	}
	return units, digits != ""
}

// rat returns the sum as a fraction.
func (s *Sum) rat() *big.Rat {
	n := big.NewRat(s.small, 10_000)
	if s.large != nil {
		n.Add(n, s.large)
	}
	return n
}

// Is reports whether the sum is an amount written with its sign.
func (s *Sum) Is(amount string) bool {
	n, ok := new(big.Rat).SetString(amount)
	return ok && n.Cmp(s.rat()) == 0
}

// String returns the sum with two decimals, or as many as it needs.
func (s *Sum) String() string {
	n := s.rat()
	for decimals := 2; ; decimals++ {
		text := n.FloatString(decimals)
		if back, _ := new(big.Rat).SetString(text); back.Cmp(n) == 0 || decimals > maxDigits {
			return text
		}
	}
}
