package onlinesync_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// What the bank opens and closes is told once; a journal that is given to an
// account later gets its transactions at once (S61, S62).
func TestAccountsComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a2", all(tx("1", "2026-06-01", "5", "one")))
		r.sync(link)
		fetchAccounts := func() {
			t.Helper()
			r.call("account.online.link", "action_fetch_accounts", []any{link})
		}
		told := func(words string) (n int) {
			for _, m := range r.rows("mail.message", []any{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link)}, "body") {
				if strings.Contains(m["body"].(string), words) {
					n++
				}
			}
			return n
		}
		s.accounts = []sdk.Account{iban, second}
		fetchAccounts()
		fetchAccounts()
		if n := told("lists Second"); n != 1 {
			t.Errorf("a new account was told of %d times", n)
		}
		account := r.rows("account.online.account", []any{leaf("online_identifier", "=", "a2")}, "id", "selected")[0]
		if account["selected"] == true || r.count("account.bank.statement.line") != 0 {
			t.Errorf("a new account is brought in without being asked for: %v", account)
		}
		r.call("account.online.account", "link_journal", []any{account["id"]})
		r.work()
		if n := r.count("account.bank.statement.line"); n != 1 {
			t.Errorf("%d lines of an account that was given a journal", n)
		}
		s.accounts = []sdk.Account{iban}
		fetchAccounts()
		fetchAccounts()
		gone := r.rows("account.online.account", []any{leaf("gone", "=", true)}, "online_identifier")
		if n := told("no longer lists Second"); n != 1 || len(gone) != 1 || gone[0]["online_identifier"] != "a2" {
			t.Errorf("a closed account was told of %d times, %v", n, gone)
		}
		s.tell("a2", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-10", "7", "late")))
		r.sync(link)
		if n := r.count("account.bank.statement.line"); n != 2 {
			t.Errorf("%d lines, with one that was booked after the account was closed", n)
		}
		s.accounts = []sdk.Account{iban, second}
		if fetchAccounts(); r.count("account.online.account", leaf("gone", "=", true)) != 0 {
			t.Error("an account that is listed again counts as gone")
		}
	})
}
