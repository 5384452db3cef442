package base

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/secret"
)

// Credential says what may prove who one is.
type Credential int

// Credentials.
const (
	PasswordOnly  Credential = iota // the dashboard and its sessions
	PasswordOrKey                   // calls that carry it themselves
)

// Authenticate returns the uid of an active user who gives the right password,
// or key; 0 and no error otherwise. Unknown logins take as long as known ones.
func (b *Base) Authenticate(env *orm.Env, login, proof string, accept Credential) (int64, error) {
	env = env.Sudo()
	rows, err := env.SearchRead("res.users", domain.Where("login", domain.Eq, login),
		[]string{"password_hash"}, orm.SearchOptions{Limit: 1})
	if err != nil {
		return 0, fault.Wrap(err, "authenticate", login)
	}
	if rows.Len() == 0 {
		_, _ = b.hasher.Verify(b.hasher.Nobody(), proof) // spend the time of a real check
		return 0, nil
	}
	uid := rows.At(0).ID()
	if ok, err := b.proves(env, uid, rows.At(0).Str("password_hash"), proof, accept); err != nil || !ok {
		return 0, err
	}
	return uid, nil
}

// Check reports whether proof belongs to a uid that the caller names, as
// /jsonrpc sends it with every call.
func (b *Base) Check(env *orm.Env, uid int64, proof string) (bool, error) {
	env = env.Sudo()
	rows, err := env.Read("res.users", []int64{uid}, "password_hash", "active")
	if err != nil || rows.Len() == 0 || !rows.At(0).Bool("active") {
		return false, err
	}
	return b.proves(env, uid, rows.At(0).Str("password_hash"), proof, PasswordOrKey)
}

func (b *Base) proves(env *orm.Env, uid int64, hash, proof string, accept Credential) (bool, error) {
	if accept == PasswordOrKey && secret.LooksLikeAPIKey(proof) {
		if ok, err := b.keyProves(env, uid, proof); err != nil || ok {
			return ok, err
		}
	}
	if hash == "" || proof == "" {
		return false, nil
	}
	return b.hasher.Verify(hash, proof)
}

// KeyOwner returns the uid of the active user whom an API key stands for; 0 and
// no error when it stands for nobody.
func (b *Base) KeyOwner(env *orm.Env, text string) (int64, error) {
	if !secret.LooksLikeAPIKey(text) {
		return 0, nil
	}
	env = env.Sudo()
	rows, err := env.SearchRead(apiKeys, domain.Where("index", domain.Eq, secret.APIKeyIndex(text)),
		[]string{"user_id"}, orm.SearchOptions{})
	if err != nil {
		return 0, err
	}
	for row := range rows.All() {
		uid := row.Ref("user_id")
		ok, err := b.keyProves(env, uid, text)
		if err != nil {
			return 0, err
		}
		if !ok {
			continue
		}
		owner, err := env.Read("res.users", []int64{uid}, "active")
		if err != nil || owner.Len() == 0 || !owner.At(0).Bool("active") {
			return 0, err
		}
		return uid, nil
	}
	return 0, nil
}

func (b *Base) keyProves(env *orm.Env, uid int64, text string) (bool, error) {
	key, err := b.keyOf(env, uid, text)
	return key.id != 0 && (key.scope == "" || key.scope == ScopeRPC), err
}

// validKey is an API key that has not expired.
type validKey struct {
	id    int64
	scope string // "" for every one
}

// keyOf finds the valid key of a user and of a text, the zero one if there is none.
func (b *Base) keyOf(env *orm.Env, uid int64, text string) (validKey, error) {
	rows, err := env.SearchRead(apiKeys, domain.All(
		domain.Where("user_id", domain.Eq, uid),
		domain.Where("index", domain.Eq, secret.APIKeyIndex(text))),
		[]string{"key_hash", "expiration_date", "scope"}, orm.SearchOptions{})
	if err != nil {
		return validKey{}, err
	}
	for row := range rows.All() {
		expires := row.Time("expiration_date")
		if secret.VerifyAPIKey(text, row.Str("key_hash")) && (expires.IsZero() || expires.After(env.Now())) {
			return validKey{row.ID(), row.Str("scope")}, nil
		}
	}
	return validKey{}, nil
}
