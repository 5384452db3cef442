package camt

import (
	"errors"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// entry turns an Ntry into transactions and books, pends or refuses them.
func (a *account) entry(e element, raw []byte) error {
	whole, err := a.common(e)
	if err != nil {
		a.totals.lost = true
		return a.out.Refuse(e.line(), "entry: %v", err)
	}
	whole.Raw = raw
	booked := false
	add := a.out.Book
	switch strings.ToUpper(status(e)) {
	case "PDNG", "FUTR", "PENDING":
		add = a.out.Pend
	case "INFO":
		return a.out.Refuse(e.line(), "entry of %s %s: for information only, not booked", whole.Date, whole.Amount)
	case "BOOK", "BOOKED", "":
		booked = true
	default:
		return a.out.Refuse(e.line(), "entry of %s %s: its status is %s, which does not say that it is booked", whole.Date, whole.Amount,
			quoted(status(e)))
	}
	a.totals.add(&whole, booked, a.out.Account.Currency, isReversal(e))
	details := detailsOf(e)
	if parts := split(e, details); parts != nil {
		for i, detail := range details {
			tx := whole
			tx.Amount, tx.Direction = parts[i].Digits, direction(parts[i].Negative)
			tx.Raw = partRaw(raw, i)
			tx.Details = nil
			a.complete(&tx, e, detail)
			statement.Fact(&tx.Details, "collective_entry", e.value("Amt"))
			if err := add(tx, detail.value("Refs", "AcctSvcrRef")); err != nil {
				return err
			}
		}
		return nil
	}
	var detail element
	if len(details) == 1 {
		detail = details[0]
	}
	a.complete(&whole, e, detail)
	return add(whole, either(e.value("AcctSvcrRef"), detail.value("Refs", "AcctSvcrRef")))
}

// partRaw keeps a collective entry's evidence once, with its first part.
func partRaw(raw []byte, part int) []byte {
	if part > 0 {
		return nil
	}
	return raw
}

// common reads what every transaction of an entry shares.
func (a *account) common(e element) (sdk.Transaction, error) {
	amount, err := statement.ParseAmount(e.value("Amt"))
	if err != nil {
		return sdk.Transaction{}, err
	}
	if amount.Negative { // the standard has none: it may repeat the indicator, or turn it
		return sdk.Transaction{}, errors.New("the amount " + amount.String() + " has a minus beside its credit/debit indicator")
	}
	switch indicator := e.value("CdtDbtInd"); indicator {
	case "CRDT":
	case "DBIT":
		amount.Negative = !amount.Negative
	default:
		return sdk.Transaction{}, errors.New("the credit/debit indicator is " + quoted(indicator))
	}
	tx := sdk.Transaction{
		Amount:    amount.Digits,
		Direction: direction(amount.Negative),
		Currency:  either(e.child("Amt").currency(), a.out.Account.Currency),
	}
	if tx.Currency == "" { // row 36: never a default
		return sdk.Transaction{}, errors.New("the currency is missing")
	}
	tx.ValueDate = dateIn(e.child("ValDt"), "Dt", "DtTm")
	if tx.Date, err = a.date(e, tx.ValueDate); err != nil {
		return sdk.Transaction{}, err
	}
	return tx, nil
}

// date returns an entry's booking date; else its value date, the date of its
// first detail, or the day on which the message was made.
func (a *account) date(e element, value sdk.Date) (sdk.Date, error) {
	booking := e.child("BookgDt")
	if text := either(booking.value("Dt"), booking.value("DtTm")); text != "" {
		return statement.ParseISO(text)
	}
	if !value.IsZero() {
		return value, nil
	}
	related := e.child("NtryDtls", "TxDtls", "RltdDts")
	if d := dateIn(related, "IntrBkSttlmDt", "TxDtTm", "AccptncDtTm"); !d.IsZero() {
		return d, nil
	}
	if !a.created.IsZero() {
		return a.created, nil
	}
	return sdk.Date{}, errors.New("neither booking nor value date")
}

// status returns the entry's status; versions from 8 on nest it.
func status(e element) string {
	return either(e.value("Sts", "Cd"), e.value("Sts", "Prtry"), e.value("Sts"))
}

func direction(negative bool) sdk.Direction {
	if negative {
		return sdk.Out
	}
	return sdk.In
}

func quoted(s string) string { return `"` + statement.Clip(s, 20) + `"` }

// detailsOf returns the details of all NtryDtls; the first version of the
// standard has them in the entry itself.
func detailsOf(e element) []element {
	var all []element
	collect := func(parent element) {
		for d := parent.child("TxDtls"); d.ok(); d = d.nextNamed() {
			all = append(all, d)
		}
	}
	collect(e)
	for group := e.child("NtryDtls"); group.ok(); group = group.nextNamed() {
		collect(group)
	}
	return all
}

// split returns the amounts of the details, negative when they leave the
// account, if there are several, all have one in the entry's currency, and
// they add up to the entry exactly; else nil.
func split(e element, details []element) []statement.Amount {
	if len(details) < 2 {
		return nil
	}
	currency, sign := e.child("Amt").currency(), e.value("CdtDbtInd")
	total, err := statement.ParseAmount(e.value("Amt"))
	if err != nil {
		return nil
	}
	total.Negative = total.Negative != (sign == "DBIT")
	parts := make([]statement.Amount, len(details))
	for i, d := range details {
		amt := amountIn(d, currency)
		part, err := statement.ParseAmount(amt)
		if err != nil {
			return nil
		}
		part.Negative = part.Negative != (either(d.value("CdtDbtInd"), sign) == "DBIT")
		parts[i] = part
	}
	if !statement.SumsTo(total, parts) {
		return nil
	}
	return parts
}

// amountIn returns a detail's amount in the given currency, "" when it has none.
func amountIn(d element, currency string) string {
	for _, at := range []element{
		d.child("Amt"),
		d.child("AmtDtls", "TxAmt", "Amt"),
		d.child("AmtDtls", "InstdAmt", "Amt"),
	} {
		if at.ok() && at.currency() == currency {
			return at.value()
		}
	}
	return ""
}

// complete adds what the details say to a transaction.
func (a *account) complete(tx *sdk.Transaction, e, d element) {
	a.party(tx, e, d)
	remittance(tx, e, d)
	foreign(tx, e, d)
	tx.EndToEndID = statement.Reference(d.value("Refs", "EndToEndId"))
	tx.Code = transactionCode(withContent(d.child("BkTxCd"), e.child("BkTxCd")))
	for _, f := range [...]struct{ name, value string }{
		{"account_servicer_reference", statement.Reference(either(d.value("Refs", "AcctSvcrRef"), e.value("AcctSvcrRef")))},
		{"entry_reference", statement.Reference(e.value("NtryRef"))},
		{"mandate_id", d.value("Refs", "MndtId")},
		{"transaction_id", statement.Reference(d.value("Refs", "TxId"))},
		{"instruction_id", statement.Reference(d.value("Refs", "InstrId"))},
		{"uetr", d.value("Refs", "UETR")},
		{"batch_id", statement.Reference(either(e.value("NtryDtls", "Btch", "PmtInfId"), e.value("Btch", "PmtInfId")))},
		{"proprietary_code", either(d.value("BkTxCd", "Prtry", "Cd"), e.value("BkTxCd", "Prtry", "Cd"))},
		{"charges", charges(d.child("Chrgs"), e.child("Chrgs"))},
		{"purpose", either(d.value("Purp", "Cd"), d.value("Purp", "Prtry"))},
		{"return_reason", either(d.value("RtrInf", "Rsn", "Cd"), d.value("RtrInf", "RtrRsn", "Cd"))},
		{"additional_information", statement.Words(e.value("AddtlNtryInf"))},
		{"transaction_information", statement.Words(d.value("AddtlTxInf"))},
	} {
		statement.Fact(&tx.Details, f.name, f.value)
	}
	if isReversal(e) {
		statement.Fact(&tx.Details, "reversal", "true")
	}
}

func isReversal(e element) bool {
	indicator := e.value("RvslInd")
	return strings.EqualFold(indicator, "true") || indicator == "1"
}

// charges returns the first amount of charges that is told, with its currency.
func charges(all ...element) string {
	for _, c := range all {
		for _, at := range []element{c.child("TtlChrgsAndTaxAmt"), c.child("Amt"), c.child("Rcrd", "Amt")} {
			if text := at.value(); text != "" {
				return statement.Words(text + " " + at.currency())
			}
		}
	}
	return ""
}

// withContent returns the first element if it has children, else the second.
func withContent(first, second element) element {
	if first.ok() && first.tree.nodes[first.at].first != 0 {
		return first
	}
	return second
}

// transactionCode joins ISO's domain, family and subfamily; without them it is
// the bank's own code.
func transactionCode(code element) string {
	domain := code.child("Domn")
	if !domain.ok() {
		return code.value("Prtry", "Cd")
	}
	return strings.Trim(domain.value("Cd")+"/"+domain.value("Fmly", "Cd")+"/"+domain.value("Fmly", "SubFmlyCd"), "/")
}

// foreign tells of an amount in another currency and how it was converted.
func foreign(tx *sdk.Transaction, e, d element) {
	for _, amounts := range []element{d.child("AmtDtls"), e.child("AmtDtls")} {
		for _, kind := range [...]string{"InstdAmt", "TxAmt", "CntrValAmt"} {
			at := amounts.child(kind)
			currency := at.child("Amt").currency()
			if tx.Rate == "" {
				tx.Rate = statement.Rate(at.value("CcyXchg", "XchgRate"))
			}
			if tx.OriginalCurrency != "" || currency == "" || currency == tx.Currency {
				continue
			}
			if amount, err := statement.ParseAmount(at.value("Amt")); err == nil {
				tx.OriginalAmount, tx.OriginalCurrency = amount.Digits, currency
			}
		}
	}
	if tx.OriginalCurrency == "" {
		tx.Rate = ""
	}
}
