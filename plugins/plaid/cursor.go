package plaid

import (
	"encoding/json"
)

// cursor is how far an account was told: Plaid's own cursor, and what was pending
// then, as Plaid told it. Plaid tells of what is pending only what changes, while a
// host wants to be told all of it each time.
type cursor struct {
	Item    string            `json:"item"`
	Account string            `json:"account"`
	Next    string            `json:"next"` // Plaid's; "" for the very beginning
	Pending []json.RawMessage `json:"pending,omitempty"`
}

// Bounds of what a cursor keeps. An account with more has none, and is told whole at
// each fetch.
const (
	mostPending   = 500
	longestCursor = 512 << 10 // bytes
)

// cursorFrom reads what seal wrote. One of another item or account, or that cannot be
// read, is the very beginning: what is told again is recognised by its id.
func cursorFrom(text []byte, item, account string) cursor {
	var c cursor
	if len(text) > 0 && json.Unmarshal(text, &c) == nil && c.Item == item && c.Account == account && c.Next != "" {
		return c
	}
	return cursor{Item: item, Account: account}
}

// seal writes a cursor; nil when there is nothing to go on from.
func (c cursor) seal() []byte {
	if c.Next == "" || len(c.Pending) > mostPending {
		return nil
	}
	sealed, err := json.Marshal(c)
	if err != nil || len(sealed) > longestCursor {
		return nil
	}
	return sealed
}
