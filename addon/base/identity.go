package base

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// unguarded is the Guard that slows nobody down.
func unguarded(_ context.Context, _, _, _ string, check func() (bool, error)) error {
	ok, err := check()
	if err == nil && !ok {
		err = fault.New(fault.Unauthenticated, "Access Denied")
	}
	return err
}

// provenFor is how long a password that was given lately still proves who one is.
const provenFor = 10 * time.Minute

// mustProve refuses what a stolen session or key must not be enough for: the
// user gave their password a short time ago, or gives it now. It is called
// outside a transaction.
func (b *Base) mustProve(env *orm.Env, password string) error {
	if password != "" {
		return b.checkOwnPassword(env, password)
	}
	caller := env.Caller()
	if env.IsSystem() || !caller.Proven.IsZero() && env.Now().Sub(caller.Proven) < provenFor {
		return nil
	}
	return fault.Say(fault.User, "base.prove_identity", nil)
}

// checkOwnPassword refuses, as a wrong log-in, a password that is not the
// user's. It is called outside a transaction: a check takes its time.
func (b *Base) checkOwnPassword(env *orm.Env, password string) error {
	var hash string
	err := env.Within(orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Sudo().Read("res.users", []int64{env.UID()}, "password_hash")
		if err == nil && rows.Len() > 0 {
			hash = rows.At(0).Str("password_hash")
		}
		return err
	})
	if err != nil {
		return err
	}
	return b.opt.Guard(env.Ctx(), env.Database().Name(), env.User().Login, env.Caller().Address, func() (bool, error) {
		if hash == "" || password == "" {
			return false, nil
		}
		return b.hasher.Verify(hash, password)
	})
}
