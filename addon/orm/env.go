package orm

import (
	"context"
	"maps"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Env is one user in one transaction. It is used by one goroutine at a time
// and not kept after the function that got it returns.
type Env struct {
	ctx     context.Context
	db      *Database
	tx      *transaction // nil in a method that has none
	user    *User
	system  bool
	context Context
	caller  Caller
}

// Ctx is the context of the call; it ends when the client goes away.
func (e *Env) Ctx() context.Context { return e.ctx }

// UID is the user's id, also after Sudo; 0 for the system alone.
func (e *Env) UID() int64 { return e.user.ID }

// User tells who the user is. It must not be changed.
func (e *Env) User() User { return *e.user }

// Caller tells how the user reached the host.
func (e *Env) Caller() Caller { return e.caller }

// Company is the first of the context's allowed_company_ids, else the user's own.
func (e *Env) Company() int64 {
	if allowed := e.context.companies(); len(allowed) > 0 {
		return allowed[0]
	}
	return e.user.Company
}

// Companies are the context's allowed_company_ids, else all of the user's.
func (e *Env) Companies() []int64 {
	if allowed := e.context.companies(); len(allowed) > 0 {
		return allowed
	}
	return e.user.Companies
}

// Context is what the call carries. It must not be changed; see With.
func (e *Env) Context() Context { return e.context }

// With returns an environment whose context has more, or other, values.
func (e *Env) With(more Context) *Env {
	env := *e
	env.context = make(Context, len(e.context)+len(more))
	maps.Copy(env.context, e.context)
	maps.Copy(env.context, more)
	return &env
}

// Sudo returns an environment of the same user with all rights and no rules.
func (e *Env) Sudo() *Env {
	if e.system {
		return e
	}
	env := *e
	env.system = true
	return &env
}

// As returns an environment of another user, with that user's rights.
func (e *Env) As(uid int64) (*Env, error) {
	if err := e.inside(); err != nil {
		return nil, err
	}
	u, err := e.db.user(e.ctx, e.tx, uid, false)
	if err != nil {
		return nil, err
	}
	env := *e
	env.user, env.system = u, false
	return &env, nil
}

// Now is the time by the database's clock, in UTC.
func (e *Env) Now() time.Time { return e.db.opt.Now().UTC() }

// Today is the civil date in the user's zone.
func (e *Env) Today() schema.Date { return schema.DateOf(e.Now().In(e.location())) }

func (e *Env) location() *time.Location {
	name := e.user.TZ
	if tz, ok := e.context["tz"].(string); ok && tz != "" {
		name = tz
	}
	return e.db.zone(name)
}

// zone is the user's; UTC for a name that is none.
func (e *Env) zone() string { return e.location().String() }

// HasGroup reports whether the user is in a group, by its external id.
func (e *Env) HasGroup(xmlid string) bool { return e.user.Groups[xmlid] }

// IsSystem reports whether the environment has all rights.
func (e *Env) IsSystem() bool { return e.system }

// Database is the one that the environment works on.
func (e *Env) Database() *Database { return e.db }

// Registry is the database's.
func (e *Env) Registry() *Registry { return e.db.reg }

// Within runs f in a transaction of its own as the same user. It is for
// methods that have none (TxNone); elsewhere it is a fault.
func (e *Env) Within(mode TxMode, f func(env *Env) error) error {
	if e.tx != nil {
		return fault.New(fault.Internal, "a transaction within a transaction")
	}
	who := Principal{UID: e.user.ID, Context: e.context, System: e.system, Caller: e.caller}
	return e.db.Within(e.ctx, who, mode, f)
}

// AfterCommit runs f when the transaction has committed, in order, and not
// when it was rolled back. Outside a transaction f runs at once.
func (e *Env) AfterCommit(f func()) {
	if e.tx == nil {
		f()
		return
	}
	e.tx.after = append(e.tx.after, f)
}

// OnCommitOnce runs f inside the transaction, after everything else, once per
// key. What f does may ask for more; the end is reached when nobody asks.
func (e *Env) OnCommitOnce(key any, f func(env *Env) error) {
	if e.tx == nil || e.tx.asked[key] {
		return
	}
	if e.tx.asked == nil {
		e.tx.asked = map[any]bool{}
	}
	e.tx.asked[key] = true
	e.tx.last = append(e.tx.last, lastWord{e, f, key})
}

// Scratch is an addon's memory for the length of the transaction.
func (e *Env) Scratch(key any, create func() any) any {
	if e.tx == nil {
		return create()
	}
	if v, ok := e.tx.scratch[key]; ok {
		return v
	}
	if e.tx.scratch == nil {
		e.tx.scratch = map[any]any{}
	}
	v := create()
	e.tx.scratch[key] = v
	return v
}

// Savepoint runs f and undoes its changes alone when it fails; f's error is
// returned. A conflict still ends the whole transaction.
func (e *Env) Savepoint(f func() error) error {
	if err := e.inside(); err != nil {
		return err
	}
	if err := e.tx.flushAll(); err != nil {
		return err
	}
	mark := e.tx.mark()
	err := e.tx.tx.Savepoint(e.ctx, func() error {
		if err := f(); err != nil {
			return err
		}
		return e.tx.flushAll()
	})
	if err != nil {
		e.tx.backTo(mark)
	}
	return err
}

// Lock holds the named lock until the transaction ends. It puts transactions into
// an order and no more: on PostgreSQL one that waited still reads what there was
// when it began. Where what others did must be seen, write a row that they write.
func (e *Env) Lock(name string) error {
	if err := e.inside(); err != nil {
		return err
	}
	return fault.Wrap(e.tx.tx.Lock(e.ctx, name), "lock", name)
}

// Notify wakes listeners of the store when the transaction commits.
func (e *Env) Notify(channel, payload string) error {
	if err := e.inside(); err != nil {
		return err
	}
	return fault.Wrap(e.tx.tx.Notify(e.ctx, channel, payload), "notify", channel)
}

// inside refuses work outside a transaction.
func (e *Env) inside() error {
	switch {
	case e.tx == nil:
		return fault.New(fault.Internal, "outside a transaction: use Env.Within")
	case e.tx.over:
		return fault.New(fault.Internal, "the transaction is over")
	}
	return nil
}

// outside returns the environment without its transaction.
func (e *Env) outside() *Env {
	env := *e
	env.tx = nil
	return &env
}

// entity finds a model for an operation inside a transaction.
func (e *Env) entity(model string) (*entity, error) {
	if err := e.inside(); err != nil {
		return nil, err
	}
	if found, ok := e.db.reg.entities[model]; ok {
		return found, nil
	}
	return nil, fault.New(fault.Key, "'%s'", model)
}

// writable finds a model for a change.
func (e *Env) writable(model string) (*entity, error) {
	found, err := e.entity(model)
	if err == nil && e.tx.readonly {
		err = fault.New(fault.Internal, "%s: writing in a transaction that only reads", model)
	}
	return found, err
}
