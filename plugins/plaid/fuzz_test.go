package plaid

import (
	"encoding/json"
	"testing"
)

// Whatever is sent as a token is refused or read, and nothing else.
func FuzzToken(f *testing.F) {
	f.Add("")
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpYXQiOjEsInJlcXVlc3RfYm9keV9zaGEyNTYiOiIifQ.AA")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := parse(text)
		if err == nil && (read.key == "" || len(read.signature) != 2*coordinate || read.signed == "") {
			t.Errorf("%q is read as %+v", text, read)
		}
	})
}

// Whatever a page holds, no transaction is both pending and gone, and each comes once.
func FuzzTally(f *testing.F) {
	f.Add([]byte(`{"added":[{"transaction_id":"A","account_id":"1","pending":true}],"removed":[{"transaction_id":"A","account_id":"1"}]}`))
	f.Add([]byte(`{"added":[{"transaction_id":"B","account_id":"1","pending_transaction_id":"A"}],"modified":[{"transaction_id":"A",
		"account_id":"1","pending":true}]}`))
	f.Add([]byte(`{"added":[{"transaction_id":"C","account_id":"1","pending_transaction_id":"C"},{"transaction_id":"D","account_id":"1",
		"pending_transaction_id":"C"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		waits := json.RawMessage(`{"transaction_id":"A","account_id":"1","pending":true}`)
		tally, err := newTally(cursor{Account: "1", Pending: []json.RawMessage{waits}})
		if err != nil {
			t.Fatal(err)
		}
		var p page
		if json.Unmarshal(text, &p) != nil || tally.add(p) != nil {
			return
		}
		posted := map[string]bool{}
		for id, one := range tally.entries {
			posted[id] = !one.Pending
		}
		tally.settle()
		for id, was := range posted {
			if _, there := tally.entries[id]; was && !there {
				t.Errorf("%s: %s has posted and is lost", text, id)
			}
		}
		seen := map[string]bool{}
		for _, one := range tally.list() {
			if seen[one.ID] || tally.removed[one.ID] || one.Account != "1" {
				t.Errorf("%s: %+v", text, one)
			}
			seen[one.ID] = true
		}
	})
}
