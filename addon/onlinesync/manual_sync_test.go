package onlinesync_test

import (
	"testing"
)

// Synchronize Now for several journals of a connection is one run, so that its bank is
// asked once; for one journal it is that account's.
func TestSynchronizeNowIsARunForEachConnection(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, link := scripted(r, iban, second)
		r.work()
		var journals []any
		for _, a := range r.rows("account.online.account", []any{leaf("account_online_link_id", "=", link)}, "journal_ids") {
			journals = append(journals, a["journal_ids"].([]any)...)
		}
		if len(journals) != 2 {
			t.Fatalf("journals: %v", journals)
		}
		runs := r.call("account.journal", "manual_sync", journals).([]any)
		if len(runs) != 1 || r.rows("account.online.run", []any{leaf("id", "=", runs[0])}, "account_id")[0]["account_id"] != false {
			t.Errorf("for two journals: %v", runs)
		}
		r.work()
		first := r.call("account.journal", "manual_sync", journals[:1]).([]any)
		other := r.call("account.journal", "manual_sync", journals[1:]).([]any)
		if len(first) != 1 || len(other) != 1 || first[0] == other[0] {
			t.Fatalf("for one each: %v, %v", first, other)
		}
		r.woken = nil
		if err := r.addon.RunSync(t.Context(), r.db, int64(first[0].(float64))); err != nil {
			t.Fatal(err)
		}
		if len(r.woken) != 1 || r.woken[0] != int64(other[0].(float64)) {
			t.Errorf("run %v ended and woke %v, while %v waited", first[0], r.woken, other[0])
		}
	})
}
