package onlinesync_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// Why a line is there is said in the language of who reads it.
func TestReasonsAreWordedForTheReader(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	pending := all(tx("1", "2026-06-01", "5", "told"))
	pending.Pending = []sdk.Transaction{tx("p", "2026-06-14", "-20", "Restaurant")}
	s.tell("a1", pending)
	r.sync(link)
	posted := tx("b", "2026-06-15", "-20", "Restaurant")
	posted.PendingID = "p"
	s.tell("a1", all(tx("1", "2026-06-01", "5", "told"), posted))
	r.sync(link)
	journal := r.rows("account.journal", []any{leaf("type", "=", "bank")}, "id")[0]["id"]
	r.typed(journal, "2026-06-16", 1, "by hand")
	for lang, want := range map[string][]any{
		"en_US": {"script told it first.", "It was posted from the pending transaction that script names.", false},
		"nl_NL": {"script gaf hem als eerste op.", "Hij is geboekt uit de lopende transactie die script noemt.", false},
	} {
		result, err := r.db.Call(t.Context(), orm.Principal{UID: base.AdminUser}, "account.bank.statement.line", "search_read",
			[]any{[]any{}, []any{"match_reason"}, 0, 0, "date"}, object{"context": object{"lang": lang}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		var rows []object
		if err := json.Unmarshal(text, &rows); err != nil {
			t.Fatal(err)
		}
		var got []any
		for _, row := range rows {
			got = append(got, row["match_reason"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}
