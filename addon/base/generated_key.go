package base

import (
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/secret"
)

// The parameters that say who may make keys by a call, and how many, as Odoo names
// them.
const (
	paramKeysByAll = "base.enable_programmatic_api_keys"
	paramMostKeys  = "base.programmatic_api_keys_limit"
	mostKeys       = 10
)

// generateKey makes a key for whoever calls and proves with one who they are. It
// never is for more than the key that was given.
func (b *Base) generateKey(env *orm.Env, call *orm.Call) (any, error) {
	if err := mayGenerate(env); err != nil {
		return nil, err
	}
	given, err := b.ownKey(env, call)
	if err != nil {
		return nil, err
	}
	opt := KeyOptions{Scope: given.scope}
	if opt.Name, err = call.String("name"); err != nil {
		return nil, err
	}
	scope, err := call.String("scope")
	if err != nil {
		return nil, err
	}
	if given.scope != "" && scope != "" && scope != given.scope {
		return nil, errNoKey
	}
	if given.scope == "" {
		opt.Scope = scope
	}
	until, err := call.String("expiration_date")
	if err != nil {
		return nil, err
	}
	if opt.Expires, err = lastMoment(until); err != nil {
		return nil, err
	}
	if err := mayLast(env, opt.Expires); err != nil {
		return nil, err
	}
	if err := mayHaveMore(env); err != nil {
		return nil, err
	}
	return MakeAPIKey(env, env.UID(), opt)
}

// revokeKey ends the key of a text.
func (b *Base) revokeKey(env *orm.Env, call *orm.Call) (any, error) {
	key, err := b.ownKey(env, call)
	if err != nil {
		return nil, err
	}
	return nil, env.Unlink(apiKeys, []int64{key.id})
}

// errNoKey does not say whether there is such a key.
var errNoKey = fault.New(fault.Unauthenticated, "Access Denied")

// ownKey is the valid key of the caller whose text a call gives.
func (b *Base) ownKey(env *orm.Env, call *orm.Call) (validKey, error) {
	text, err := call.String("key")
	if err != nil {
		return validKey{}, err
	}
	if !secret.LooksLikeAPIKey(text) {
		return validKey{}, errNoKey
	}
	key, err := b.keyOf(env.Sudo(), env.UID(), text)
	if err == nil && key.id == 0 {
		err = errNoKey
	}
	return key, err
}

func mayGenerate(env *orm.Env) error {
	if env.HasGroup(GroupSystem) {
		return nil
	}
	all, err := Param(env, paramKeysByAll, "")
	if on, _ := strconv.ParseBool(all); err == nil && !on {
		err = fault.Say(fault.Denied, "base.key_by_call", nil)
	}
	return err
}

func mayHaveMore(env *orm.Env) error {
	text, err := Param(env, paramMostKeys, "")
	if err != nil {
		return err
	}
	most, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		most = mostKeys
	}
	has, err := env.Sudo().Count(apiKeys, domain.Where("user_id", domain.Eq, env.UID()), most)
	if err == nil && has >= most {
		err = fault.Say(fault.User, "base.keys_many", fault.Args{"most": most})
	}
	return err
}

// lastMoment reads a day, until whose end a key is to last, or a time; the zero
// time for "".
func lastMoment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	for _, layout := range []string{time.DateTime, time.RFC3339, "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fault.New(fault.Value, "Invalid isoformat string: '%s'", text)
}
