package enablebanking

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// fate is what becomes of a transaction.
type fate int

const (
	nothing fate = iota // it is none of the account's, now or ever
	waits               // pending
	counts              // booked
)

// fate follows from the status, and the day of booking where the status says little:
//
//   - BOOK counts. Without any day it waits: the books cannot do without one, and
//     made up, it would be another at each fetch.
//   - PDNG, and HOLD, which keeps money back for a card payment, wait.
//   - OTHR, a status that the service does not know, counts once the bank has told
//     a day of booking that has come; until then it waits.
//   - SCHD is yet to be made, CNCL and RJCT never will be: nothing comes of them.
func (t transaction) fate(booked, any, today sdk.Date) (fate, error) {
	switch t.Status {
	case "BOOK":
		if any.IsZero() {
			return waits, nil
		}
		return counts, nil
	case "PDNG", "HOLD":
		return waits, nil
	case "OTHR":
		if booked.IsZero() || booked.After(today) {
			return waits, nil
		}
		return counts, nil
	case "SCHD", "CNCL", "RJCT":
		return nothing, nil
	}
	return nothing, fmt.Errorf("the status %.20q is unknown", t.Status)
}

// convert makes a movement of the bank's one of the sdk's. Its day is that of
// booking, else of value, else the one on which it was made; for a pending one
// the other way round, and today without any.
func (f *fetch) convert(raw json.RawMessage) (out sdk.Transaction, become fate, err error) {
	var t transaction
	if err := json.Unmarshal(raw, &t); err != nil {
		return out, nothing, err
	}
	booked, err1 := dayOf(t.Booked)
	value, err2 := dayOf(t.Value)
	made, err3 := dayOf(t.Made)
	if err := errors.Join(err1, err2, err3); err != nil {
		return out, nothing, err
	}
	day := first(booked, value, made)
	if become, err = t.fate(booked, day, f.today); err != nil || become == nothing {
		return out, become, err
	}
	if become == waits {
		day = first(made, booked, value, f.today)
	}
	out = sdk.Transaction{ID: strings.TrimSpace(t.Reference), Date: day, ValueDate: value, Raw: raw, Details: map[string]string{}}
	if out.Amount, out.Direction, err = t.money(); err != nil {
		return out, nothing, err
	}
	if out.Currency = currencyOf(t.Amount.Currency); out.Currency == "" {
		return out, nothing, fmt.Errorf("the currency is %.20q", t.Amount.Currency)
	}
	other, account := t.Debtor, t.DebtorAccount
	if out.Direction == sdk.Out {
		other, account = t.Creditor, t.CreditorAccount
	}
	out.Counterparty, out.CounterNumber = tidy(other.Name), tidy(or(account.IBAN, account.Other.Text))
	out.Code = strings.Trim(t.Code.Code+"-"+t.Code.SubCode, "-")
	t.describe(&out, made)
	return out, become, nil
}

// money is the amount without a sign, and the direction, which is told apart.
func (t transaction) money() (string, sdk.Direction, error) {
	amount := t.Amount.Amount
	switch {
	case amount == "":
		return "", "", errors.New("the amount is missing")
	case amount.Sign() < 0:
		return "", "", errors.New("the amount has a sign, although the direction is told apart")
	}
	switch t.Indicator {
	case "CRDT":
		return amount.String(), sdk.In, nil
	case "DBIT":
		return amount.String(), sdk.Out, nil
	}
	return "", "", fmt.Errorf("the direction is %.20q", t.Indicator)
}

// describe fills in what people read, and what there is of a foreign payment.
func (t transaction) describe(out *sdk.Transaction, made sdk.Date) {
	out.Reference = rest.Text(strings.Join(t.Remittance, " "), 1000)
	if out.Reference == "" {
		out.Reference = tidy(or(t.Number, or(t.Code.Description, t.Note)))
	}
	for name, value := range map[string]string{"reference_number": t.Number, "note": t.Note, "mcc": t.MCC,
		"transaction_date": made.String(), "code_description": t.Code.Description} {
		if value = tidy(value); value != "" {
			out.Details[name] = value
		}
	}
	foreign := t.Exchange.Amount
	if code := currencyOf(foreign.Currency); code != "" && code != out.Currency && foreign.Amount != "" {
		out.OriginalAmount, out.OriginalCurrency = strings.TrimPrefix(foreign.Amount.String(), "-"), code
		out.Rate = t.Exchange.Rate.String()
	}
}

// dayOf reads a civil day; "" is the zero Date. A time after it is passed over.
func dayOf(text string) (sdk.Date, error) {
	if text == "" {
		return sdk.Date{}, nil
	}
	day, _, _ := strings.Cut(text, "T")
	return sdk.ParseDate(day)
}

// first is the first of some days that is known.
func first(days ...sdk.Date) sdk.Date {
	for _, day := range days {
		if !day.IsZero() {
			return day
		}
	}
	return sdk.Date{}
}

// noCurrency is ISO 4217's for none: an account in several.
const noCurrency = "XXX"

var isoCurrency = regexp.MustCompile(`^[A-Z]{3}$`)

// currencyOf is a currency by ISO 4217; "" when it is none.
func currencyOf(text string) string {
	if code := strings.ToUpper(strings.TrimSpace(text)); isoCurrency.MatchString(code) {
		return code
	}
	return ""
}

// kindOf is what an account is.
func kindOf(kind string) sdk.AccountKind {
	switch kind {
	case "CACC":
		return sdk.Checking
	case "SVGS":
		return sdk.Savings
	case "CARD":
		return sdk.CreditCard
	case "LOAN":
		return sdk.Loan
	}
	return sdk.OtherKind
}

var isoLanguage = regexp.MustCompile(`^[a-z]{2}$`)

// languageOf is a user's language in two letters; "" when it is not known.
func languageOf(language string) string {
	if code := strings.ToLower(language[:min(2, len(language))]); isoLanguage.MatchString(code) {
		return code
	}
	return ""
}

func tidy(text string) string { return rest.Text(text, 500) }
