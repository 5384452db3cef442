package onlinesync_test

import "testing"

func TestConnectAndSynchronise(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		link := r.connect("demo-checking", 2, nil)
		r.work()
		first := r.rows("account.online.run", []any{}, "state", "outcome", "created", "fetched", "pending")
		if len(first) != 1 || first[0]["state"] != "done" || first[0]["outcome"] != "ok" {
			t.Fatalf("first run: %v\nlog: %s", first, r.log)
		}
		created := int(first[0]["created"].(float64))
		if got := r.count("account.bank.statement.line"); got != created || created == 0 {
			t.Fatalf("%d lines, the run says %d", got, created)
		}
		if got := len(r.link(link)["journal_ids"].([]any)); got != 2 {
			t.Fatalf("%d journals", got)
		}
		if posted := r.count("account.online.transaction", leaf("status", "=", "posted")); posted != created {
			t.Errorf("%d posted in the ledger, %d lines", posted, created)
		}
		again := r.sync(link)
		if again["outcome"] != "nothing_new" || r.count("account.bank.statement.line") != created {
			t.Fatalf("second run: %v, %d lines", again, r.count("account.bank.statement.line"))
		}
	})
}
