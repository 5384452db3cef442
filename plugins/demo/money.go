package demo

import "strconv"

// currency is one kind of money: its ISO 4217 code, how many decimals its
// amounts have, and about how many thousandths of it one euro buys.
type currency struct {
	code     string
	decimals int
	perEuro  int64
}

// currencyOf returns what the world knows of a currency; of an unknown code,
// the euro's.
func currencyOf(code string) currency {
	switch code {
	case "USD":
		return currency{"USD", 2, 1090}
	case "GBP":
		return currency{"GBP", 2, 855}
	case "JPY":
		return currency{"JPY", 0, 163_000}
	case "CHF":
		return currency{"CHF", 2, 955}
	case "CZK":
		return currency{"CZK", 2, 25_100}
	case "DKK":
		return currency{"DKK", 2, 7459}
	case "HUF":
		return currency{"HUF", 2, 392_000}
	case "ISK":
		return currency{"ISK", 0, 149_000}
	case "NOK":
		return currency{"NOK", 2, 11_600}
	case "PLN":
		return currency{"PLN", 2, 4300}
	case "RON":
		return currency{"RON", 2, 4975}
	case "SEK":
		return currency{"SEK", 2, 11_300}
	case "TRY":
		return currency{"TRY", 2, 35_200}
	case "CAD":
		return currency{"CAD", 2, 1480}
	case "AUD":
		return currency{"AUD", 2, 1640}
	case "NZD":
		return currency{"NZD", 2, 1790}
	case "SGD":
		return currency{"SGD", 2, 1460}
	case "AED":
		return currency{"AED", 2, 4000}
	case "KWD":
		return currency{"KWD", 3, 335}
	case "BHD":
		return currency{"BHD", 3, 411}
	case "BRL":
		return currency{"BRL", 2, 5900}
	case "MXN":
		return currency{"MXN", 2, 19_800}
	case "ZAR":
		return currency{"ZAR", 2, 19_900}
	case "INR":
		return currency{"INR", 2, 91_000}
	case "KES":
		return currency{"KES", 2, 141_000}
	case "ILS":
		return currency{"ILS", 2, 4030}
	default:
		return currency{"EUR", 2, 1000}
	}
}

// inMinor turns euro cents into about as much of another money, in its
// smallest unit.
func (c currency) inMinor(euroCents int64) int64 {
	return euroCents * c.perEuro * pow10(c.decimals) / 100_000
}

// rateTo returns how many of local one of c buys, in millionths. Rates drift a
// little from day to day.
func (c currency) rateTo(local currency, d day) int64 {
	drift := int64(mix(hash(uint64(d), c.code), 1)%40_001) - 20_000 // ±2 %
	return local.perEuro * (1_000_000 + drift) / c.perEuro
}

// exchange converts an amount in c's smallest unit at a rate in millionths,
// rounded half away from zero.
func (c currency) exchange(minor, rate int64, local currency) int64 {
	scale := int64(1_000_000)
	value := minor * rate
	if shift := local.decimals - c.decimals; shift > 0 {
		value *= pow10(shift)
	} else {
		scale *= pow10(-shift)
	}
	if value < 0 {
		return -((-value + scale/2) / scale)
	}
	return (value + scale/2) / scale
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// decimal writes minor units as a decimal with all the money's places.
func (c currency) decimal(minor int64) string {
	var buffer [24]byte
	return string(appendDecimal(buffer[:0], minor, c.decimals))
}

func appendDecimal(to []byte, minor int64, decimals int) []byte {
	if minor < 0 {
		to = append(to, '-')
		minor = -minor
	}
	scale := pow10(decimals)
	to = strconv.AppendInt(to, minor/scale, 10)
	if decimals == 0 {
		return to
	}
	to = append(to, '.')
	rest := minor % scale
	for scale /= 10; scale > 0; scale /= 10 {
		to = append(to, '0'+byte(rest/scale%10))
	}
	return to
}
