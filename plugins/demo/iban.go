package demo

import (
	"fmt"
	"strconv"
	"strings"
)

// accountNumber invents an account number as the country writes them: an IBAN
// with right check digits, or 10 digits where none is used.
func accountNumber(c *country, d dice) string {
	if c.bban == "" {
		return fmt.Sprintf("%010d", d.below(1e10))
	}
	bban := basicNumber(c.bban, &d)
	if c.code == "BE" {
		bban = belgian(bban)
	}
	return c.code + ibanCheck(c.code, bban) + bban
}

// basicNumber fills a format such as "4a10n": a for letters, n for digits, c
// for either.
func basicNumber(format string, d *dice) string {
	var out strings.Builder
	count := 0
	for _, r := range format {
		if r >= '0' && r <= '9' {
			count = count*10 + int(r-'0')
			continue
		}
		for ; count > 0; count-- {
			if r == 'a' || r == 'c' && d.oneIn(3) {
				out.WriteByte('A' + byte(d.below(26)))
			} else {
				out.WriteByte('0' + byte(d.below(10)))
			}
		}
	}
	return out.String()
}

// belgian ends a Belgian number with the check digits that it has besides the IBAN's.
func belgian(bban string) string {
	n, _ := strconv.Atoi(bban[:10])
	check := n % 97
	if check == 0 {
		check = 97
	}
	return fmt.Sprintf("%s%02d", bban[:10], check)
}

// ibanCheck computes the check digits of ISO 13616 (mod 97-10 of ISO 7064).
func ibanCheck(countryCode, bban string) string {
	return fmt.Sprintf("%02d", 98-mod97(bban+countryCode+"00"))
}

// mod97 reads letters as 10 to 35 and returns the number modulo 97.
func mod97(s string) int {
	rest := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}
