package base

import (
	"strconv"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// passwordLength is the parameter that overrides how long passwords must be.
const passwordLength = "auth_password_policy.minlength"

// CheckPolicy refuses a password that nobody may choose.
func (b *Base) CheckPolicy(env *orm.Env, password string) error {
	least := b.opt.MinPassword
	text, err := Param(env, passwordLength, "")
	if err != nil {
		return err
	}
	if n, wrong := strconv.Atoi(text); wrong == nil {
		least = n
	}
	if has := utf8.RuneCountInString(password); has < least {
		return fault.Say(fault.User, "base.password_short", fault.Args{"least": least, "has": has})
	}
	return nil
}

// noPassword: a password is never read back.
func noPassword(_ *orm.Env, batch *orm.Batch) error {
	for i := range batch.Len() {
		batch.Set(i, "password", "")
	}
	return nil
}

// setPassword keeps the hash of a password that somebody chose for users. The
// host itself, which makes the first administrator, chooses freely.
func (b *Base) setPassword(env *orm.Env, ids []int64, _ string, value any) error {
	password, _ := value.(string)
	if password == "" {
		return nil
	}
	if env.UID() != 0 {
		if err := b.CheckPolicy(env, password); err != nil {
			return err
		}
	}
	hash, err := b.hasher.Hash(password)
	if err != nil {
		return fault.Wrap(err, "hash password", ids)
	}
	return env.Sudo().Write("res.users", ids, orm.Values{"password_hash": hash})
}

// changePassword is a user's own change, who gives the old password. It ends
// the user's other sessions.
func (b *Base) changePassword(env *orm.Env, call *orm.Call) (any, error) {
	old, err := call.String("old_passwd")
	if err != nil {
		return nil, err
	}
	fresh, err := call.String("new_passwd")
	if err != nil {
		return nil, err
	}
	if err := b.checkOwnPassword(env, old); err != nil {
		return nil, err
	}
	if fresh == "" {
		return nil, fault.Say(fault.User, "base.empty_password", nil)
	}
	err = env.Within(orm.TxWrite, func(env *orm.Env) error {
		return b.setPassword(env, []int64{env.UID()}, "password", fresh)
	})
	return err == nil, err
}
