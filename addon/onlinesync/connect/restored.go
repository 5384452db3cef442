package connect

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/consent"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Restored makes a database that was filled from another one's data safe to
// run. A copy fetches nothing: its connections are disconnected, for the bank's
// consent, and the place up to which it was read, are the original's. In the
// original's place connections go on, but for those whose secret the host's key
// set cannot open.
func (c *Connections) Restored(env *orm.Env, copied bool) error {
	if err := c.endUnfinished(env); err != nil {
		return err
	}
	rows, err := env.SearchRead(record.Links, nil, []string{"uuid", "secret"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	var cut []int64
	for row := range rows.All() {
		readable := false
		if !copied {
			_, err := c.Vault.Unseal(env, row.Str("uuid"), row.Str("secret"))
			readable = err == nil
		}
		if !readable {
			cut = append(cut, row.ID())
		}
	}
	why := "sync.restored_elsewhere"
	if copied {
		why = "sync.copied"
		if err := consent.Forget(env); err != nil {
			return err
		}
	}
	return env.Write(record.Links, cut, orm.Values{
		"state": record.StateDisconnected, "attention": record.AttentionNone, "secret": nil, "next_refresh": nil,
		"next_refresh_allowed": nil,
		"error_message":        fault.Localize(fault.Say(fault.User, why, nil), "en"), "error_reference": nil,
	})
}

// endUnfinished ends runs and flows that were under way: their workers and
// users are with the original.
func (c *Connections) endUnfinished(env *orm.Env) error {
	waiting, err := env.Search(record.Runs, domain.Where("state", domain.Ne, record.RunDone), orm.SearchOptions{})
	if err != nil {
		return err
	}
	err = env.Write(record.Runs, waiting, orm.Values{"state": record.RunDone, "outcome": record.OutcomeFailed, "finished_at": env.Now(),
		"lease_owner": nil, "lease_until": nil, "due": nil, "user_address": nil,
		"error_message": fault.Localize(fault.Say(fault.User, "sync.run_restored", nil), "en")})
	if err != nil {
		return err
	}
	asking, err := env.Search(record.Flows, domain.Where("state", domain.In, []any{record.FlowAsking, record.FlowWaiting}),
		orm.SearchOptions{})
	if err != nil {
		return err
	}
	text := fault.Localize(fault.Say(fault.User, "sync.flow_gone", nil), "en")
	return env.Write(record.Flows, asking, orm.Values{"state": record.FlowExpired, "step": nil, "error_message": text})
}

// mostExpired is how many flows one sweep ends.
const mostExpired = 500

// ExpireFlows ends the flows that nobody finished (S14).
func (c *Connections) ExpireFlows(env *orm.Env) error {
	c.flows.sweep(env.Database(), env.Now())
	ids, err := env.Search(record.Flows, domain.All(domain.Where("state", domain.In, []any{record.FlowAsking, record.FlowWaiting}),
		domain.Where("expires_at", domain.Lt, env.Now())), orm.SearchOptions{Limit: mostExpired})
	if err != nil || len(ids) == 0 {
		return err
	}
	text := fault.Localize(fault.Say(fault.User, "sync.flow_expired", nil), "en")
	return env.Write(record.Flows, ids, orm.Values{"state": record.FlowExpired, "step": nil, "error_message": text})
}
