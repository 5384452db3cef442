package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// account is one of a user's at a bank.
type account struct {
	bank         *bank
	number       string // an IBAN, or a card's with most digits hidden
	kind         string // as the service names it
	details      string
	owner, usage string
	opening      int64 // cents, before the first movement
	limit        int64 // credit limit in cents
	habits       []habit
}

// habit is a kind of movement that comes again and again.
type habit struct {
	text, party string
	cents       int64 // typical; negative leaves the account
	spread      int64 // that the amount varies by
	every       int   // days
	pends       bool  // is pending for postsAfter
}

// movement is one that happened.
type movement struct {
	reference, pendingReference string
	at, posted                  time.Time // when it happened; from when on it is posted
	cents                       int64
	text, party                 string
	foreign                     bool
}

// How the world goes by.
const (
	olderThan  = 400 * days // accounts are older than the server by this
	postsAfter = 2 * days
)

// accounts are those of a person, or of a business.
func (b *bank) accounts(kind string) []account {
	owner, usage, digits := "Anna Esimerkki", "PRIV", "1234"
	if kind == "business" {
		owner, usage, digits = "Esimerkki Oy", "ORGA", "8765"
	}
	list := []account{
		{b, iban(b.country, b.bic[:4]+digits+"000017"), "CACC", "Current account", owner, usage, 284_250, 50_000, []habit{
			{"Salary", "Esimerkki Oy", 241_900, 0, 14, false},
			{"Card payment 4711", "Supermarket", -4_210, 3_500, 3, true},
			{"Card payment 4711", "Coffee and More", -525, 200, 2, true},
			{"E-invoice 20260017", "City Electricity", -11_380, 2_000, 30, false},
			{"Rent", "Housing Association", -145_000, 0, 30, false},
		}},
		{b, iban(b.country, b.bic[:4]+digits+"000042"), "SVGS", "Savings account", owner, usage, 1_250_000, 0, []habit{
			{"Interest", "", 1_042, 90, 30, false}, {"Transfer from current account", owner, 15_000, 0, 14, false},
		}},
	}
	if b.odd && kind == "personal" {
		list = append(list, account{b, "4711 **** **** 0815", "CARD", "Credit card", owner, usage, -31_244, 200_000, []habit{
			{"Hotel by the Lake", "Hotel by the Lake", -8_900, 4_000, 11, true}, {"Payment received", owner, 14_000, 3_000, 30, false},
		}})
	}
	return list
}

// iban makes a number with the right check digits.
func iban(country, account string) string {
	var digits strings.Builder
	for _, c := range account + country + "00" {
		if c >= 'A' && c <= 'Z' {
			fmt.Fprintf(&digits, "%d", c-'A'+10)
		} else {
			digits.WriteRune(c)
		}
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return fmt.Sprintf("%s%02d%s", country, 98-new(big.Int).Mod(n, big.NewInt(97)).Int64(), account)
}

// hash identifies an account in every session.
func (a *account) hash() string {
	sum := sha256.Sum256([]byte("account" + a.number))
	return "WwpbCiJhY2NvdW50Igpd." + base64.StdEncoding.EncodeToString(sum[:])
}

// data is an account as a session tells it; uid "" leaves that out.
func (a *account) data(uid string) map[string]any {
	out := map[string]any{"name": a.owner, "details": a.details, "usage": a.usage, "cash_account_type": a.kind, "currency": "EUR",
		"account_servicer": map[string]any{"bic_fi": a.bank.bic, "name": a.bank.name}, "identification_hash": a.hash(),
		"identification_hashes": []string{a.hash()}, "uid": uid}
	if a.kind == "CARD" {
		out["account_id"] = map[string]any{"other": map[string]any{"identification": a.number, "scheme_name": "CPAN"}}
	} else {
		out["account_id"] = map[string]any{"iban": a.number}
	}
	if a.limit > 0 {
		out["credit_limit"] = amount(a.limit)
	}
	return out
}

func amount(cents int64) map[string]any {
	return map[string]any{"amount": standin.Decimal(cents), "currency": "EUR"}
}

// movements are all that the bank knows of an account as of an instant, in the
// order in which they happened, with what was put right since.
func (a *account) movements(began, asOf time.Time, right standin.Corrections) []movement {
	var list []movement
	first := began.Add(-olderThan).Truncate(days)
	for day := first; day.Before(asOf); day = day.AddDate(0, 0, 1) {
		number := int(day.Sub(first) / days)
		for i, h := range a.habits {
			if (number+int(standin.Dice(int64(h.every), a.number, i)))%h.every != 0 {
				continue
			}
			m := movement{text: h.text, party: h.party, cents: h.cents + standin.Dice(h.spread+1, a.number, number, i) - h.spread/2,
				at:      day.Add(time.Duration(6*60+standin.Dice(5*60, a.number, number, i, 1)) * time.Minute),
				foreign: h.party == "Hotel by the Lake"}
			key := uint64(standin.Dice(1<<62, a.number, number, i, 2))
			m.reference, m.posted = fmt.Sprintf("B%016x", key), m.at
			if h.pends {
				m.posted, m.pendingReference = m.at.Add(postsAfter), fmt.Sprintf("P%016x", key)
			}
			var has bool
			if m.cents, has = right.Apply(m.reference, m.cents); has && m.at.Before(asOf) {
				list = append(list, m)
			}
		}
	}
	return list
}
