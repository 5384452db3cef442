package enablebanking

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// ListAccounts implements sdk.Provider. It asks whether the session is still
// good, which does not count at the bank; what the accounts are was told when it
// was made. Their balances come with the transactions.
func (p *Provider) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	s, err := p.open(req.Call)
	if err != nil {
		return sdk.AccountList{}, err
	}
	accounts, err := s.list(ctx)
	return sdk.AccountList{Accounts: accounts}, err
}

// list are the accounts of the session, as far as it still has them.
func (s *session) list(ctx context.Context) ([]sdk.Account, error) {
	var told struct {
		Status   string   `json:"status"`
		Accounts []string `json:"accounts"`
	}
	if _, err := s.get(ctx, rest.Request{Path: rest.Path("sessions", s.secret.Session)}, &told); err != nil {
		return nil, err
	}
	if told.Status != "AUTHORIZED" {
		return nil, sdk.Errorf(sdk.ConsentExpired, "%s", say(s.call.Language, textEnded))
	}
	return s.secret.list(told.Accounts), nil
}

// list are the accounts that are kept; those of some session ids alone, unless
// there are none.
func (s secret) list(of []string) []sdk.Account {
	list := make([]sdk.Account, 0, len(s.Accounts))
	for _, k := range s.Accounts {
		if of == nil || k.UID == "" || slices.Contains(of, k.UID) {
			list = append(list, sdk.Account{ID: k.ID, StableID: k.ID, Name: k.Name, Number: k.Number, Currency: k.Currency, Kind: k.Kind,
				Owner: k.Owner})
		}
	}
	return list
}

// keep makes of a session's accounts what is remembered of them. Accounts without
// a currency that books know are left out, and named. Of two that say the same,
// one is enough: rather the one that can be read.
func keep(accounts []account) (list []kept, leftOut []string) {
	for _, a := range accounts {
		k := kept{Hash: a.Hash, UID: a.UID, Number: number(a), Currency: currencyOf(a.Currency), Kind: kindOf(a.Type), Owner: tidy(a.Owner),
			Limit: len(a.Limit) > 0 && string(a.Limit) != "null"}
		k.Name = or(or(tidy(a.Details), tidy(a.Product)), or(k.Number, k.Owner))
		if k.Hash == "" || k.Currency == "" || k.Currency == noCurrency {
			leftOut = append(leftOut, or(k.Name, a.Hash))
			continue
		}
		i := slices.IndexFunc(list, func(other kept) bool { return other.Hash == k.Hash && other.Currency == k.Currency })
		switch {
		case i < 0:
			list = append(list, k)
		case list[i].UID == "":
			list[i] = k
		}
	}
	for i := range list {
		list[i].ID = list[i].Hash
		if slices.ContainsFunc(list, func(k kept) bool { return k.Hash == list[i].Hash && k.Currency != list[i].Currency }) {
			list[i].ID += "@" + list[i].Currency // an account in several currencies has one number
		}
		if strings.Contains(list[i].ID, ",") { // choices are joined by commas
			list[i].ID = strings.ReplaceAll(list[i].ID, ",", "_")
		}
	}
	return list, leftOut
}

// number is an account's for people: its IBAN, else a national number.
func number(a account) string {
	if a.ID.IBAN != "" {
		return a.ID.IBAN
	}
	for _, scheme := range []string{"IBAN", "BBAN", ""} {
		for _, id := range append([]identification{a.ID.Other}, a.All...) {
			if id.Text != "" && (id.Scheme == scheme || scheme == "" && id.Scheme != "CPAN") {
				return id.Text
			}
		}
	}
	return ""
}

// Revoke implements sdk.Revoker: it ends the session, and those that it took the
// place of. One that has ended by itself is no error.
func (p *Provider) Revoke(ctx context.Context, call sdk.Call) error {
	s, err := p.open(call)
	if err != nil {
		return err
	}
	for _, id := range s.secret.sessions() {
		var done struct{}
		_, err := s.get(ctx, rest.Request{Method: http.MethodDelete, Path: rest.Path("sessions", id)}, &done)
		if err != nil && sdk.KindOf(err) != sdk.ConsentExpired {
			return err
		}
	}
	return nil
}

// balances asks for an account's. They are less than the transactions that are
// already there: a failure is for the log alone.
func (s *session) balances(ctx context.Context, k *kept) ([]sdk.Balance, error) {
	var told struct {
		Balances []balance `json:"balances"`
	}
	_, err := s.get(ctx, rest.Request{Path: rest.Path("accounts", k.UID, "balances")}, &told)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		var e *sdk.Error
		reference := ""
		if errors.As(err, &e) {
			reference = e.Reference
		}
		slog.LogAttrs(ctx, slog.LevelWarn, "the bank does not tell balances", slog.String("bank", s.secret.Bank.id()),
			slog.String("error", err.Error()), slog.String("reference", reference))
		return nil, nil
	}
	var list []sdk.Balance
	for _, b := range told.Balances {
		if made, ok := b.convert(k, sdk.DateOf(s.call.Now.UTC())); ok {
			list = append(list, made)
		}
	}
	return list, nil
}

// convert makes a balance one of the sdk's; false for those of no use. A closing
// balance is one of a day that is over; without a day, or of today, it is what
// the bank has booked so far. What is available counts only where no credit limit
// can be in it.
func (b balance) convert(k *kept, today sdk.Date) (sdk.Balance, bool) {
	out := sdk.Balance{Amount: b.Amount.Amount.String(), Currency: or(currencyOf(b.Amount.Currency), k.Currency)}
	day, err := dayOf(b.Reference)
	if err != nil || day.IsZero() {
		if at, err := time.Parse(time.RFC3339, b.Changed); err == nil {
			day = sdk.DateOf(at.UTC())
		}
	}
	out.Date = day
	if day.IsZero() || day.After(today) {
		out.Date = today
	}
	switch b.Type {
	case "CLBD":
		out.Kind = sdk.Closing
		if day.IsZero() || !day.Before(today) {
			out.Kind = sdk.Interim
		}
	case "ITBD":
		out.Kind = sdk.Interim
	case "OPBD":
		out.Kind = sdk.Opening
		if day.IsZero() {
			return out, false
		}
	case "CLAV", "ITAV":
		out.Kind = sdk.Available
		if k.Limit {
			return out, false
		}
	default:
		return out, false
	}
	return out, out.Amount != "" && out.Currency == k.Currency
}
