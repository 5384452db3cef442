package simplefin

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// session is one call on behalf of a connection.
type session struct {
	call   sdk.Call
	config config
	secret secret
	client *rest.Client
	clean  *rest.Secrets
	server string // its host
}

// open reads a call's configuration and secret. While a warning of too many
// requests holds, it is RateLimited.
func (p *Provider) open(call sdk.Call) (*session, error) {
	cfg, err := configFrom(call.Config)
	if err != nil {
		return nil, err
	}
	s, err := secretFrom(call)
	if err != nil {
		return nil, err
	}
	if call.Now.Before(s.Quiet) {
		return nil, quiet(call, s)
	}
	return p.session(call, cfg, s)
}

func (p *Provider) session(call sdk.Call, cfg config, s secret) (*session, error) {
	a, err := accessFrom(s.AccessURL)
	if err != nil {
		return nil, sdk.Errorf(sdk.ConsentExpired, "%s", say(call.Language, textUnreadable))
	}
	clean := &rest.Secrets{}
	clean.Add(s.AccessURL, a.user, a.password)
	client, err := p.service.Client(call, rest.Access{BaseURL: a.base, Authorise: rest.Basic(a.user, a.password),
		Secrets: []string{s.AccessURL, a.user, a.password}})
	if err != nil {
		return nil, err
	}
	return &session{call: call, config: cfg, secret: s, client: client, clean: clean, server: a.host}, nil
}

// query is what to ask of accounts.
type query struct {
	account  string // the server's id; "" for all
	from, to time.Time
	pending  bool
	balances bool // nothing but balances
}

func (q query) values() url.Values {
	v := url.Values{"version": {"2"}}
	if q.account != "" {
		v.Set("account", q.account)
	}
	if !q.from.IsZero() {
		v.Set("start-date", strconv.FormatInt(q.from.Unix(), 10))
		v.Set("end-date", strconv.FormatInt(q.to.Unix(), 10))
	}
	if q.pending { // where it is not wanted it is left out: to some servers 0 means yes
		v.Set("pending", "1")
	}
	if q.balances {
		v.Set("balances-only", "1")
	}
	return v
}

// ask asks for accounts. What the server said beside them is in the set, cleaned.
func (s *session) ask(ctx context.Context, q query) (accountSet, rest.Answer, error) {
	answer, err := s.client.Do(ctx, rest.Request{Path: "accounts", Query: q.values()})
	if err != nil {
		return accountSet{}, answer, err
	}
	var set accountSet
	if err := answer.Decode(&set); err != nil {
		return accountSet{}, answer, sdk.Errorf(sdk.Internal, "%s", say(s.call.Language, textNoAnswer))
	}
	set.told = set.problems()
	for i := range set.told {
		set.told[i].text = s.clean.Clean(set.told[i].text)
	}
	if i := slices.IndexFunc(set.told, func(p problem) bool { return p.is("gen.auth") }); i >= 0 {
		return set, answer, sdk.Errorf(sdk.ConsentExpired, "%s", withWords(s.call.Language, textRevoked, set.told[i].text))
	}
	return set, answer, s.heed(set.told)
}

// heed keeps a warning of too many requests in the connection's secret, so that
// the next calls do not ask.
func (s *session) heed(told []problem) error {
	i := slices.IndexFunc(told, problem.tooOften)
	if i < 0 {
		return nil
	}
	s.secret.Quiet, s.secret.Warning = s.call.Now.Add(quietTime).Truncate(time.Second), told[i].text
	if len(s.call.Secret) == 0 { // a connection in the making keeps it with its first secret
		return nil
	}
	sealed, err := s.secret.seal()
	if err != nil {
		return err
	}
	if err := s.call.SaveSecret(sealed); err != nil {
		return sdk.Errorf(sdk.Internal, "keeping the server's warning: %w", err)
	}
	return nil
}

// warned reports whether the server warned during this call.
func (s *session) warned() bool { return s.call.Now.Before(s.secret.Quiet) }

// note logs what the server said that is no error.
func (s *session) note(ctx context.Context, told []problem) {
	for _, p := range told {
		slog.LogAttrs(ctx, slog.LevelWarn, "the SimpleFIN server says", slog.String("text", p.text), slog.String("code", p.code),
			slog.String("server", s.server))
	}
}

// accountSet is a server's answer, of either version of the protocol.
type accountSet struct {
	Errors      sayings      `json:"errors"`  // version 1: texts
	ErrList     sayings      `json:"errlist"` // version 2
	Connections []connection `json:"connections"`
	Accounts    []account    `json:"accounts"`

	told []problem
}

// connection is a log-in of the user's at a bank (version 2).
type connection struct {
	ID      word `json:"conn_id"`
	Name    word `json:"name"`
	OrgID   word `json:"org_id"`
	OrgName word `json:"org_name"`
	OrgURL  word `json:"org_url"`
}

// account is one account. Its bank is told by Org in version 1, by Connection in 2.
type account struct {
	ID           word              `json:"id"`
	Name         word              `json:"name"`
	Currency     word              `json:"currency"`
	Balance      rest.Number       `json:"balance"`
	Available    rest.Number       `json:"available-balance"`
	BalanceDate  moment            `json:"balance-date"`
	Transactions []json.RawMessage `json:"transactions"`
	Holdings     []json.RawMessage `json:"holdings"`
	Connection   word              `json:"conn_id"`
	Org          struct {
		Domain word `json:"domain"`
		Name   word `json:"name"`
		URL    word `json:"url"`
		Server word `json:"sfin-url"`
		ID     word `json:"id"`
	} `json:"org"`
}

// transaction is one movement.
type transaction struct {
	ID          word        `json:"id"`
	Posted      moment      `json:"posted"`
	Amount      rest.Number `json:"amount"`
	Description word        `json:"description"`
	Transacted  moment      `json:"transacted_at"`
	Pending     bool        `json:"pending"`
	Payee       word        `json:"payee"`
	Memo        word        `json:"memo"`
	MCC         word        `json:"mcc"`
}

// problems are the errors of a set, of both lists, each text once.
func (s *accountSet) problems() []problem {
	var list []problem
	seen := map[string]bool{}
	add := func(p problem) {
		if p.text = rest.Text(p.text, 300); p.text != "" && !seen[p.text] {
			seen[p.text] = true
			list = append(list, p)
		}
	}
	for _, raw := range slices.Concat(s.ErrList, s.Errors) {
		var told struct {
			Code       word `json:"code"`
			Text       word `json:"msg"`
			Message    word `json:"message"`
			Connection word `json:"conn_id"`
			Account    word `json:"account_id"`
		}
		var text string
		switch {
		case json.Unmarshal(raw, &text) == nil:
			add(problem{text: text})
		case json.Unmarshal(raw, &told) == nil:
			add(problem{string(told.Code), or(string(told.Text), string(told.Message)), string(told.Connection), string(told.Account)})
		}
	}
	return list
}
