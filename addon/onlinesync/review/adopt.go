package review

import (
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// adopt makes the line that a user typed the transaction's. It stays as it was
// typed and is the user's own from then on; it takes the place of the bank's in
// the statement, where it stood in none. The bank's goes, unless somebody works
// with that one only.
func (a *answering) adopt() error {
	typed, err := a.line(a.typed)
	if err != nil {
		return err
	}
	told, err := a.line(a.of.Line)
	if err != nil || typed.id == 0 || typed.id == told.id {
		return err
	}
	if told.held() && !typed.reconciled && !typed.locked {
		return a.deleteLine(typed.id)
	}
	if err := a.deleteLine(told.id); err != nil {
		return err
	}
	if err := a.env.Write(record.Transactions, []int64{a.of.ID},
		orm.Values{"line_id": typed.id, "line_deleted": false, "match_code": string(ledger.Adopted)}); err != nil {
		return err
	}
	values := orm.Values{"online_account_id": a.w.Account.ID, "online_transaction_identifier": record.OrNoText(a.of.Ident.ID),
		"value_date": record.OrNoDate(a.of.ValueDate), "online_edited": true}
	if typed.Statement == 0 && told.Statement != 0 && !typed.locked {
		values["statement_id"] = told.Statement
		a.w.Touched.On(typed.Date, told.Statement)
	}
	return a.env.Write(record.Lines, []int64{typed.id}, values)
}
