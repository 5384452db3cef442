package orm

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/girosync/girosync/addon/fault"
)

// users keeps who a uid is, until told to forget, and not for long: another
// process may have changed it.
type users struct {
	mu    sync.RWMutex
	known map[int64]knownUser
	// generation changes with every forgetting, so that an answer read before it
	// is not kept after it.
	generation uint64
}

// knownUser is a user as read at an instant of the process's own clock.
type knownUser struct {
	*User
	read time.Time
}

// believeUser bounds how long a right that another process took away is still
// believed here.
const believeUser = 5 * time.Second

// generations counts those of all databases, so that no two have the same.
var generations atomic.Uint64

// UsersGeneration is another number after each ForgetUsers, and in each
// database of the process. Who keeps an answer about users, keeps it with the
// number read before the question, and believes it while the number is the same.
func (d *Database) UsersGeneration() uint64 {
	d.users.mu.RLock()
	defer d.users.mu.RUnlock()
	return d.users.generation
}

// ForgetUsers makes the next call of every user ask the Directory again. Addons
// call it after the commit of a change to users, groups or companies.
func (d *Database) ForgetUsers() {
	d.users.mu.Lock()
	defer d.users.mu.Unlock()
	d.users.known = nil
	d.users.generation = generations.Add(1)
}

// user finds out who uid is. An answer is kept only when fresh: the
// transaction cannot have changed it yet.
func (d *Database) user(ctx context.Context, t *transaction, uid int64, fresh bool) (*User, error) {
	d.users.mu.RLock()
	u, ok := d.users.known[uid]
	generation := d.users.generation
	d.users.mu.RUnlock()
	if ok && (fresh || t.readonly) && time.Since(u.read) < believeUser {
		return u.User, nil
	}
	if d.opt.Directory == nil {
		return &User{ID: uid, Active: true}, nil
	}
	began := time.Now()
	system := &Env{ctx: ctx, db: d, tx: t, user: &User{}, system: true}
	found, err := d.opt.Directory.User(system, uid)
	if err != nil {
		return nil, fault.Wrap(err, "user", uid)
	}
	if !fresh && !t.readonly {
		return &found, nil
	}
	d.users.mu.Lock()
	defer d.users.mu.Unlock()
	if generation == d.users.generation {
		if d.users.known == nil {
			d.users.known = map[int64]knownUser{}
		}
		d.users.known[uid] = knownUser{&found, began}
	}
	return &found, nil
}

// enter makes the environment of who in t.
func (d *Database) enter(ctx context.Context, t *transaction, who Principal) (*Env, error) {
	env := &Env{ctx: ctx, db: d, tx: t, user: &User{ID: who.UID}, system: who.System, context: who.Context, caller: who.Caller}
	if who.UID == 0 && who.System {
		return env, nil
	}
	u, err := d.user(ctx, t, who.UID, true)
	switch {
	case err != nil && who.System && fault.Is(err, fault.Missing):
		env.user = &User{} // an install, before there are users
		return env, nil
	case err != nil:
		return nil, err
	case !u.Active && !who.System:
		return nil, fault.New(fault.Unauthenticated, "Access Denied")
	}
	env.user = u
	if _, ok := env.context["lang"]; !ok && who.Language != "" {
		env = env.With(Context{"lang": who.Language})
	}
	return env, env.checkCompanies()
}

// checkCompanies refuses companies in the context that are not the user's.
func (e *Env) checkCompanies() error {
	if e.system {
		return nil
	}
	for _, id := range e.context.companies() {
		if !slices.Contains(e.user.Companies, id) {
			return fault.Say(fault.Denied, "orm.companies", nil)
		}
	}
	return nil
}
