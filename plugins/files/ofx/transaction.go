package ofx

import (
	"fmt"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// transaction is a STMTTRN as the file has it.
type transaction struct {
	line    int
	pending bool
	seen    bool // it has a value at all

	kind, posted, available, amount string
	id, name, payee, memo           string
	check, reference                string
	account, bank                   string // of BANKACCTTO or CCACCTTO
	currency, currencyRate          string // TRNAMT is in this currency
	original, originalRate          string // TRNAMT was converted from this one
	corrects, action                string // another one's id, and what becomes of it
	details                         map[string]string
}

// set takes a leaf's value; the first one under a name stays.
func (t *transaction) set(in, name, text string) {
	t.seen = true
	var into *string
	switch in + "/" + name {
	case "STMTTRN/TRNTYPE", "STMTTRNP/TRNTYPE":
		into = &t.kind
	case "STMTTRN/DTPOSTED", "STMTTRNP/DTTRAN":
		into = &t.posted
	case "STMTTRN/DTAVAIL", "STMTTRN/VALUEDATE":
		into = &t.available
	case "STMTTRN/TRNAMT", "STMTTRNP/TRNAMT":
		into = &t.amount
	case "STMTTRN/FITID":
		into = &t.id
	case "STMTTRN/NAME", "STMTTRNP/NAME":
		into = &t.name
	case "PAYEE/NAME":
		into = &t.payee
	case "STMTTRN/MEMO", "STMTTRNP/MEMO":
		into = &t.memo
	case "STMTTRN/CHECKNUM":
		into = &t.check
	case "STMTTRN/REFNUM", "STMTTRNP/REFNUM":
		into = &t.reference
	case "BANKACCTTO/ACCTID", "CCACCTTO/ACCTID":
		into = &t.account
	case "BANKACCTTO/BANKID":
		into = &t.bank
	case "CURRENCY/CURSYM":
		into = &t.currency
	case "CURRENCY/CURRATE":
		into = &t.currencyRate
	case "ORIGCURRENCY/CURSYM":
		into = &t.original
	case "ORIGCURRENCY/CURRATE":
		into = &t.originalRate
	default:
		t.other(in, name, text)
		return
	}
	if *into == "" {
		*into = text
	}
}

// other keeps the leaves that are no part of a transaction's identity.
func (t *transaction) other(in, name, text string) {
	if in != "STMTTRN" {
		return
	}
	switch name {
	case "DTUSER":
		if d, err := statement.ParseCompact(text); err == nil {
			statement.Fact(&t.details, "initiated", d.String())
		}
	case "SIC":
		statement.Fact(&t.details, "merchant_category", text)
	case "CORRECTFITID":
		t.corrects = text
		statement.Fact(&t.details, "corrects", text)
	case "CORRECTACTION":
		t.action = strings.ToUpper(text)
		statement.Fact(&t.details, "correction", text)
	case "SRVRTID":
		statement.Fact(&t.details, "server_id", text)
	}
}

// add hands over the transaction that was just closed. One without any value
// is none.
func (d *document) add() error {
	raw := d.scan.Recorded()
	if !d.stmt || !d.tx.seen {
		return nil
	}
	tx, err := d.tx.convert(d.out.Account)
	if err != nil {
		return d.out.Refuse(d.tx.line, "transaction: %v", err)
	}
	if told, err := d.balanceRow(&tx); told || err != nil {
		return err
	}
	tx.Raw = raw
	if d.tx.pending || tx.Code == "HOLD" { // an amount that is only reserved
		return d.out.Pend(tx, "")
	}
	if done, err := d.correct(&tx); done || err != nil {
		return err
	}
	return d.book(tx, d.tx.id)
}

func (d *document) book(tx sdk.Transaction, id string) error {
	d.seen.compare(&tx)
	if tx.Currency == d.out.Account.Currency {
		d.rows.moves.AddSigned(tx.Amount, tx.Direction == sdk.Out)
		if d.seen.last.Before(tx.Date) {
			d.seen.last = tx.Date
		}
	}
	return d.out.Book(tx, id)
}

func (t *transaction) convert(account sdk.Account) (sdk.Transaction, error) {
	amount, err := statement.ParseAmount(t.amount)
	if err != nil {
		return sdk.Transaction{}, err
	}
	if mayBeThousands(t.amount, account.Currency) {
		return sdk.Transaction{}, fmt.Errorf("amount %q: its comma may stand before decimals or between thousands",
			statement.Clip(t.amount, 40))
	}
	date, err := statement.ParseCompact(t.posted)
	if err != nil {
		return sdk.Transaction{}, err
	}
	tx := sdk.Transaction{
		Date:      date,
		Amount:    amount.Digits,
		Direction: sdk.In,
		Currency:  account.Currency,
		Code:      strings.ToUpper(t.kind),
		Details:   t.details,
	}
	tx.ValueDate, _ = statement.ParseCompact(t.available) // mostly absent
	if amount.Negative {
		tx.Direction = sdk.Out
	}
	t.currencies(&tx)
	t.words(&tx)
	if number := statement.AccountNumber(t.account); number != statement.AccountNumber(account.Number) {
		tx.CounterNumber = number
		statement.Fact(&tx.Details, "counterparty_bank_code", t.bank)
	}
	statement.Fact(&tx.Details, "fitid", t.id)
	statement.Fact(&tx.Details, "check_number", statement.Reference(t.check))
	statement.Fact(&tx.Details, "reference_number", statement.Reference(t.reference))
	return tx, nil
}

// mayBeThousands reports whether an amount has a comma and three digits behind it,
// in a currency that has no three decimals. The standard lets a comma stand before
// decimals; some banks write it between thousands.
func mayBeThousands(text, currency string) bool {
	_, behind, found := strings.Cut(text, ",")
	if !found || len(behind) != 3 || strings.Contains(text, ".") || strings.HasPrefix(strings.TrimLeft(text, "+-"), "0") {
		return false
	}
	switch currency {
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return false
	}
	return true
}

// words fills in the other party and the text. A memo that only repeats the
// name, at greater length, is both.
func (t *transaction) words(tx *sdk.Transaction) {
	tx.Counterparty = t.payee
	if tx.Counterparty == "" {
		tx.Counterparty = t.name
	}
	tx.Reference = t.memo
	if tx.Reference == "" {
		tx.Reference = t.name
	}
	if t.payee != "" && t.name != "" && t.name != t.payee {
		tx.Reference = strings.TrimSpace(t.name + " " + t.memo)
	}
}

// currencies tells in which currency TRNAMT is, when not in the account's.
func (t *transaction) currencies(tx *sdk.Transaction) {
	if c := statement.Currency(t.currency); c != "" && c != tx.Currency {
		if tx.Currency != "" {
			tx.Rate = statement.Rate(t.currencyRate)
		}
		tx.Currency = c
	}
	// The file does not say the original amount, and dividing would invent it.
	if c := statement.Currency(t.original); c != "" && c != tx.Currency {
		statement.Fact(&tx.Details, "original_currency", c)
		statement.Fact(&tx.Details, "original_rate", statement.Rate(t.originalRate))
	}
}
