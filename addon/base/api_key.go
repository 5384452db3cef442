package base

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/addon/secret"
)

// apiKey is a key that stands for its user's password in calls, not in the
// dashboard. Only its hash is kept.
var apiKey = orm.Model{
	Name: "res.users.apikeys", Label: "Users API Keys", Order: "id",
	Fields: schema.Fields{
		schema.Char("name", "Description").Required().Readonly(),
		schema.Many2one("user_id", "User", "res.users").Required().WhenDeleted(schema.Cascade).Indexed().Readonly(),
		schema.Char("scope", "Scope").Readonly(),
		schema.Char("index", "Index").Indexed().Secret(),
		schema.Char("key_hash", "Key Hash").Secret(),
		schema.Datetime("expiration_date", "Expiration Date").Readonly(),
	},
	Bound: orm.Bound{
		Access: orm.Access{GroupUser: orm.Read | orm.Unlink},
		Rules: []orm.Rule{
			{Name: "API keys: own ones", Groups: []string{GroupUser}, Domain: func(env *orm.Env) (domain.Node, error) {
				return domain.Where("user_id", domain.Eq, env.UID()), nil
			}},
			{Name: "API keys: administrators", Groups: []string{GroupSystem}, Domain: func(*orm.Env) (domain.Node, error) {
				return domain.Const(true), nil
			}},
		},
	},
}

// NewAPIKey makes a key for a user and returns its text, which is shown once.
func NewAPIKey(env *orm.Env, user int64, name string) (string, error) {
	key, err := secret.NewAPIKey()
	if err != nil {
		return "", err
	}
	_, err = env.Sudo().Create("res.users.apikeys", orm.Values{
		"name": name, "user_id": user, "scope": "rpc", "index": key.Index(), "key_hash": key.Hash(),
	})
	return key.Text(), err
}
