package onlinesync_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/secret"
)

// newKeys gives the host another key set than the one that sealed all secrets.
func (r *rig) newKeys() {
	r.t.Helper()
	other, err := secret.OpenKeyset(filepath.Join(r.t.TempDir(), "other"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.sealer.Keyset = other
}

// lost counts the secrets, and those that no key opens.
func (r *rig) lost() (stored, lost int) {
	r.t.Helper()
	stored, lost, err := r.addon.Secrets(r.t.Context(), r.db)
	if err != nil {
		r.t.Fatal(err)
	}
	return stored, lost
}

// A connection whose secret no key opens says so at once, is not tried again by
// itself, and works again after each of the ways that a user has.
func TestALostSecretIsSaidAndHealed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		link := r.connect("demo-big-1100", -1, nil)
		r.work()
		if got := r.link(link); got["attention"] != "none" {
			t.Fatalf("the connection: %v", got)
		}
		lines := r.count("account.bank.statement.line")
		for _, heal := range []string{"action_reconnect", "action_update_credentials"} {
			r.newKeys()
			if stored, lost := r.lost(); stored != 1 || lost != 1 {
				t.Errorf("%d secrets, %d of them lost", stored, lost)
			}
			run := r.sync(link)
			if said, _ := run["error_message"].(string); run["outcome"] != "needs_user" || !strings.Contains(said, "key set") {
				t.Fatalf("the run: %v", run)
			}
			if got := r.link(link); got["attention"] != "credentials" || got["state"] != "error" || got["next_refresh"] != false {
				t.Errorf("the connection: %v", got)
			}
			for model, method := range map[string]string{
				"account.online.link": "action_fetch_accounts", "account.journal": "find_missing_transactions",
			} {
				id := any(link)
				if model == "account.journal" {
					id = r.rows(model, []any{leaf("account_online_link_id", "=", link)}, "id")[0]["id"]
				}
				_, err := r.try(model, method, []any{id})
				if !fault.Is(err, fault.User) || !strings.Contains(fault.MessageOf(err), "key set") {
					t.Errorf("%s: %v", method, err)
				}
			}
			if again := r.answer(r.call("account.online.link", heal, []any{link}).(object), -1, nil); again != link {
				t.Errorf("%s made the connection %v of %v", heal, again, link)
			}
			r.work()
			if got := r.link(link); got["attention"] != "none" || got["state"] != "connected" {
				t.Errorf("after %s: %v", heal, got)
			}
			if run := r.sync(link); run["outcome"] != "nothing_new" {
				t.Errorf("after %s: %v", heal, run)
			}
			if got := r.count("account.bank.statement.line"); got != lines {
				t.Errorf("after %s there are %d lines, not %d", heal, got, lines)
			}
			if stored, lost := r.lost(); stored != 1 || lost != 0 {
				t.Errorf("after %s %d secrets, %d of them lost", heal, stored, lost)
			}
		}
	})
}

// A connection whose secret is lost can be deleted; that its consent cannot be
// ended is said where its transactions came in.
func TestALostSecretIsNoObstacleToDeleting(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		link := r.connect("demo-big-1100", -1, nil)
		r.work()
		journal := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "id")[0]["id"]
		r.newKeys()
		r.call("account.online.link", "unlink", []any{link})
		if r.count("account.online.link") != 0 || r.count("account.bank.statement.line") != 1100 {
			t.Error("the connection is still there, or lines are not")
		}
		said := r.rows("mail.message", []any{leaf("model", "=", "account.journal"), leaf("res_id", "=", journal),
			leaf("body", "like", "could not be ended")}, "id")
		if len(said) != 1 {
			t.Errorf("%d messages say that the consent stands", len(said))
		}
	})
}
