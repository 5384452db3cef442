package sdktest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// maxSteps is how long a flow may take.
const maxSteps = 20

// stateOfHost is what a redirect must bring back.
const stateOfHost = "state-of-the-host"

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
	c, err := r.flow()
	if err != nil {
		r.failed(err)
		r.problem("the flow fails: %v", err)
		return
	}
	if c != nil {
		r.connected(c)
	}
}

// flow goes through the steps of a connection, to its end or to an error. It
// returns neither where it has noted a problem itself.
func (r *run) flow() (*sdk.Connection, error) {
	answer, err := r.provider.StartConnect(r.ctx, sdk.StartConnectRequest{
		Call:          r.call(),
		Kind:          sdk.FlowConnect,
		InstitutionID: r.suite.Institution,
		RedirectURL:   "https://host.example/connect/callback",
		State:         stateOfHost,
	})
	for range maxSteps {
		if err != nil {
			return nil, err
		}
		if (answer.Step == nil) == (answer.Done == nil) {
			r.problem("an answer needs a step or a connection, and only one of them")
			return nil, nil
		}
		if answer.Done != nil {
			return answer.Done, nil
		}
		r.step(answer.Step)
		answer, err = r.provider.ContinueConnect(r.ctx, sdk.ContinueConnectRequest{
			Call:          r.call(),
			InstitutionID: r.suite.Institution,
			FlowState:     answer.FlowState,
			Values:        r.values(*answer.Step),
			RedirectURL:   "https://host.example/connect/callback",
		})
	}
	r.problem("the flow does not end within %d steps", maxSteps)
	return nil, nil
}

func (r *run) step(s *sdk.Step) {
	switch s.Kind {
	case sdk.StepForm:
		if len(s.Fields) == 0 {
			r.problem("a form without fields")
		}
	case sdk.StepRedirect:
		if !strings.Contains(s.URL, "://") {
			r.problem("a redirect to %q", s.URL)
		}
	case sdk.StepAccounts:
		if len(s.Accounts) == 0 {
			r.problem("no accounts to choose from")
		}
	case sdk.StepWait, sdk.StepMessage:
	default:
		r.problem("a step of kind %q", s.Kind)
	}
	if s.PollAfter < 0 {
		r.problem("poll after %s", s.PollAfter)
	}
	r.fields(s.Fields)
	r.accountList(s.Accounts)
}

// values answers a step as the suite says; accounts are all chosen.
func (r *run) values(s sdk.Step) map[string]string {
	if r.suite.Answer != nil {
		return r.suite.Answer(s)
	}
	values := map[string]string{}
	for _, f := range s.Fields {
		value, given := r.suite.Answers[f.Name]
		switch {
		case given:
			values[f.Name] = value
		case f.Default != "":
			values[f.Name] = f.Default
		case f.Required:
			r.problem("the suite has no answer for the field %q", f.Name)
		}
	}
	if s.Kind == sdk.StepRedirect && r.suite.Redirect != nil {
		maps.Copy(values, r.suite.Redirect)
		values["state"] = stateOfHost
	}
	if s.Kind == sdk.StepAccounts {
		var ids []string
		for _, a := range s.Accounts {
			ids = append(ids, a.ID)
		}
		values["accounts"] = strings.Join(ids, ",")
	}
	return values
}

func (r *run) connected(c *sdk.Connection) {
	r.connection = c
	r.secret = c.Secret
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
	for name, secret := range r.secrets() {
		if strings.Contains(e.Error(), secret) {
			r.problem("an error of kind %s tells %s", e.Kind, name)
		}
	}
}

// secrets are what no error may hold, by what they are.
func (r *run) secrets() map[string]string {
	secrets := map[string]string{}
	const shortest = 6 // a message may well hold a shorter one by chance, as "wrong"
	keep := func(name, value string) {
		if len(value) >= shortest {
			secrets[name] = value
		}
	}
	keep("the connection's secret", string(r.secret))
	for _, f := range r.description.Settings {
		if f.Kind == sdk.SecretField {
			keep("the setting "+f.Name, r.suite.Config[f.Name])
		}
	}
	for _, name := range []string{"password", "pin", "secret", "token"} {
		keep("the "+name, r.suite.Answers[name])
	}
	return secrets
}
