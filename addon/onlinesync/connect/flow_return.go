package connect

import (
	"context"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// Visitor is who comes back from a bank.
type Visitor struct {
	// Database and UID are of their session here; "" and 0 for none.
	Database string
	UID      int64
	Address  string
	// Browser: it is a person's browser, and no program.
	Browser bool
	// Agreed: they have read who began the flow, and want to go on.
	Agreed bool
}

// Begun is what a visitor reads before their bank's consent goes into a flow that
// they may not have begun.
type Begun struct{ Bank, User, Company string }

// Callback takes the query with which a bank sent a user back. Its state token works
// once for each time that a redirect is asked. It answers as the flow's methods do; an
// unknown token is a fault of kind Missing.
//
// Whoever has the address of a bank's page can send somebody else there, whose consent
// would come into a flow that is not theirs. So the browser of another user than the
// one that began it in theirs is refused (Denied), and keeps the token; a browser
// that nobody is logged in with, or of another flow, is asked first: begun is set then,
// and the same query comes again with Agreed.
func (c *Connections) Callback(ctx context.Context, query map[string]string, by Visitor) (reply map[string]any, begun *Begun, err error) {
	key, ok := c.flows.find(query["state"])
	f := c.flows.get(key)
	if !ok || f == nil {
		return nil, nil, fault.Say(fault.Missing, "sync.flow_gone", nil)
	}
	if theirs := by.UID == f.user.UID && by.Database == key.db.Name(); !theirs && by.Browser {
		switch {
		case by.UID != 0 && f.inSession:
			return nil, nil, fault.Say(fault.Denied, "sync.flow_of_another", nil)
		case !by.Agreed:
			begun, err = begunBy(ctx, key.db, f)
			return nil, begun, err
		}
	}
	if again, ok := c.flows.redeem(query["state"]); !ok || again != key {
		return nil, nil, fault.Say(fault.Missing, "sync.flow_gone", nil)
	}
	who := f.user
	who.Caller.Address = by.Address
	err = key.db.Within(ctx, who, orm.TxNone, func(env *orm.Env) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if c.flows.get(key) != f || c.flows.isOver(f, env.Now()) || f.step == nil || f.step.Kind != sdk.StepRedirect {
			return fault.Say(fault.Missing, "sync.flow_gone", nil)
		}
		values := make(map[string]any, len(query))
		for name, value := range query {
			values[name] = value
		}
		answer, err := c.answer(env, key, f, values)
		reply, _ = answer.(map[string]any)
		return err
	})
	return reply, nil, err
}

// begunBy says whose a flow is.
func begunBy(ctx context.Context, db *orm.Database, f *liveFlow) (*Begun, error) {
	begun := &Begun{Bank: f.institution.name}
	err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error {
		user, err := env.Read("res.users", []int64{f.user.UID}, "name")
		if err != nil {
			return err
		}
		company, err := env.Read("res.company", []int64{f.company}, "name")
		if err == nil && user.Len() > 0 && company.Len() > 0 {
			begun.User, begun.Company = user.At(0).Str("name"), company.At(0).Str("name")
		}
		return err
	})
	return begun, err
}
