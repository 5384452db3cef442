package bai2

import (
	"errors"
	"fmt"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// unit is a currency and how many decimals it has.
type unit struct {
	currency string
	decimals int
}

func unitOf(currency string) unit {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return unit{currency, 0}
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return unit{currency, 3}
	}
	return unit{currency, 2}
}

var errNoWhole = errors.New("the amount is no whole number")

// amount reads a number of the currency's smallest units.
func (u unit) amount(text string) (statement.Amount, error) {
	digits := strings.TrimLeft(text, "+-")
	if digits == "" || len(text)-len(digits) > 1 || strings.Trim(digits, "0123456789") != "" {
		return statement.Amount{}, errNoWhole
	}
	if u.decimals > 0 {
		for len(digits) <= u.decimals {
			digits = "0" + digits
		}
		cut := len(digits) - u.decimals
		digits = digits[:cut] + "." + digits[cut:]
	}
	a, err := statement.ParseMoney(digits, statement.Point, nil)
	a.Negative = text[0] == '-' && strings.Trim(a.Digits, "0.") != ""
	return a, err
}

// entry is a detail (16).
type entry struct {
	code, amount         string
	valueDate            string
	bankRef, customerRef string
	text                 string
	funds                string
	line                 int
	raw                  []byte
}

// parseEntry reads 16: type, amount, funds type with what belongs to it, the
// bank's reference, the customer's, text.
func parseEntry(r *record) *entry {
	f := r.fields()
	e := &entry{code: f.at(0), amount: f.at(1), line: r.line}
	var rest fields
	e.funds, e.valueDate, rest = availability(f[min(len(f), 2):])
	e.bankRef, e.customerRef = rest.at(0), rest.at(1)
	e.text = statement.Clip(r.text(len(f)-len(rest)+2), statement.MaxText)
	e.raw = []byte(statement.Clip("16,"+strings.Join(r.pieces, "\n88,"), statement.MaxRaw))
	return e
}

// way returns which way the money of a type code goes.
func way(code string) (sdk.Direction, error) {
	if len(code) == 3 && strings.Trim(code, "0123456789") == "" {
		switch {
		case code == "100", code == "101", code == "400", code == "401":
			return "", fmt.Errorf("the type code %q is a total of other transactions", code)
		case code >= "100" && code <= "399", code >= "720" && code <= "739", code >= "920" && code <= "959":
			return sdk.In, nil
		case code >= "400" && code <= "699", code >= "760" && code <= "779", code >= "960":
			return sdk.Out, nil
		}
	}
	return "", fmt.Errorf("the type code %q is neither a credit nor a debit", statement.Clip(code, 10))
}

func (e *entry) transaction(u unit, day sdk.Date) (sdk.Transaction, error) {
	direction, err := way(e.code)
	if err != nil {
		return sdk.Transaction{}, err
	}
	amount, err := u.amount(e.amount)
	if err != nil {
		return sdk.Transaction{}, err
	}
	if amount.Negative { // a correction
		direction = opposite(direction)
	}
	tx := sdk.Transaction{Date: day, Amount: amount.Digits, Direction: direction, Currency: u.currency, Code: e.code,
		Reference: e.text, Raw: e.raw}
	if value, err := statement.ParseShort(e.valueDate); err == nil {
		tx.ValueDate = value
	}
	if tx.Reference == "" {
		tx.Reference = typeName(e.code)
	}
	statement.Fact(&tx.Details, "booking_text", typeName(e.code))
	statement.Fact(&tx.Details, "bank_reference", statement.Reference(e.bankRef))
	statement.Fact(&tx.Details, "customer_reference", statement.Reference(e.customerRef))
	return tx, nil
}

func opposite(d sdk.Direction) sdk.Direction {
	if d == sdk.In {
		return sdk.Out
	}
	return sdk.In
}

// typeName names the type codes that are met most.
func typeName(code string) string {
	switch code {
	case "108", "115":
		return "Lockbox deposit"
	case "142", "165", "166", "169":
		return "ACH credit"
	case "174", "301":
		return "Deposit"
	case "175":
		return "Check deposit"
	case "195":
		return "Incoming wire"
	case "201", "275":
		return "Transfer in"
	case "218":
		return "Letter of credit"
	case "354":
		return "Interest"
	case "451", "455", "466", "469":
		return "ACH debit"
	case "475":
		return "Check paid"
	case "495":
		return "Outgoing wire"
	case "501", "575":
		return "Transfer out"
	case "555":
		return "Returned deposit item"
	case "698":
		return "Fees"
	}
	return ""
}
