package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// role is what an account is for in its holder's life.
type role int

const (
	checking role = iota
	savings
	foreign
	card
	joint
)

// account is one account of a holder.
type account struct {
	key      uint64
	role     role
	id       string // in this consent
	stableID string
	name     string
	number   string
	kind     sdk.AccountKind
	money    currency
	rest     int64 // minor units: the balance to which it returns
	last     day   // the last on which it was open; 0 while it is
}

// holder is a bank's customer: who they are follows from seed, bank and user.
type holder struct {
	key      uint64
	bank     bank
	country  country
	name     string
	accounts []account
}

// ListAccounts implements sdk.Provider. All accounts are listed, whichever
// were chosen (S62).
func (p *Provider) ListAccounts(_ context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	s, err := open(req.Call)
	if err != nil {
		return sdk.AccountList{}, err
	}
	if err := s.reachable(); err != nil {
		return sdk.AccountList{}, err
	}
	return sdk.AccountList{Accounts: s.holder().list(s.seenAt()), Empty: s.empty()}, nil
}

// openedLater is how long after the first consent a growing bank opens an account.
const openedLater = 10 * secondsPerDay

// closedLater is how long after the first consent a closing bank closes one.
const closedLater = 20 * secondsPerDay

// holder makes the customer. Account ids are of one consent; all else is the
// same for the same seed, bank and user.
func (s session) holder() *holder {
	key := hash(hash(hash(0, s.secret.Seed), s.bank.ID), strings.ToLower(s.secret.User))
	if s.secret.Contract != "" {
		key = hash(key, s.secret.Contract)
	}
	h := &holder{key: key, bank: s.bank, country: *countryOf(s.bank.Countries[0])}
	h.name = personName(h.country.language, key)
	if s.secret.Holder == businessHolder || s.secret.Contract == businessContract {
		h.name = companyName(h.country.language, key)
	}
	if s.empty() != "" {
		return h
	}
	for _, r := range h.roles() {
		switch {
		case s.bank.trait == growing && r == joint && s.seenAt() < s.secret.FirstAt+openedLater,
			s.bank.trait == fewer && r == savings && s.secret.ConnectedAt > s.secret.FirstAt:
			continue
		}
		a := h.open(r, s.secret.Consent)
		if s.bank.trait == closing && r == savings && s.seenAt() >= s.secret.FirstAt+closedLater {
			a.last = dayAt(s.secret.FirstAt + closedLater)
		}
		h.accounts = append(h.accounts, a)
	}
	return h
}

// roles are the accounts that the customer has: three to five.
func (h *holder) roles() []role {
	if h.bank.trait == bulk {
		return []role{checking}
	}
	roles := []role{checking, savings, card}
	d := dice(mix(h.key, 1))
	if strings.HasPrefix(h.bank.ID, "demo-") || !d.oneIn(3) {
		roles = []role{checking, savings, foreign, card}
	}
	if d.oneIn(3) || h.bank.trait == growing {
		roles = append(roles, joint)
	}
	return roles
}

func (h *holder) open(r role, consent string) account {
	key := mix(h.key, 100+int64(r))
	d := dice(key)
	local := currencyOf(h.country.currency)
	a := account{
		key:      key,
		role:     r,
		id:       name("acc-", hash(key, consent)),
		stableID: name("", key),
		number:   accountNumber(&h.country, d),
		kind:     sdk.Checking,
		money:    local,
	}
	switch r {
	case checking:
		a.rest = local.inMinor(d.between(1_500, 8_000) * 100)
	case joint:
		a.rest = local.inMinor(d.between(500, 3_000) * 100)
	case savings:
		a.kind = sdk.Savings
		a.rest = local.inMinor(d.between(4_000, 40_000) * 100)
	case foreign:
		a.money = h.foreignMoney(&d)
		a.rest = a.money.inMinor(d.between(800, 6_000) * 100)
	case card:
		a.kind = sdk.CreditCard
		a.number = fmt.Sprintf("XXXXXXXXXXXX%04d", d.below(10_000))
	}
	a.name = accountName(h.country.language, r, a.money.code)
	return a
}

// foreignMoney picks a currency that is not the country's.
func (h *holder) foreignMoney(d *dice) currency {
	others := slices.DeleteFunc([]string{"USD", "USD", "GBP", "JPY", "EUR", "CHF"}, func(code string) bool {
		return code == h.country.currency
	})
	if strings.HasPrefix(h.bank.ID, "demo-") {
		return currencyOf("USD")
	}
	return currencyOf(pick(d, others...))
}

// find returns the account with an id of this consent, or nil.
func (h *holder) find(id string) *account {
	for i := range h.accounts {
		if h.accounts[i].id == id {
			return &h.accounts[i]
		}
	}
	return nil
}

// of returns the holder's account for a purpose, or nil.
func (h *holder) of(r role) *account {
	for i := range h.accounts {
		if h.accounts[i].role == r {
			return &h.accounts[i]
		}
	}
	return nil
}

// closed reports whether a bank lists the account no more, at an instant in Unix seconds.
func (a *account) closed(second int64) bool { return a.last != 0 && dayAt(second) > a.last }

// list shows all accounts as of an instant in Unix seconds.
func (h *holder) list(asOf int64) []sdk.Account {
	world := newHousehold(h)
	accounts := make([]sdk.Account, 0, len(h.accounts))
	for i := range h.accounts {
		a := &h.accounts[i]
		if a.closed(asOf) {
			continue
		}
		accounts = append(accounts, sdk.Account{
			ID:       a.id,
			StableID: a.stableID,
			Name:     a.name,
			Number:   a.number,
			Currency: a.money.code,
			Kind:     a.kind,
			Owner:    h.name,
			Balances: balancesAt(world.ledger(a), a, dayAt(asOf), asOf),
		})
	}
	return accounts
}

// balancesAt tells the balances at the end of a day, as known at asOf. Of the
// day that asOf is in, only an interim balance can be told.
func balancesAt(l ledger, a *account, d day, asOf int64) []sdk.Balance {
	tell := func(kind sdk.BalanceKind, minor int64, d day) sdk.Balance {
		return sdk.Balance{Kind: kind, Amount: a.money.decimal(minor), Currency: a.money.code, Date: d.date()}
	}
	if d < dayAt(asOf) {
		return []sdk.Balance{tell(sdk.Closing, l.balance(d, asOf), d)}
	}
	booked := l.balance(d, asOf)
	return []sdk.Balance{
		tell(sdk.Closing, l.balance(d-1, asOf), d-1),
		tell(sdk.Interim, booked, d),
		tell(sdk.Available, booked+l.reserved(d, asOf), d),
	}
}
