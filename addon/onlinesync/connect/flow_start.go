package connect

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// mostFlows is how many connections a user may have in progress: each lies in memory,
// and its bank waits for it.
const mostFlows = 25

// flowStart begins a connection at an institution, or renews one of a link.
func (c *Connections) flowStart(env *orm.Env, call *orm.Call) (any, error) {
	values, err := call.Map("values")
	if err != nil {
		return nil, err
	}
	request := startRequest{kind: sdk.FlowConnect}
	request.institution, _ = record.IDIn(values, "institution_id")
	request.link, _ = record.IDIn(values, "link_id")
	request.phone, _ = values["phone"].(string)
	request.accountKind, _ = values["account_kind"].(string)
	request.beta, _ = values["acknowledge_beta"].(bool)
	if kind, ok := values["kind"].(string); ok && request.link != 0 {
		request.kind = sdk.FlowKind(kind)
	} else if request.link != 0 {
		request.kind = sdk.FlowReconnect
	}
	return c.start(env, request)
}

type startRequest struct {
	kind              sdk.FlowKind
	institution, link int64
	phone             string
	accountKind       string
	beta              bool
}

// start makes the flow's row and asks its first step.
func (c *Connections) start(env *orm.Env, request startRequest) (any, error) {
	var (
		f  *liveFlow
		id int64
	)
	err := env.Within(orm.TxWrite, func(env *orm.Env) (err error) {
		if f, err = c.prepare(env, request); err != nil {
			return err
		}
		values := orm.Values{"kind": string(f.kind), "state": record.FlowAsking, "company_id": f.company, "expires_at": f.expires}
		if f.institution.id != 0 {
			values["institution_id"] = f.institution.id
		}
		if f.link != 0 {
			values["link_id"] = f.link
		}
		ids, err := env.Sudo().Create(record.Flows, values)
		if err == nil {
			id = ids[0]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	key := flowKey{env.Database(), id}
	f.mu.Lock()
	defer f.mu.Unlock()
	c.flows.put(key, f)
	reply, err := c.advance(env, key, f, nil)
	return withExisting(env, f, reply, err)
}

// withExisting tells who begins a new connection which ones there are at the bank.
func withExisting(env *orm.Env, f *liveFlow, reply any, err error) (any, error) {
	m, ok := reply.(map[string]any)
	if err != nil || !ok || f.kind != sdk.FlowConnect || f.institution.id == 0 {
		return reply, err
	}
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		m["existing"], err = connectionsAt(env, f.company, f.institution.id)
		return err
	})
	return reply, err
}

// prepare reads what a flow needs and refuses what cannot begin.
func (c *Connections) prepare(env *orm.Env, request startRequest) (*liveFlow, error) {
	f := &liveFlow{kind: request.kind, link: request.link, accountKind: request.accountKind, phone: request.phone,
		company: env.Company(), token: record.NewToken(), expires: env.Now().Add(c.FlowLifetime), betaKnown: request.beta,
		user: orm.Principal{UID: env.UID(), Context: env.Context()}, inSession: env.Caller().Session != ""}
	switch f.kind {
	case sdk.FlowConnect, sdk.FlowUpdate, sdk.FlowReconnect, sdk.FlowMFA:
	default:
		return nil, fault.New(fault.Value, "unknown kind of flow: %q", string(request.kind))
	}
	if f.kind == sdk.FlowConnect && f.link != 0 {
		return nil, fault.New(fault.Value, "a connection that is there is not connected again, but renewed")
	}
	if c.flows.count(env.Database(), env.UID(), env.Now()) >= mostFlows {
		return nil, fault.Say(fault.User, "sync.flows_many", fault.Args{"count": strconv.Itoa(mostFlows)})
	}
	if f.link != 0 {
		if err := c.prepareRenewal(env, f); err != nil {
			return nil, err
		}
		request.institution = f.institution.id
	}
	if request.institution == 0 && f.link == 0 {
		return nil, fault.New(fault.Value, "institution_id or link_id is needed")
	}
	if request.institution != 0 {
		if err := readInstitution(env, f, request.institution); err != nil {
			return nil, err
		}
	}
	if err := checkPhone(env, f); err != nil {
		return nil, err
	}
	if err := checkHolder(env, f); err != nil {
		return nil, err
	}
	return f, checkTerms(env, f)
}

func readInstitution(env *orm.Env, f *liveFlow, id int64) error {
	rows, err := env.Read(record.Institutions, []int64{id}, "name", "online_identifier", "status", "provider_id", "history_days")
	if err != nil {
		return err
	}
	if rows.Len() == 0 {
		return fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	f.institution = institutionFacts{id, row.Str("name"), row.Str("online_identifier"), row.Str("status"), row.Int("history_days")}
	if f.link == 0 && f.institution.status == "disabled" {
		return fault.Say(fault.User, "sync.institution_disabled", fault.Args{"institution": f.institution.name})
	}
	f.betaAgreed = f.betaKnown && f.link == 0 && f.institution.status == record.InBeta
	if f.link != 0 || f.institution.status != record.InBeta {
		f.betaKnown = true
	}
	named, err := env.Sudo().Read(record.Providers, []int64{row.Ref("provider_id")}, "name", "terms")
	if err != nil || named.Len() == 0 {
		return err
	}
	f.provider = named.At(0).Str("name")
	more, err := env.Sudo().Read(record.Institutions, []int64{id}, "holders", "terms")
	if err != nil || more.Len() == 0 {
		return err
	}
	f.terms = record.TermsOf(named.At(0).Str("terms"), more.At(0).Str("terms"))
	if holders := more.At(0).Str("holders"); holders != "" {
		f.holders = strings.Split(holders, ",")
	}
	return nil
}

// prepareRenewal reads the connection that a flow renews.
func (c *Connections) prepareRenewal(env *orm.Env, f *liveFlow) error {
	if err := env.CheckRules(record.Links, []int64{f.link}, orm.Write); err != nil {
		return err
	}
	facts, err := c.Vault.Link(env.Sudo(), f.link)
	if err != nil {
		return err
	}
	if facts.Legacy {
		return fault.Say(fault.User, "sync.legacy", nil)
	}
	f.anew = beginsAnew(facts)
	f.company, f.provider, f.linkUUID, f.secret = facts.Company, facts.Provider, facts.UUID, facts.Secret
	f.accountKind = cmp.Or(facts.AccountKind, f.accountKind)
	f.institution.id = facts.Institution
	return nil
}

// call is what every request to the provider of a flow carries. A rotated
// secret stays in memory until the flow is done.
func (c *Connections) flowCall(env *orm.Env, f *liveFlow) sdk.Call {
	who := record.Attended(env)
	return sdk.Call{
		Config: c.Plugins.Settings(f.provider), Now: env.Now(), UserPresent: who.Present, UserIP: who.Address,
		Language: env.Context().Lang(), Secret: f.secret,
		SaveSecret: func(secret []byte) error { f.secret = append([]byte(nil), secret...); return nil },
	}
}
