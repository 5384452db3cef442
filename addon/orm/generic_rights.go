package orm

import (
	"github.com/girosync/girosync/addon/fault"
)

// rightNamed reads an operation's name.
func rightNamed(name string) (Right, error) {
	for _, right := range []Right{Read, Write, Create, Unlink} {
		if right.String() == name {
			return right, nil
		}
	}
	return 0, fault.New(fault.Value, "Invalid access mode '%s'", name)
}

func (c *Call) right() (Right, error) {
	name, err := c.String("operation")
	if err != nil {
		return 0, err
	}
	return rightNamed(name)
}

func doCheckAccessRights(env *Env, call *Call) (any, error) {
	right, err := call.right()
	if err != nil {
		return nil, err
	}
	raise, err := call.Bool("raise_exception")
	if err != nil {
		return nil, err
	}
	if err := env.CheckAccess(call.Model, right); err != nil {
		if raise || !fault.Is(err, fault.Denied) {
			return nil, err
		}
		return false, nil
	}
	return true, nil
}

func doCheckAccess(env *Env, call *Call) (any, error) {
	right, err := call.right()
	if err != nil {
		return nil, err
	}
	if err := env.CheckAccess(call.Model, right); err != nil {
		return nil, err
	}
	return nil, env.CheckRules(call.Model, distinct(call.IDs), right)
}

func doHasAccess(env *Env, call *Call) (any, error) {
	_, err := doCheckAccess(env, call)
	if err != nil && !fault.Is(err, fault.Denied) {
		return nil, err
	}
	return err == nil, nil
}

func doArchive(active bool) func(env *Env, call *Call) (any, error) {
	return func(env *Env, call *Call) (any, error) {
		if !env.db.reg.entities[call.Model].hasActive {
			return nil, fault.Say(fault.User, "orm.archive", fault.Args{"model": call.Model})
		}
		return nil, env.Write(call.Model, call.IDs, Values{"active": active})
	}
}

func doToggleActive(env *Env, call *Call) (any, error) {
	if !env.db.reg.entities[call.Model].hasActive {
		return nil, fault.Say(fault.User, "orm.archive", fault.Args{"model": call.Model})
	}
	rows, err := env.Read(call.Model, call.IDs, "active")
	if err != nil {
		return nil, err
	}
	byState := map[bool][]int64{}
	for row := range rows.All() {
		byState[row.Bool("active")] = append(byState[row.Bool("active")], row.ID())
	}
	for active, ids := range byState {
		if err := env.Write(call.Model, ids, Values{"active": !active}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
