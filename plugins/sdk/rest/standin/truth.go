package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Account is one of the banks' accounts as it really is, whatever the service
// tells of it.
type Account struct {
	// ID is the service's name of the account that stays the same in every consent.
	ID       string `json:"id"`
	Currency string `json:"currency"` // as the service writes it
	// From is the first day of which the bank still tells; "" for all that there was.
	From string `json:"from,omitempty"`
	// Balance is that of what is posted, a signed decimal.
	Balance string `json:"balance"`
	// Posted and Pending are all that the bank has now, the oldest first.
	Posted  []Line `json:"posted"`
	Pending []Line `json:"pending"`
}

// Line is a transaction as the bank has it.
type Line struct {
	ID string `json:"id"`
	// PendingID is what a posted one was before, where it was pending under another id.
	PendingID string `json:"pending_id,omitempty"`
	Day       string `json:"day"`    // YYYY-MM-DD; of a pending one that on which it happened
	Amount    string `json:"amount"` // a signed decimal; negative leaves the account
	Text      string `json:"text"`
}

// Correction is what a bank put right after it had posted a transaction.
type Correction struct {
	Cents int64 `json:"cents,omitempty"` // the amount, signed; 0 for as it was
	Gone  bool  `json:"gone,omitempty"`  // it was taken back
}

// Corrections are those of all banks, by the transaction's id; part of a
// stand-in's state.
type Corrections map[string]Correction

// Apply returns the amount of a transaction as it is now, in cents, and whether
// the bank still has it.
func (c Corrections) Apply(id string, cents int64) (now int64, has bool) {
	made := c[id]
	if made.Cents != 0 {
		cents = made.Cents
	}
	return cents, !made.Gone
}

func (c *controls) truth(w http.ResponseWriter, _ *http.Request) {
	if c.e.Truth == nil {
		http.Error(w, "this stand-in does not tell", http.StatusNotFound)
		return
	}
	c.e.Lock.Lock()
	defer c.e.Lock.Unlock()
	answer(w, map[string][]Account{"accounts": c.e.Truth()})
}

// correct amends or removes a posted transaction.
func (c *controls) correct(w http.ResponseWriter, r *http.Request) {
	var asked struct{ ID, Amount string }
	err := json.NewDecoder(r.Body).Decode(&asked)
	made := Correction{Gone: strings.HasSuffix(r.URL.Path, "/remove")}
	if err == nil && !made.Gone {
		made.Cents, err = Cents(asked.Amount)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if c.e.Truth == nil || c.e.Corrections == nil {
		http.Error(w, "the banks of this stand-in put nothing right", http.StatusNotFound)
		return
	}
	c.e.Lock.Lock()
	defer c.e.Lock.Unlock()
	posted := slices.ContainsFunc(c.e.Truth(), func(a Account) bool {
		return slices.ContainsFunc(a.Posted, func(l Line) bool { return l.ID == asked.ID })
	})
	if !posted {
		http.Error(w, fmt.Sprintf("no bank has posted %q", asked.ID), http.StatusNotFound)
		return
	}
	if *c.e.Corrections == nil {
		*c.e.Corrections = Corrections{}
	}
	(*c.e.Corrections)[asked.ID] = made
	answer(w, made)
}

// Decimal writes cents as a signed decimal with two places.
func Decimal(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// Cents reads what Decimal writes; anything else, and nothing at all, is an error.
func Cents(amount string) (int64, error) {
	whole, part, _ := strings.Cut(amount, ".")
	cents, err := strconv.ParseInt(whole+part, 10, 64)
	if err != nil || len(part) != 2 || cents == 0 || Decimal(cents) != amount {
		return 0, fmt.Errorf("%q is no amount such as -12.34", amount)
	}
	return cents, nil
}
