package simplefin

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// ListAccounts implements sdk.Provider.
func (p *Provider) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	s, err := p.open(req.Call)
	if err != nil {
		return sdk.AccountList{}, err
	}
	list, err := s.list(ctx)
	if err != nil {
		return sdk.AccountList{}, err
	}
	s.note(ctx, list.told)
	return sdk.AccountList{Accounts: list.accounts}, nil
}

// listing is the accounts that can be synchronised, and what else there is to say.
type listing struct {
	accounts []sdk.Account
	leftOut  []string // names of accounts without a currency that books know
	told     []problem
}

// list asks for all accounts.
func (s *session) list(ctx context.Context) (listing, error) {
	set, _, err := s.ask(ctx, query{balances: true})
	if err != nil {
		return listing{}, err
	}
	l := listing{told: set.told}
	for i := range set.Accounts {
		a := &set.Accounts[i]
		currency := currencyOf(a.Currency)
		if currency == "" || a.ID == "" {
			l.leftOut = append(l.leftOut, tidy(a.Name))
			continue
		}
		l.accounts = append(l.accounts, sdk.Account{
			ID: set.id(a), StableID: set.stableID(a), Name: set.name(a), Currency: currency, Kind: kindOf(a),
			Balances: s.balances(a, currency),
		})
	}
	return l, nil
}

// balances are an account's, of the day on which the server last had them from the bank.
func (s *session) balances(a *account, currency string) []sdk.Balance {
	at := a.BalanceDate.time()
	if at.IsZero() {
		at = s.call.Now
	}
	var list []sdk.Balance
	for _, b := range []struct {
		kind   sdk.BalanceKind
		amount rest.Number
	}{{sdk.Interim, a.Balance}, {sdk.Available, a.Available}} {
		if b.amount != "" {
			list = append(list, sdk.Balance{Kind: b.kind, Amount: b.amount.String(), Currency: currency, Date: s.config.day(at)})
		}
	}
	return list
}

// id is an account's in its connection: the server's own. Servers need to make
// it unique at a bank only; where two banks share one, the bank's name is added.
func (set *accountSet) id(a *account) string {
	same := 0
	for i := range set.Accounts {
		if set.Accounts[i].ID == a.ID {
			same++
		}
	}
	if same > 1 {
		return string(a.ID) + idSeparator + set.bank(a)
	}
	return string(a.ID)
}

const idSeparator = " @ "

// find returns the account that list called id, or nil.
func (set *accountSet) find(id string) *account {
	own, bank, parted := strings.Cut(id, idSeparator)
	for i := range set.Accounts {
		a := &set.Accounts[i]
		if string(a.ID) == id || parted && string(a.ID) == own && set.bank(a) == bank {
			return a
		}
	}
	return nil
}

// serverID is the server's own of two that list may have joined.
func serverID(id string) string {
	own, _, _ := strings.Cut(id, idSeparator)
	return own
}

// uniqueLength is from how many characters on an id is taken to be the only one
// of its kind, such as ACT-0f8fad5b-d9cb-469f-a165-70867728950e.
const uniqueLength = 20

// stableID names an account whichever setup token led to it. Long ids are taken
// as they are, since a bank may be named otherwise in the other version of the
// protocol; short ones, such as 2930002, belong to their bank.
func (set *accountSet) stableID(a *account) string {
	if len(a.ID) >= uniqueLength {
		return string(a.ID)
	}
	return set.bank(a) + ":" + string(a.ID)
}

// bank names the bank of an account: its domain, or its id at the server.
func (set *accountSet) bank(a *account) string {
	c := set.connection(a)
	return cmp.Or(domain(a.Org.Domain), domain(a.Org.URL), domain(c.OrgURL), string(a.Org.ID), string(c.OrgID), string(a.Connection),
		string(a.Org.Name))
}

// connection is the log-in that an account comes from; empty in version 1.
func (set *accountSet) connection(a *account) connection {
	i := slices.IndexFunc(set.Connections, func(c connection) bool { return c.ID == a.Connection })
	if i < 0 || a.Connection == "" {
		return connection{}
	}
	return set.Connections[i]
}

// name is an account's for people: with its bank, since one connection may have several.
func (set *accountSet) name(a *account) string {
	c := set.connection(a)
	own, bank := tidy(a.Name), tidy(word(cmp.Or(string(c.OrgName), string(a.Org.Name), string(c.Name), string(a.Org.Domain))))
	switch {
	case own == "":
		return cmp.Or(bank, string(a.ID))
	case bank == "" || strings.Contains(strings.ToLower(own), strings.ToLower(bank)):
		return own
	}
	return bank + " – " + own
}

// domain is a bank's, of an address or as it is.
func domain(w word) string {
	text := strings.ToLower(strings.TrimSpace(string(w)))
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		text = u.Hostname()
	}
	return strings.TrimPrefix(strings.TrimSuffix(text, "/"), "www.")
}
