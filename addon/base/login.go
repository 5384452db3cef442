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

func (b *Base) keyProves(env *orm.Env, uid int64, text string) (bool, error) {
	rows, err := env.SearchRead("res.users.apikeys", domain.All(
		domain.Where("user_id", domain.Eq, uid),
		domain.Where("index", domain.Eq, secret.APIKeyIndex(text))),
		[]string{"key_hash", "expiration_date", "scope"}, orm.SearchOptions{})
	if err != nil {
		return false, err
	}
	for row := range rows.All() {
		expires, scope := row.Time("expiration_date"), row.Str("scope")
		if scope != "" && scope != ScopeRPC {
			continue
		}
		if secret.VerifyAPIKey(text, row.Str("key_hash")) && (expires.IsZero() || expires.After(env.Now())) {
			return true, nil
		}
	}
	return false, nil
}
