package onlinesync

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// restored makes a database that was filled from another one's data safe to
// run. A copy fetches nothing: its connections are disconnected, for the bank's
// consent, and the place up to which it was read, are the original's. In the
// original's place connections go on, but for those whose secret the host's key
// set cannot open.
func (a *Addon) restored(env *orm.Env, copied bool) error {
	if err := a.endUnfinished(env); err != nil {
		return err
	}
	rows, err := env.SearchRead(links, nil, []string{"uuid", "secret"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	var cut []int64
	for row := range rows.All() {
		readable := false
		if !copied {
			_, err := a.unseal(env, row.Str("uuid"), row.Str("secret"))
			readable = err == nil
		}
		if !readable {
			cut = append(cut, row.ID())
		}
	}
	why := "sync.restored_elsewhere"
	if copied {
		why = "sync.copied"
	}
	return env.Write(links, cut, orm.Values{
		"state": stateDisconnected, "attention": attentionNone, "secret": nil, "next_refresh": nil, "next_refresh_allowed": nil,
		"error_message": fault.Localize(fault.Say(fault.User, why, nil), "en"), "error_reference": nil,
	})
}

// endUnfinished ends runs and flows that were under way: their workers and
// users are with the original.
func (a *Addon) endUnfinished(env *orm.Env) error {
	waiting, err := env.Search(runs, domain.Where("state", domain.Ne, runDone), orm.SearchOptions{})
	if err != nil {
		return err
	}
	err = env.Write(runs, waiting, orm.Values{"state": runDone, "outcome": outcomeFailed, "finished_at": env.Now(),
		"lease_owner": nil, "lease_until": nil, "due": nil,
		"error_message": fault.Localize(fault.Say(fault.User, "sync.run_restored", nil), "en")})
	if err != nil {
		return err
	}
	asking, err := env.Search(flows, domain.Where("state", domain.In, []any{flowAsking, flowWaiting}), orm.SearchOptions{})
	if err != nil {
		return err
	}
	text := fault.Localize(fault.Say(fault.User, "sync.flow_gone", nil), "en")
	return env.Write(flows, asking, orm.Values{"state": flowExpired, "step": nil, "error_message": text})
}
