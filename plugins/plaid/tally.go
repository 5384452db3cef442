package plaid

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/girosync/girosync/plugins/sdk/rest"
)

// transaction is one movement. A field that Plaid does not tell is empty.
type transaction struct {
	ID             string      `json:"transaction_id"`
	Account        string      `json:"account_id"`
	Pending        bool        `json:"pending"`
	PendingID      string      `json:"pending_transaction_id"`
	Amount         rest.Number `json:"amount"` // positive leaves the account
	ISO            string      `json:"iso_currency_code"`
	Unofficial     string      `json:"unofficial_currency_code"`
	Date           string      `json:"date"`
	Authorized     string      `json:"authorized_date"`
	Name           string      `json:"name"`
	Original       string      `json:"original_description"`
	Merchant       string      `json:"merchant_name"`
	Check          string      `json:"check_number"`
	Channel        string      `json:"payment_channel"`
	Code           string      `json:"transaction_code"`
	Website        string      `json:"website"`
	Owner          string      `json:"account_owner"`
	Counterparties []party     `json:"counterparties"`
	Meta           struct {
		Reference string `json:"reference_number"`
		PPD       string `json:"ppd_id"`
		Payee     string `json:"payee"`
		OrderOf   string `json:"by_order_of"`
		Payer     string `json:"payer"`
		Method    string `json:"payment_method"`
		Processor string `json:"payment_processor"`
		Reason    string `json:"reason"`
	} `json:"payment_meta"`
	Location struct {
		City    string `json:"city"`
		Region  string `json:"region"`
		Country string `json:"country"`
	} `json:"location"`
	Category struct {
		Detailed string `json:"detailed"`
	} `json:"personal_finance_category"`
}

// party is who else takes part, as Plaid makes out.
type party struct {
	Name    string `json:"name"`
	Numbers struct {
		BACS struct {
			Account  string `json:"account"`
			SortCode string `json:"sort_code"`
		} `json:"bacs"`
		International struct {
			IBAN string `json:"iban"`
		} `json:"international"`
	} `json:"account_numbers"`
}

// page is a part of what changed.
type page struct {
	Status   string            `json:"transactions_update_status"`
	Accounts []account         `json:"accounts"`
	Added    []json.RawMessage `json:"added"`
	Modified []json.RawMessage `json:"modified"`
	Removed  []struct {
		ID      string `json:"transaction_id"`
		Account string `json:"account_id"`
	} `json:"removed"`
	Next string `json:"next_cursor"`
	More bool   `json:"has_more"`
}

// heard is a transaction, and the words in which it came.
type heard struct {
	transaction
	raw json.RawMessage
	// fresh: a host has not been told of it as booked.
	fresh bool
}

// tally is what the pages of one answer come to. Their order does not matter but for
// one transaction: it is as it was told last.
type tally struct {
	account string
	entries map[string]heard // by id
	order   []string         // of their first telling; with those that are gone
	removed map[string]bool
	holder  *account // the account itself, as the last page told it
	status  string
	next    string
}

// newTally begins with what was pending before. An entry that cannot be read is
// given back as the error's words.
func newTally(c cursor) (*tally, error) {
	t := &tally{account: c.Account, entries: map[string]heard{}, removed: map[string]bool{}}
	for _, raw := range c.Pending {
		if err := t.put(raw, true); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// add takes a page.
func (t *tally) add(p page) error {
	for i := range p.Accounts {
		if p.Accounts[i].ID == t.account {
			t.holder = &p.Accounts[i]
		}
	}
	for _, raw := range p.Added {
		if err := t.put(raw, true); err != nil {
			return err
		}
	}
	for _, raw := range p.Modified {
		if err := t.put(raw, false); err != nil {
			return err
		}
	}
	for _, gone := range p.Removed {
		if gone.Account == t.account || gone.Account == "" {
			delete(t.entries, gone.ID)
			t.removed[gone.ID] = true
		}
	}
	t.status, t.next = p.Status, p.Next
	return nil
}

// put takes a transaction. added says that it was not there before.
func (t *tally) put(raw json.RawMessage, added bool) error {
	one := heard{raw: raw}
	if err := json.Unmarshal(raw, &one.transaction); err != nil {
		return unread{id: idIn(raw), err: err}
	}
	if one.Account != t.account || one.ID == "" { // of another account: Plaid was asked for this one
		return nil
	}
	before, known := t.entries[one.ID]
	one.fresh = added || known && (before.fresh || before.Pending)
	if !known {
		t.order = append(t.order, one.ID)
	}
	t.entries[one.ID] = one
	delete(t.removed, one.ID)
	return nil
}

// settle lets what is pending no more go: the transaction that it became names it.
func (t *tally) settle() {
	for id, one := range t.entries {
		if one.PendingID == "" || one.PendingID == id || one.Pending {
			continue
		}
		if before, there := t.entries[one.PendingID]; !there || before.Pending {
			delete(t.entries, one.PendingID)
			delete(t.removed, one.PendingID)
		}
	}
}

// list are the transactions in the order of their first telling.
func (t *tally) list() []heard {
	list := make([]heard, 0, len(t.entries))
	seen := make(map[string]bool, len(t.entries))
	for _, id := range t.order {
		if one, there := t.entries[id]; there && !seen[id] {
			seen[id] = true
			list = append(list, one)
		}
	}
	return list
}

// gone are the ids that are no more, in order.
func (t *tally) gone() []string { return slices.Sorted(maps.Keys(t.removed)) }

// unread is an entry that cannot be read.
type unread struct {
	id  string
	err error
}

// Error says why.
func (u unread) Error() string { return u.err.Error() }

// idIn is the id of an entry that cannot be read otherwise; "" without one.
func idIn(raw json.RawMessage) string {
	var told struct {
		ID string `json:"transaction_id"`
	}
	if json.Unmarshal(raw, &told) != nil {
		return ""
	}
	return told.ID
}
