package emulator

import (
	"fmt"
	"slices"
	"time"
)

// bank is an institution.
type bank struct {
	id, name, country, routing string
	currency                   string
	oauth                      bool
	validity                   time.Duration // of a consent; 0 is open-ended
	persistent                 bool          // accounts have an id across items
	lacks                      bool          // it has no transactions
	coins                      bool          // one of its accounts is in a currency of computers
	busy                       bool          // its accounts have many movements
}

const days = 24 * time.Hour

func banks() []*bank {
	return []*bank{
		{id: "ins_11", name: "Example Federal Bank", country: "US", routing: "011000011", currency: "USD"},
		{id: "ins_12", name: "Sample Savings and Trust", country: "US", routing: "011000012", currency: "USD", oauth: true,
			persistent: true, validity: 365 * days},
		{id: "ins_13", name: "Maple Leaf Credit Union", country: "CA", routing: "000000013", currency: "CAD"},
		{id: "ins_14", name: "Busy Merchants Bank", country: "US", routing: "011000014", currency: "USD", busy: true},
		{id: "ins_15", name: "Coin and Dollar Bank", country: "US", routing: "011000015", currency: "USD", coins: true},
		{id: "ins_16", name: "Voorbeeldbank", country: "NL", currency: "EUR", oauth: true, validity: 90 * days},
		{id: "ins_17", name: "Brokerage Without Transactions", country: "US", routing: "011000017", currency: "USD", lacks: true},
	}
}

// find returns a bank, or nil.
func find(id string) *bank {
	list := banks()
	i := slices.IndexFunc(list, func(b *bank) bool { return b.id == id })
	if i < 0 {
		return nil
	}
	return list[i]
}

// products are those that the bank has.
func (b *bank) products() []string {
	if b.lacks {
		return []string{"auth", "identity", "investments"}
	}
	return []string{"auth", "identity", "transactions"}
}

// data is a bank as the service lists it.
func (b *bank) data() map[string]any {
	routing := []string{}
	if b.routing != "" {
		routing = append(routing, b.routing)
	}
	return map[string]any{"institution_id": b.id, "name": b.name, "products": b.products(), "country_codes": []string{b.country},
		"routing_numbers": routing, "oauth": b.oauth}
}

// filler is the n-th of those institutions that only fill the list.
func filler(n int) *bank {
	return &bank{id: fmt.Sprintf("ins_9%05d", n), name: fmt.Sprintf("Filler Bank %d", n), country: []string{"US", "CA"}[n%2],
		lacks: n%10 == 0}
}

// holding is one of a user's accounts at a bank.
type holding struct {
	bank                 *bank
	number               string
	kind, subtype        string
	name, official       string
	currency, unofficial string
	opening, limit       int64 // cents; before the first movement
	habits               []habit
}

// habit is a kind of movement that comes again and again.
type habit struct {
	text, party string
	cents       int64 // typical; negative leaves the account
	spread      int64 // that the amount varies by
	every       int   // days
	pends       bool  // is pending for postsAfter
	code        string
}

// holdings are a user's accounts.
func (b *bank) holdings() []holding {
	list := []holding{
		{bank: b, number: "1000200030000017", kind: "depository", subtype: "checking", name: "Checking", official: "Everyday Checking",
			currency: b.currency, opening: 284_250, habits: []habit{
				{"ACH DIRECT DEP PAYROLL", "Example Works Inc", 241_900, 0, 14, false, "transfer"},
				{"POS 4711 GROCER", "Corner Grocer", -4_210, 3_500, 3, true, "purchase"},
				{"POS 4711 COFFEE AND MORE", "Coffee and More", -525, 200, 2, true, "purchase"},
				{"CITY ELECTRIC AUTOPAY", "City Electric", -11_380, 2_000, 30, false, "direct debit"},
				{"CHECK 1042", "", -145_000, 0, 30, false, "cheque"},
			}},
		{bank: b, number: "1000200030000042", kind: "depository", subtype: "savings", name: "Savings", official: "Rainy Day Savings",
			currency: b.currency, opening: 1_250_000, habits: []habit{
				{"INTEREST PAID", "", 1_042, 90, 30, false, "interest"}, {"TRANSFER FROM CHECKING", "", 15_000, 0, 14, false, "transfer"},
			}},
		{bank: b, number: "4000000000000815", kind: "credit", subtype: "credit card", name: "Credit Card", official: "Travel Credit Card",
			currency: b.currency, opening: -31_244, limit: 200_000, habits: []habit{
				{"HOTEL BY THE LAKE", "Hotel by the Lake", -8_900, 4_000, 11, true, "purchase"},
				{"PAYMENT THANK YOU", "", 14_000, 3_000, 30, false, "payment"},
			}},
	}
	if b.busy {
		for i := range 40 {
			sale := habit{fmt.Sprintf("SALE %02d", i), fmt.Sprintf("Customer %d", i), 1_900, 900, 4, false, "transfer"}
			list[0].habits = append(list[0].habits, sale)
		}
	}
	if b.coins {
		list = append(list, holding{bank: b, number: "0xcoin0007", kind: "depository", subtype: "checking", name: "Coins",
			unofficial: "BTC", opening: 120})
	}
	if b.id == "ins_11" {
		list = append(list, holding{bank: b, number: "7000000000000099", kind: "investment", subtype: "brokerage", name: "Brokerage",
			currency: b.currency, opening: 5_000_000})
	}
	return list
}
