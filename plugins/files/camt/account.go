package camt

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// account is the statement of one account, being read.
type account struct {
	out      *statement.Builder
	owner    string
	id       string // Id of the statement
	sequence string // its electronic sequence number
	from, to sdk.Date
	created  sdk.Date
	balances []codedBalance
	settled  bool
	whole    bool // it tells all entries between its balances
	totals   totals
}

// maxBalances bounds the balances of one statement; banks give about ten.
const maxBalances = 1000

// codedBalance is a balance with ISO's code for what it is.
type codedBalance struct {
	sdk.Balance
	code string
}

// describe takes the small facts about a statement.
func (a *account) describe(name string, e element) {
	switch name {
	case "Id":
		a.id = e.value()
	case "ElctrncSeqNb":
		a.sequence = e.value()
	case "CreDtTm":
		a.created, _ = statement.ParseISO(e.value()) // unknown when unreadable
	case "FrToDt":
		a.from = dateIn(e, "FrDt", "FrDtTm")
		a.to = dateIn(e, "ToDt", "ToDtTm")
	case "TxsSummry":
		a.totals.take(e)
	case "StmtPgntn":
		last := e.value("LastPgInd")
		a.whole = a.whole && (e.value("PgNb") == "1" || e.value("PgNb") == "") && (last == "" || last == "true" || last == "1")
	}
}

// dateIn returns the first date found under the names; zero when none is.
func dateIn(e element, names ...string) sdk.Date {
	for _, name := range names {
		if d, err := statement.ParseISO(e.value(name)); err == nil {
			return d
		}
	}
	return sdk.Date{}
}

// identify takes the account.
func (a *account) identify(e element) {
	a.owner = e.value("Ownr", "Nm")
	a.out.Account = sdk.Account{
		Name:     e.value("Nm"),
		Number:   accountNumber(e),
		Currency: statement.Currency(e.value("Ccy")),
		Kind:     kindOf(either(e.value("Tp", "Cd"), e.value("Tp", "Prtry"))),
		Owner:    a.owner,
	}
	a.out.Account.ID = a.out.Account.Number
}

func kindOf(code string) sdk.AccountKind {
	switch code {
	case "CACC", "TRAN", "SACC", "CASH", "CURR":
		return sdk.Checking
	case "SVGS", "ONDP":
		return sdk.Savings
	case "CARD":
		return sdk.CreditCard
	case "LOAN":
		return sdk.Loan
	}
	return ""
}

// accountNumber returns an account's number as the file writes it, less
// spaces; an account of zeros only is none.
func accountNumber(acct element) string {
	id := acct.child("Id")
	return statement.AccountNumber(either(
		id.value("IBAN"),
		id.value("Othr", "Id"),
		id.value("BBAN"),
		id.value("PrtryAcct", "Id"),
		id.value("UPIC"),
	))
}

// balance takes one balance. One that cannot be read is refused.
func (a *account) balance(e element) error {
	amount, err := statement.ParseAmount(e.value("Amt"))
	if err != nil {
		return a.out.Refuse(e.line(), "balance: %v", err)
	}
	if e.value("CdtDbtInd") == "DBIT" {
		amount.Negative = !amount.Negative
	}
	if len(a.balances) >= maxBalances {
		return a.out.Refuse(e.line(), "balance: more than %d of them", maxBalances)
	}
	a.balances = append(a.balances, codedBalance{
		code: either(e.value("Tp", "CdOrPrtry", "Cd"), e.value("Tp", "Cd"), e.value("Tp", "CdOrPrtry", "Prtry")),
		Balance: sdk.Balance{
			Amount:   amount.String(),
			Currency: e.child("Amt").currency(),
			Date:     dateIn(e.child("Dt"), "Dt", "DtTm"),
		},
	})
	return nil
}

// settle names the opening and closing balances. It is called before the first
// entry and again at the end, for banks that put balances last.
func (a *account) settle() {
	if a.settled && a.out.Closing != nil {
		return
	}
	if a.out.Number == "" {
		a.out.Number = either(a.id, a.sequence)
	}
	if a.out.Account.Currency == "" {
		a.out.Account.Currency = a.firstCurrency()
	}
	if a.out.Opening == nil {
		a.out.Opening = a.opening()
	}
	if !a.settled {
		a.out.Account.Balances = a.available()
	}
	a.out.Closing = a.closing()
	a.settled = true
}

func (a *account) firstCurrency() string {
	for _, b := range a.balances {
		if b.Currency != "" {
			return b.Currency
		}
	}
	return ""
}

func (a *account) opening() *sdk.Balance {
	if b := a.pick(sdk.Opening, a.from, "OPBD", "PRCD"); b != nil {
		return b
	}
	if interim := a.all("ITBD"); len(interim) > 1 {
		interim[0].Kind = sdk.Interim
		return &interim[0]
	}
	return nil
}

func (a *account) closing() *sdk.Balance {
	if b := a.pick(sdk.Closing, a.to, "CLBD"); b != nil {
		return b
	}
	if interim := a.all("ITBD"); len(interim) > 0 {
		last := interim[len(interim)-1]
		last.Kind = sdk.Interim
		return &last
	}
	return nil
}

// available returns the balances that count what is not booked.
func (a *account) available() []sdk.Balance {
	for _, code := range []string{"CLAV", "ITAV"} {
		if b := a.pick(sdk.Available, a.to, code); b != nil {
			return []sdk.Balance{*b}
		}
	}
	return nil
}

// pick returns a balance with the first code that there is: of several days, the
// earliest opening one, else the latest. An undated one gets the given date.
func (a *account) pick(kind sdk.BalanceKind, undated sdk.Date, codes ...string) *sdk.Balance {
	for _, code := range codes {
		found := a.all(code)
		if len(found) == 0 {
			continue
		}
		b := found[0]
		for _, other := range found[1:] {
			if other.Date.IsZero() || b.Date.IsZero() {
				continue
			}
			if kind == sdk.Opening && other.Date.Before(b.Date) || kind != sdk.Opening && b.Date.Before(other.Date) {
				b = other
			}
		}
		b.Kind = kind
		if b.Date.IsZero() {
			b.Date = undated
		}
		return &b
	}
	return nil
}

// all returns the balances with a code in the account's currency. One in
// another currency says nothing about this account's entries.
func (a *account) all(code string) []sdk.Balance {
	var found []sdk.Balance
	for _, b := range a.balances {
		if b.code == code && b.Currency == a.out.Account.Currency {
			found = append(found, b.Balance)
		}
	}
	return found
}
