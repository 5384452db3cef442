package plaid

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// account is one account of an item.
type account struct {
	ID         string   `json:"account_id"`
	Persistent string   `json:"persistent_account_id"`
	Name       string   `json:"name"`
	Official   string   `json:"official_name"`
	Mask       string   `json:"mask"` // the last digits of its number
	Type       string   `json:"type"`
	Subtype    string   `json:"subtype"`
	Balances   balances `json:"balances"`
}

// balances are an account's. Of ISO and Unofficial one alone is told.
type balances struct {
	Available  rest.Number `json:"available"`
	Current    rest.Number `json:"current"`
	Limit      rest.Number `json:"limit"`
	ISO        string      `json:"iso_currency_code"`
	Unofficial string      `json:"unofficial_currency_code"`
	Updated    string      `json:"last_updated_datetime"`
}

// holdings is what Plaid tells of an item's accounts.
type holdings struct {
	Accounts []account `json:"accounts"`
	Item     item      `json:"item"`
}

// holdings asks for the accounts, with the balances that Plaid has; no bank is asked.
func (s *session) holdings(ctx context.Context) (told holdings, err error) {
	_, err = s.read(ctx, "accounts/get", map[string]string{"access_token": s.secret.Access}, &told)
	return told, err
}

// ListAccounts implements sdk.Provider.
func (p *Provider) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	s, err := p.open(req.Call)
	if err != nil {
		return sdk.AccountList{}, err
	}
	told, err := s.holdings(ctx)
	if err != nil {
		return sdk.AccountList{}, err
	}
	if err := s.broken(told.Item); err != nil {
		return sdk.AccountList{}, err
	}
	list, _ := s.list(told.Accounts)
	return sdk.AccountList{Accounts: list}, nil
}

// broken is the error that an item is in, when only its user can put it right.
func (s *session) broken(i item) error {
	if i.Error == nil || i.Error.Code == "" {
		return nil
	}
	e := i.Error.failure(s.call.Language, 0)
	if slices.Contains([]sdk.Kind{sdk.BadCredentials, sdk.ConsentExpired, sdk.NeedsUser}, e.Kind) {
		return e
	}
	return nil
}

// list are the accounts that can be synchronised, and the names of those that cannot.
func (s *session) list(accounts []account) (list []sdk.Account, leftOut []string) {
	today := sdk.DateOf(s.call.Now.UTC())
	for _, a := range accounts {
		kind, told := a.kind()
		if !told || a.currency() == "" || a.ID == "" || strings.Contains(a.ID, ",") { // choices are joined by commas
			leftOut = append(leftOut, a.shown())
			continue
		}
		list = append(list, sdk.Account{ID: a.ID, StableID: a.Persistent, Name: a.shown(), Currency: a.currency(), Kind: kind,
			Balances: a.balances(today)})
	}
	return list, leftOut
}

// shown is what people call the account. Its mask is no number: it is not unique.
func (a account) shown() string {
	name := or(tidy(a.Official), or(tidy(a.Name), a.Subtype))
	if mask := tidy(a.Mask); mask != "" && !strings.Contains(name, mask) {
		name = strings.TrimSpace(name + " ••" + mask)
	}
	return or(name, a.ID)
}

// kind is what an account is; false for one of which Plaid tells no transactions.
func (a account) kind() (sdk.AccountKind, bool) {
	switch {
	case a.Type == "depository" && slices.Contains([]string{"savings", "cd", "money market", "hsa", "gic", "cash isa"}, a.Subtype):
		return sdk.Savings, true
	case a.Type == "depository":
		return sdk.Checking, true
	case a.Type == "credit":
		return sdk.CreditCard, true
	case a.Type == "loan" && a.Subtype == "student":
		return sdk.Loan, true
	}
	return sdk.OtherKind, false
}

var isoCurrency = regexp.MustCompile(`^[A-Z]{3}$`)

// currency is the account's by ISO 4217; "" when it is in another, such as one of
// computers.
func (a account) currency() string {
	if a.Balances.Unofficial != "" || !isoCurrency.MatchString(a.Balances.ISO) {
		return ""
	}
	return a.Balances.ISO
}

// owed reports whether a positive balance is what the holder owes.
func (a account) owed() bool { return a.Type == "credit" || a.Type == "loan" }

// balances are the account's, as of a day unless Plaid names another. What is
// available counts only where no limit can be in it.
func (a account) balances(day sdk.Date) (list []sdk.Balance) {
	b := a.Balances
	if at := instant(b.Updated); !at.IsZero() && !sdk.DateOf(at).After(day) {
		day = sdk.DateOf(at)
	}
	if b.Current != "" {
		amount := b.Current.String()
		if a.owed() && b.Current.Sign() != 0 {
			amount = negative(amount)
		}
		list = append(list, sdk.Balance{Kind: sdk.Interim, Amount: amount, Currency: a.currency(), Date: day})
	}
	if b.Available != "" && !a.owed() {
		list = append(list, sdk.Balance{Kind: sdk.Available, Amount: b.Available.String(), Currency: a.currency(), Date: day})
	}
	return list
}

// negative is a decimal with the other sign.
func negative(amount string) string {
	if plain, was := strings.CutPrefix(amount, "-"); was {
		return plain
	}
	return "-" + amount
}
