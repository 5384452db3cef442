package sdktest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Why a check does not concern a provider.
const (
	noInstitution = "the suite names no institution to connect to"
	noConnection  = "there is no connection"
	nothingBooked = "no account has booked transactions"
)

func (r *run) connect() {
	if r.suite.Institution == "" {
		r.skip(noInstitution)
		return
	}
	if !r.at(r.suite.Now) {
		return
	}
	c, err := r.flow(walk{host: r.host})
	if err != nil {
		r.failed(err)
		r.problem("the flow fails: %v", err)
		return
	}
	if c != nil {
		r.connected(c)
	}
}

func (r *run) connected(c *sdk.Connection) {
	r.connection = c
	if len(c.Secret) == 0 {
		r.problem("the connection has no secret: nothing would be known at the next call")
	}
	r.accountList(c.Accounts)
	for _, id := range c.Chosen {
		if !slices.ContainsFunc(c.Accounts, func(a sdk.Account) bool { return a.ID == id }) {
			r.problem("the chosen account %q is none of the connection's", id)
		}
	}
	if !c.HistoryFrom.IsZero() && (!c.HistoryFrom.Valid() || c.HistoryFrom.After(sdk.DateOf(r.suite.Now))) {
		r.problem("history from %s", c.HistoryFrom)
	}
	if !c.ConsentUntil.IsZero() && c.ConsentUntil.Before(r.suite.Now) {
		r.problem("a consent that ended on %s, before it was given", c.ConsentUntil.Format(time.DateOnly))
	}
}

func (r *run) accounts() {
	if r.connection == nil {
		r.skip(noConnection)
		return
	}
	first, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.call()})
	if err != nil {
		r.failed(err)
		r.problem("it fails: %v", err)
		return
	}
	if len(first.Accounts) == 0 {
		r.problem("there are none")
	}
	r.accountList(first.Accounts)
	r.found = first.Accounts
	for _, a := range r.connection.Accounts {
		chosen := r.connection.Chosen == nil || slices.Contains(r.connection.Chosen, a.ID)
		if chosen && !slices.ContainsFunc(first.Accounts, func(listed sdk.Account) bool { return sameAccount(a, listed) }) {
			r.problem("account %q, with the StableID %q, which the flow told, is not among those that are listed: "+
				"an account has one id in its connection", a.ID, a.StableID)
		}
	}
	second, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.call()})
	if err != nil || !slices.EqualFunc(first.Accounts, second.Accounts, sameAccount) {
		r.problem("asked twice, other accounts come (%v)", err)
	}
}

func sameAccount(a, b sdk.Account) bool { return a.ID == b.ID && a.StableID == b.StableID }

// failed checks the form of an error: one of the sdk's kinds, no secret in it.
func (r *run) failed(err error) {
	var e *sdk.Error
	if !errors.As(err, &e) {
		r.problem("an error that is not *sdk.Error: %T", err)
		return
	}
	if !slices.Contains(sdk.Kinds(), e.Kind) {
		r.problem("an error of kind %q", e.Kind)
	}
	if e.Message == "" {
		r.problem("an error of kind %s without a message", e.Kind)
	}
	if strings.Contains(e.Message, "goroutine ") {
		r.problem("an error's message has a stack in it")
	}
	for secret, what := range r.secrets() {
		if strings.Contains(e.Error(), secret) {
			r.problem("an error of kind %s tells %s", e.Kind, what)
		}
	}
}
