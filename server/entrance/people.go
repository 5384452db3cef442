package entrance

import (
	"context"
	"crypto/sha256"
	"errors"
	"strconv"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/server/databases"
)

// system is who the host itself acts as.
var system = orm.Principal{System: true}

// People checks people through the addon base, and slows down who guesses.
type People struct {
	base   *base.Base
	gate   *Gate
	now    func() time.Time
	proven *proven
}

var _ rpc.People = (*People)(nil)

// NewPeople checks people of a base behind a gate.
func NewPeople(b *base.Base, gate *Gate, now func() time.Time) *People {
	return &People{base: b, gate: gate, now: now, proven: newProven()}
}

// Login checks a log-in of a person. Each counts as an attempt.
func (p *People) Login(ctx context.Context, db *orm.Database, login string, proof rpc.Proof) (uid int64, err error) {
	accept := base.PasswordOnly
	if proof.Keys {
		accept = base.PasswordOrKey
	}
	leave, err := p.proven.enter(ctx, p.proven.key(db.Name(), "login", login, proof.Address, proof.Text))
	if err != nil {
		return 0, err
	}
	defer leave()
	err = p.gate.Try(ctx, databases.Attempt{Database: db.Name(), Who: login, Address: proof.Address}, func() (bool, error) {
		err := db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
			uid, err = p.base.Authenticate(env, login, proof.Text, accept)
			return err
		})
		return uid != 0, err
	})
	if errors.Is(err, errWrong) {
		return 0, nil
	}
	return uid, err
}

// Check is called with every call that carries its own proof: one that was right
// from the same address a short time ago is not counted as an attempt again.
func (p *People) Check(ctx context.Context, db *orm.Database, uid int64, proof rpc.Proof) (bool, error) {
	found, err := p.attempt(ctx, db, attempt{
		key: p.keyOfCall(db, uid, proof),
		check: func(env *orm.Env) (int64, error) {
			ok, err := p.base.Check(env, uid, proof.Text)
			if err != nil || !ok {
				return 0, err
			}
			return uid, nil
		},
		who: func() (databases.Attempt, error) {
			login, err := loginOf(ctx, db, uid)
			return databases.Attempt{Database: db.Name(), Who: login, Address: proof.Address}, err
		},
	})
	return found != 0, err
}

// KeyOwner counts attempts by the key's open part, since no login is told.
func (p *People) KeyOwner(ctx context.Context, db *orm.Database, key rpc.Proof) (uid int64, err error) {
	return p.attempt(ctx, db, attempt{
		key:   p.proven.key(db.Name(), "key", key.Address, key.Text),
		check: func(env *orm.Env) (int64, error) { return p.base.KeyOwner(env, key.Text) },
		who: func() (databases.Attempt, error) {
			return databases.Attempt{Database: db.Name(), Who: "key " + secret.APIKeyIndex(key.Text), Address: key.Address}, nil
		},
	})
}

// Stands asks the base at most as often as a call's proof is asked after.
func (p *People) Stands(ctx context.Context, db *orm.Database, uid int64, key rpc.Proof) (ok bool, err error) {
	seen, generation := p.keyOfCall(db, uid, key), db.UsersGeneration()
	if p.proven.believes(seen, generation, p.now()) == uid {
		return true, nil
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		ok, err = p.base.Check(env, uid, key.Text)
		return err
	})
	if ok && err == nil {
		p.proven.remember(seen, uid, generation, p.now())
	}
	return ok, err
}

// keyOfCall is what a proof of a uid is remembered by.
func (p *People) keyOfCall(db *orm.Database, uid int64, proof rpc.Proof) [sha256.Size]byte {
	return p.proven.key(db.Name(), strconv.FormatInt(uid, 10), proof.Address, proof.Text)
}

// attempt is a proof that somebody brings with a call.
type attempt struct {
	key        [sha256.Size]byte
	check      func(env *orm.Env) (uid int64, err error) // 0 when it is wrong
	who        func() (databases.Attempt, error)
	generation uint64 // of the database's users, before the first check
}

// attempt returns whom the proof belongs to: 0 and no error when it is wrong.
// One that was right a moment ago is believed; one that was right a short time
// ago is checked, and is no attempt to be counted.
func (p *People) attempt(ctx context.Context, db *orm.Database, a attempt) (uid int64, err error) {
	a.generation = db.UsersGeneration()
	if uid = p.proven.believes(a.key, a.generation, p.now()); uid != 0 {
		return uid, nil
	}
	if uid, known, err := p.again(ctx, db, a); known {
		return uid, err
	}
	leave, err := p.proven.enter(ctx, a.key)
	if err != nil {
		return 0, err
	}
	defer leave()
	if uid, known, err := p.again(ctx, db, a); known { // another call of the same client was right meanwhile
		return uid, err
	}
	return p.counted(ctx, db, a)
}

// again checks a proof that was right a short time ago, without counting.
func (p *People) again(ctx context.Context, db *orm.Database, a attempt) (uid int64, known bool, err error) {
	if !p.proven.knows(a.key, p.now()) {
		return 0, false, nil
	}
	uid, err = a.checkIn(ctx, db)
	switch {
	case err != nil:
		return uid, true, err
	case uid != 0:
		p.proven.remember(a.key, uid, a.generation, p.now())
		return uid, true, nil
	}
	p.proven.forget(a.key) // the password was changed, or the key revoked
	return 0, false, nil
}

// counted checks a proof as an attempt that counts.
func (p *People) counted(ctx context.Context, db *orm.Database, a attempt) (uid int64, err error) {
	who, err := a.who()
	if err != nil {
		return 0, err
	}
	err = p.gate.Try(ctx, who, func() (bool, error) {
		uid, err = a.checkIn(ctx, db)
		return uid != 0, err
	})
	switch {
	case errors.Is(err, errWrong):
		return 0, nil
	case err != nil:
		return 0, err
	}
	p.proven.remember(a.key, uid, a.generation, p.now())
	return uid, nil
}

func (a attempt) checkIn(ctx context.Context, db *orm.Database) (uid int64, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
		uid, err = a.check(env)
		return err
	})
	return uid, err
}

// loginOf is the login of a uid, so that attempts by either count together.
func loginOf(ctx context.Context, db *orm.Database, uid int64) (login string, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read("res.users", []int64{uid}, "login")
		if err == nil && rows.Len() > 0 {
			login = rows.At(0).Str("login")
		}
		return err
	})
	return login, err
}
