package statement

import (
	"github.com/girosync/girosync/plugins/sdk"
)

// Codes of the choices that a reading tells when the option "explain" is "yes".
const (
	EncodingChoice  = "encoding"     // encoding
	FormatChoice    = "format"       // format
	DelimiterChoice = "delimiter"    // delimiter
	HeadingsChoice  = "headings"     // line, above, language
	LayoutChoice    = "layout"       // layout
	ColumnChoice    = "column"       // role, column, heading, language
	OrderChoice     = "date_order"   // date_order
	MarkChoice      = "decimal"      // decimal
	SignChoice      = "sign"         // rule, words
	SignProof       = "sign_proof"   // rows
	StateChoice     = "status_words" // words
	AccountChoice   = "account"      // where
	AccountFrom     = "account_from" // first, other: names of a format's fields, as for the following
	DayFrom         = "day_from"
	SignFrom        = "sign_from"
	IDFrom          = "id_from"
	BalanceFrom     = "balance_from"
	PendingFrom     = "pending_from"
	TextFrom        = "text_from"
	LeftOut         = "left_out"
)

// Explains reports whether a reading's options ask for choices.
func Explains(options map[string]string) bool { return options["explain"] == "yes" }

// Ahead returns what emits as emit does, with findings on the first batch.
func Ahead(emit func(sdk.StatementBatch) error, findings ...sdk.Finding) func(sdk.StatementBatch) error {
	return func(b sdk.StatementBatch) error {
		b.Findings = append(findings[:len(findings):len(findings)], b.Findings...)
		findings = nil
		return emit(b)
	}
}

// From tells which field of a format gave something: first, or other where that
// is missing; other is "" where there is none.
func From(code, first, other string) sdk.Finding {
	values := Values{"first": first, "other": other}
	if other == "" {
		return Choice(code, values, "%s: %s", whatFrom(code), first)
	}
	return Choice(code, values, "%s: %s, else %s", whatFrom(code), first, other)
}

func whatFrom(code string) string {
	switch code {
	case AccountFrom:
		return "account"
	case DayFrom:
		return "day of a transaction"
	case SignFrom:
		return "which way the money goes"
	case IDFrom:
		return "id, together with day and amount"
	case BalanceFrom:
		return "balances"
	case TextFrom:
		return "name and text"
	case PendingFrom:
		return "told apart as pending"
	}
	return "passed over, since it is no payment of the account"
}

// ChoseOrder tells the order of dates, and why it is that.
func ChoseOrder(order DateOrder, why string) sdk.Finding {
	if order == AnyOrder {
		return Choice(OrderChoice, nil, "dates: every date can be read in one way only")
	}
	return Choice(OrderChoice, Values{"date_order": string(order)}, "dates: %s, %s", order.words(), why)
}

// ChoseMark tells the decimal mark, and why it is that.
func ChoseMark(mark Mark, why string) sdk.Finding {
	switch mark {
	case Point:
		return Choice(MarkChoice, Values{"decimal": "."}, "decimals: behind a point, %s", why)
	case Comma:
		return Choice(MarkChoice, Values{"decimal": ","}, "decimals: behind a comma, %s", why)
	}
	return Choice(MarkChoice, nil, "decimals: no amount has a separator")
}
