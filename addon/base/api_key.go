package base

import (
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/addon/secret"
)

// apiKeys is the model's name.
const apiKeys = "res.users.apikeys"

// apiKey is a key that stands for its user's password in calls, not in the
// dashboard. Only its hash is kept.
var apiKey = orm.Model{
	Name: apiKeys, Label: "Users API Keys", Order: "id",
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
		Hooks: orm.Hooks{
			AfterWrite:  func(env *orm.Env, _ []int64, _ orm.Values) error { return forgetUsers(env) },
			AfterUnlink: func(env *orm.Env, _ []int64) error { return forgetUsers(env) },
		},
		Methods: orm.Methods{"remove": {Do: removeKeys, Needs: orm.Unlink}},
	},
}

// ScopeRPC is the scope of keys for calls; a key of another scope, or of one
// that this program does not know, proves nothing there. No scope is every scope.
const ScopeRPC = "rpc"

// KeyOptions say what a new key is for.
type KeyOptions struct {
	Name    string
	Scope   string    // ScopeRPC if empty
	Expires time.Time // never if zero
}

// NewAPIKey makes a key for a user and returns its text, which is shown once.
func NewAPIKey(env *orm.Env, user int64, name string) (string, error) {
	return MakeAPIKey(env, user, KeyOptions{Name: name})
}

// MakeAPIKey makes a key for a user and returns its text, which is shown once.
func MakeAPIKey(env *orm.Env, user int64, opt KeyOptions) (string, error) {
	key, err := secret.NewAPIKey()
	if err != nil {
		return "", err
	}
	values := orm.Values{
		"name": opt.Name, "user_id": user, "scope": orDefault(opt.Scope, ScopeRPC), "index": key.Index(), "key_hash": key.Hash(),
	}
	if !opt.Expires.IsZero() {
		if !opt.Expires.After(env.Now()) {
			return "", fault.Say(fault.User, "base.key_past", nil)
		}
		values["expiration_date"] = opt.Expires.UTC()
	}
	_, err = env.Sudo().Create(apiKeys, values)
	return key.Text(), err
}

// removeKeys revokes keys; the next call with one is refused.
func removeKeys(env *orm.Env, call *orm.Call) (any, error) {
	return map[string]any{"type": "ir.actions.act_window_close"}, env.Unlink(apiKeys, call.IDs)
}
