package base

import (
	"context"
	"slices"

	"github.com/girosync/girosync/addon/orm"
)

// noSessions is for databases without a host.
type noSessions struct{}

func (noSessions) Of(context.Context, string, int64) ([]Session, error)           { return nil, nil }
func (noSessions) EndOf(context.Context, string, int64, string) error             { return nil }
func (noSessions) EndNamed(context.Context, string, int64, []string) (int, error) { return 0, nil }

// endWhenChanged ends users' sessions when their password changes, but for the
// one that changes its own, and when they are archived.
func (b *Base) endWhenChanged(env *orm.Env, ids []int64, values orm.Values) error {
	archived := values["active"] == false
	if _, changed := values["password_hash"]; !changed && !archived {
		return nil
	}
	for _, id := range ids {
		stays := ""
		if id == env.UID() && !archived {
			stays = env.Caller().Session
		}
		b.endSessions(env, id, stays)
	}
	return nil
}

// sessionsEnd is the key of what ends a user's sessions, once a transaction.
type sessionsEnd struct{ user int64 }

// endSessions ends a user's sessions twice: before the change is committed, so
// that no crash leaves one, and after it, for one that began in between.
func (b *Base) endSessions(env *orm.Env, user int64, stays string) {
	ctx, database := context.WithoutCancel(env.Ctx()), env.Database().Name()
	end := func() error { return b.opt.Sessions.EndOf(ctx, database, user, stays) }
	env.OnCommitOnce(sessionsEnd{user}, func(*orm.Env) error { return end() })
	env.AfterCommit(func() { _ = end() }) // those that there were are ended already
}

// sessionMethods are what users do with their log-ins; administrators also with
// those of others.
func (b *Base) sessionMethods() orm.Methods {
	return orm.Methods{
		"list_sessions":             {Do: b.listSessions, Tx: orm.TxNone},
		"end_sessions":              {Do: b.endNamed, Tx: orm.TxNone, Params: []orm.Param{orm.Arg("sessions")}},
		"action_revoke_all_devices": {Do: b.endOthers, Tx: orm.TxNone},
	}
}

// whose checks that the caller may see and end the sessions of one user.
func whose(env *orm.Env, call *orm.Call) (int64, error) {
	user, err := call.One()
	if err != nil || user == env.UID() {
		return user, err
	}
	return user, env.Within(orm.TxRead, func(env *orm.Env) error {
		if err := env.CheckAccess("res.users", orm.Write); err != nil {
			return err
		}
		return env.CheckRules("res.users", []int64{user}, orm.Write)
	})
}

func (b *Base) listSessions(env *orm.Env, call *orm.Call) (any, error) {
	user, err := whose(env, call)
	if err != nil {
		return nil, err
	}
	sessions, err := b.opt.Sessions.Of(env.Ctx(), env.Database().Name(), user)
	if err != nil {
		return nil, err
	}
	const layout = "2006-01-02 15:04:05"
	list := make([]any, len(sessions))
	for i, s := range sessions {
		list[i] = map[string]any{
			"session": s.Name, "address": s.Address, "agent": s.Agent, "current": s.Key == env.Caller().Session,
			"created": s.Created.Format(layout), "last_used": s.Used.Format(layout), "expires": s.Expires.Format(layout),
		}
	}
	return list, nil
}

// endNamed ends sessions by the names that list_sessions tells, and answers how
// many it ended.
func (b *Base) endNamed(env *orm.Env, call *orm.Call) (any, error) {
	user, err := whose(env, call)
	if err != nil {
		return nil, err
	}
	names, err := call.Strings("sessions")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return b.opt.Sessions.EndNamed(env.Ctx(), env.Database().Name(), user, slices.Compact(names))
}

// endOthers ends all sessions but the one that asks, if it is the user's own.
func (b *Base) endOthers(env *orm.Env, call *orm.Call) (any, error) {
	user, err := whose(env, call)
	if err != nil {
		return nil, err
	}
	stays := ""
	if user == env.UID() {
		stays = env.Caller().Session
	}
	return true, b.opt.Sessions.EndOf(env.Ctx(), env.Database().Name(), user, stays)
}
