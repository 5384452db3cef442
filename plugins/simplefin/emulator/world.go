package emulator

import (
	"fmt"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// bank is an institution at which the user has logged in.
type bank struct {
	connection, name, org, domain string
	newIDs                        bool // a transaction posts under another id
}

// account is one of the user's.
type account struct {
	bank     *bank
	id, name string
	currency string
	opening  int64 // cents, before the first movement
	habits   []habit
}

// habit is a kind of movement that comes again and again.
type habit struct {
	text, payee string
	cents       int64 // typical; negative leaves the account
	spread      int64 // that the amount varies by
	every       int   // days
	pends       bool  // is pending for postsAfter
}

// movement is one that happened.
type movement struct {
	id, pendingID string
	at, posted    time.Time // when it happened; from when on it is posted
	told          time.Time // what the server says as posted
	cents         int64
	text, payee   string
}

// How the world goes by.
const (
	olderThan  = 400 * 24 * time.Hour // accounts are older than the server by this
	postsAfter = 2 * 24 * time.Hour
	freshAt    = 6 * time.Hour // of each day, UTC: when the server asks the banks
)

// accounts are the user's. miles is the address of their own currency.
func accounts(miles string) []account {
	first := &bank{connection: "CON-5f0c1d7e", name: "First Example Bank - Ann", org: "First Example Bank", domain: "www.firstexample.test"}
	second := &bank{connection: "CON-91ab44c2", name: "Example Credit Union", org: "Example Credit Union", domain: "excu.test",
		newIDs: true}
	return []account{
		{first, "ACT-1d0e5c1e-checking", "Everyday Checking (4711)", "USD", 184_250, []habit{
			{"PAYROLL ACME CORP", "Acme Corp", 241_900, 0, 14, false},
			{"GROCERY OUTLET #0042", "Grocery Outlet", -4_210, 3_500, 3, true},
			{"COFFEE & CO", "Coffee & Co", -525, 200, 2, true},
			{"ACH DEBIT CITY POWER & LIGHT", "City Power & Light", -11_380, 2_000, 30, false},
			{"RENT MAPLE STREET LLC", "Maple Street LLC", -145_000, 0, 30, false},
		}},
		{first, "ACT-1d0e5c1e-savings", "Rainy Day Savings", "USD", 1_250_000, []habit{
			{"INTEREST PAID", "", 1_042, 90, 30, false}, {"TRANSFER FROM CHECKING", "", 15_000, 0, 14, false},
		}},
		{first, "ACT-1d0e5c1e-euro", "Euro Account", "EUR", 330_000, []habit{
			{"SEPA HOTEL AM MARKT", "Hotel am Markt", -8_900, 4_000, 11, false},
		}},
		{second, "ACT-77e21f90-card", "Platinum Visa Card", "USD", -31_244, []habit{
			{"STREAMING PLUS", "Streaming Plus", -1_599, 0, 30, true},
			{"AIRPORT TAXI", "", -3_800, 1_500, 7, true},
			{"PAYMENT THANK YOU", "", 14_000, 3_000, 30, false},
		}},
		{second, "ACT-77e21f90-miles", "Air Miles", miles, 4_200_000, []habit{{"MILES EARNED", "", 120_000, 50_000, 20, false}}},
	}
}

// movements are all that the bank knows of an account as of an instant, in the
// order in which they happened, with what was put right since.
func (a *account) movements(began, asOf time.Time, right standin.Corrections) []movement {
	var list []movement
	first := began.Add(-olderThan).Truncate(24 * time.Hour)
	for day := first; day.Before(asOf); day = day.AddDate(0, 0, 1) {
		number := int(day.Sub(first) / (24 * time.Hour))
		for i, h := range a.habits {
			if (number+int(standin.Dice(int64(h.every), a.id, i)))%h.every != 0 {
				continue
			}
			m := movement{text: h.text, payee: h.payee, cents: h.cents + standin.Dice(h.spread+1, a.id, number, i) - h.spread/2,
				at: day.Add(time.Duration(13*60+standin.Dice(9*60, a.id, number, i, 1)) * time.Minute)}
			key := uint64(standin.Dice(1<<62, a.id, number, i, 2))
			m.id, m.pendingID = fmt.Sprintf("TRN-%016x", key), fmt.Sprintf("TRN-%016x", key)
			m.posted = m.at
			if h.pends {
				m.posted = m.at.Add(postsAfter)
				if a.bank.newIDs {
					m.pendingID = fmt.Sprintf("PND-%016x", key)
				}
			}
			// Banks tell a day; the server gives it as noon in Greenwich.
			m.told = m.posted.Truncate(24 * time.Hour).Add(12 * time.Hour)
			var has bool
			if m.cents, has = right.Apply(m.id, m.cents); has && m.at.Before(asOf) {
				list = append(list, m)
			}
		}
	}
	return list
}

// balance is the account's in cents: what is posted, and what is left when what
// is pending is taken off.
func (a *account) balance(list []movement, asOf time.Time) (posted, available int64) {
	posted = a.opening
	available = a.opening
	for _, m := range list {
		available += m.cents
		if !m.posted.After(asOf) {
			posted += m.cents
		}
	}
	return posted, available
}
