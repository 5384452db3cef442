package onlinesync_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

// said joins the bodies of the messages on a journal.
func (r *rig) said(journal float64) (count int, text string) {
	r.t.Helper()
	list := r.rows("mail.message", []any{leaf("model", "=", "account.journal"), leaf("res_id", "=", journal)}, "body")
	for _, m := range list {
		text += m["body"].(string) + "\n"
	}
	return len(list), text
}

func TestABulkDeletionTellsEveryLineAtTheCostOfAFew(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			r := countedRig(t, kind)
			journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank"}).(float64)
			make := func(n int) []any {
				rows := []any{}
				for i := range n {
					rows = append(rows, object{"journal_id": journal, "date": "2026-03-01", "amount": i + 1,
						"payment_ref": fmt.Sprintf("line no %d.", i)})
				}
				return r.call("account.bank.statement.line", "create", rows).([]any)
			}
			few, many := make(2), make(450)
			small := r.cost.Of(func() { r.call("account.bank.statement.line", "unlink", few) })
			large := r.cost.Of(func() { r.call("account.bank.statement.line", "unlink", many) })
			// Three messages instead of one, each announced to who watches.
			if extra := large.Statements - small.Statements; extra > 30 {
				t.Errorf("deleting 450 lines took %d statements more than deleting 2 (%d)", extra, small.Statements)
			}
			count, text := r.said(journal)
			if count != 4 {
				t.Errorf("%d messages", count)
			}
			for i := range 450 {
				if !strings.Contains(text, fmt.Sprintf("Label: line no %d.<", i)) {
					t.Fatalf("line %d is not told", i)
				}
			}
		})
	}
}
