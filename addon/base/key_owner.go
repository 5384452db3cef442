package base

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/secret"
)

// KeyOwner returns the uid of the active user whom an API key stands for; 0 and
// no error when it stands for nobody.
func (b *Base) KeyOwner(env *orm.Env, text string) (int64, error) {
	if !secret.LooksLikeAPIKey(text) {
		return 0, nil
	}
	env = env.Sudo()
	rows, err := env.SearchRead("res.users.apikeys", domain.Where("index", domain.Eq, secret.APIKeyIndex(text)),
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
