package apply

import (
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"
)

// lineRow is a statement line to be made.
type lineRow struct {
	w *Writer
	*importing.Entry
	statement, partner int64
	foreign, paid      any // the currency that was paid in, and the amount in it
	details            any
}

var lineRows = record.Table[lineRow]{
	{Name: "journal_id", Of: func(l *lineRow) any { return l.w.Account.Journal }},
	{Name: "statement_id", Of: func(l *lineRow) any { return record.OrNil(l.statement) }},
	{Name: "date", Of: func(l *lineRow) any { return l.Date }},
	{Name: "payment_ref", Of: func(l *lineRow) any { return record.OrNoText(LabelOf(l.Entry)) }},
	{Name: "ref", Of: func(l *lineRow) any { return record.OrNoText(l.EndToEnd) }},
	{Name: "partner_id", Of: func(l *lineRow) any { return record.OrNil(l.partner) }},
	{Name: "partner_name", Of: func(l *lineRow) any { return record.OrNoText(l.Partner) }},
	{Name: "account_number", Of: func(l *lineRow) any { return record.OrNoText(l.Counter) }},
	{Name: "amount", Of: func(l *lineRow) any { return l.Amount }},
	{Name: "foreign_currency_id", Of: func(l *lineRow) any { return l.foreign }},
	{Name: "amount_currency", Of: func(l *lineRow) any { return l.paid }},
	{Name: "transaction_type", Of: func(l *lineRow) any { return record.OrNoText(l.Code) }},
	{Name: "transaction_details", Of: func(l *lineRow) any { return l.details }},
	{Name: "online_transaction_identifier", Of: func(l *lineRow) any { return record.OrNoText(l.ID) }},
	{Name: "online_account_id", Of: func(l *lineRow) any { return l.w.Account.ID }},
	{Name: "value_date", Of: func(l *lineRow) any { return record.OrNoDate(l.ValueDate) }},
}

// newRow is a ledger row to be made; line is 0 while the transaction is pending.
type newRow struct {
	w *Writer
	*importing.New
	line int64
}

// ifPosted is a value that posted transactions alone have.
func (n *newRow) ifPosted(value any) any {
	if n.Status == importing.Posted {
		return value
	}
	return nil
}

// pendingSince is the day under which a pending transaction is listed.
func (n *newRow) pendingSince() any {
	if n.Status == importing.Posted {
		return nil
	}
	return n.Date
}

var newRows = record.Table[newRow]{
	{Name: "account_id", Of: func(n *newRow) any { return n.w.Account.ID }},
	{Name: "source", Of: func(n *newRow) any { return n.Ident.Source }},
	{Name: "identifier", Of: func(n *newRow) any { return record.OrNoText(n.Ident.ID) }},
	{Name: "fingerprint", Of: func(n *newRow) any { return n.Fingerprint }},
	{Name: "occurrence", Of: func(n *newRow) any { return int64(n.Occurrence) }},
	{Name: "status", Of: func(n *newRow) any { return string(n.Status) }},
	{Name: "date", Of: func(n *newRow) any { return n.Date }},
	{Name: "value_date", Of: func(n *newRow) any { return record.OrNoDate(n.ValueDate) }},
	{Name: "amount", Of: func(n *newRow) any { return n.Amount }},
	{Name: "payment_ref", Of: func(n *newRow) any { return record.OrNoText(n.Text) }},
	{Name: "partner_name", Of: func(n *newRow) any { return record.OrNoText(n.Partner) }},
	{Name: "account_number", Of: func(n *newRow) any { return record.OrNoText(n.Counter) }},
	{Name: "line_id", Of: func(n *newRow) any { return n.ifPosted(n.line) }},
	{Name: "first_seen", Of: func(n *newRow) any { return n.w.now }},
	{Name: "posted_at", Of: func(n *newRow) any { return n.ifPosted(n.w.now) }},
	{Name: "raw", Of: func(n *newRow) any { return record.OrNoText(n.Raw) }},
	{Name: "run", Of: func(n *newRow) any { return n.w.run }},
	{Name: "pending_since", Of: func(n *newRow) any { return n.pendingSince() }},
	{Name: "posted_run", Of: func(n *newRow) any { return n.ifPosted(n.w.run) }},
	{Name: "match_code", Of: func(n *newRow) any { return string(n.Reason) }},
}

// question is a review to be asked.
type question struct {
	w *Writer
	*asking
}

var questions = record.Table[question]{
	{Name: "kind", Of: func(q *question) any { return q.kind }},
	{Name: "state", Of: func(*question) any { return record.ReviewOpen }},
	{Name: "account_id", Of: func(q *question) any { return q.w.Account.ID }},
	{Name: "journal_id", Of: func(q *question) any { return record.OrNil(q.w.Account.Journal) }},
	{Name: "company_id", Of: func(q *question) any { return q.w.Company }},
	{Name: "transaction_id", Of: func(q *question) any { return q.of }},
	{Name: "other_id", Of: func(q *question) any { return record.OrNil(q.other) }},
	{Name: "typed_line_id", Of: func(q *question) any { return record.OrNil(q.typed) }},
	{Name: "reason", Of: func(q *question) any { return q.reason }},
	{Name: "run", Of: func(q *question) any { return q.w.run }},
	{Name: "source", Of: func(q *question) any { return q.w.Source }},
	{Name: "key", Of: func(q *question) any { return q.key }},
}
