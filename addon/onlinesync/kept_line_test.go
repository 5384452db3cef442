package onlinesync_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk"
)

// abroad is a payment in dollars on an account in euros.
func abroad(id, amount, dollars string) sdk.Transaction {
	t := tx(id, "2026-06-01", amount, "hotel")
	t.OriginalAmount, t.OriginalCurrency, t.EndToEndID, t.Code = dollars, "USD", "E2E-1", "PMNT"
	t.Details = map[string]string{"terminal": "7"}
	t.Counterparty = "Hotel Aurora"
	return t
}

// saidAbroad is what the one line says that an import told.
func (r *rig) saidAbroad() object {
	r.t.Helper()
	got := r.rows("account.bank.statement.line", []any{}, "date", "payment_ref", "amount", "amount_currency", "foreign_currency_id", "ref",
		"partner_id", "transaction_type", "transaction_details", "online_transaction_identifier")
	if len(got) != 1 {
		r.t.Fatalf("lines: %v", got)
	}
	delete(got[0], "id")
	return got[0]
}

// TestWhatALineSaidIsKept makes a line again that a user deleted, that the bank
// took back, and that the bank changed: with the amount in the currency that was
// paid in, and all else that the ledger row does not say.
func TestWhatALineSaidIsKept(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		partner := r.call("res.partner", "create", object{"name": "Hotel Aurora"})
		s.tell("a1", all(abroad("1", "-92", "100")))
		r.sync(link)
		first := r.saidAbroad()
		if first["amount_currency"] != -100.0 || first["ref"] != "E2E-1" || first["transaction_type"] != "PMNT" ||
			!cmp.Equal(first["partner_id"], []any{partner, "Hotel Aurora"}) {
			t.Fatalf("told: %v", first)
		}
		same := func(what string) {
			t.Helper()
			if diff := cmp.Diff(first, r.saidAbroad()); diff != "" {
				t.Errorf("%s (-first +again):\n%s", what, diff)
			}
		}
		row := r.rows("account.online.transaction", []any{}, "id")[0]["id"]

		line := r.rows("account.bank.statement.line", []any{}, "id")[0]["id"]
		r.call("account.bank.statement.line", "unlink", []any{line})
		r.call("account.online.transaction", "action_reimport", []any{row})
		same("deleted and imported again")

		s.tell("a1", sdk.Batch{Removed: []string{"1"}})
		removal := r.sync(link)
		if r.count("account.bank.statement.line") != 0 {
			t.Fatalf("the bank took it back: %v", removal)
		}
		r.call("account.online.run", "undo", []any{removal["id"]})
		same("taken back, and that undone")

		s.tell("a1", sdk.Batch{Modified: []sdk.Transaction{abroad("1", "-101.20", "110")}})
		change := r.sync(link)
		if now := r.saidAbroad(); now["amount"] != -101.2 || now["amount_currency"] != -110.0 ||
			now["transaction_details"].(object)["original_amount"] != "-110" {
			t.Errorf("changed: %v", now)
		}
		r.call("account.online.run", "undo", []any{change["id"]})
		same("changed, and that undone")
	})
}
