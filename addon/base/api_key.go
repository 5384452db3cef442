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
func (b *Base) apiKey() orm.Model {
	return orm.Model{
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
			Methods: b.keyMethods(),
		},
	}
}

func (b *Base) keyMethods() orm.Methods {
	return orm.Methods{
		"remove": {Do: removeKeys, Needs: orm.Unlink, Doc: "Revokes keys: the next call with one is refused. Answers an action that " +
			"closes a window."},
		"generate": {Do: b.generateKey, OnModel: true, Needs: orm.Read, Params: []orm.Param{
			orm.Arg("key").Says("A key of yours that is valid."),
			orm.Arg("scope").Says(`What the new key is for: "rpc" for calls; null for what the given key is for.`),
			orm.Arg("name").Says("What the new key is called in the list of keys."),
			orm.Arg("expiration_date").Says(`The last day, "2026-05-19", or a time in UTC, "2026-05-19 12:00:00"; null for never, ` +
				`which only administrators may.`)},
			Doc: "Makes an API key of your own and answers its text, which is shown only now. For administrators; for everybody " +
				"where the parameter base.enable_programmatic_api_keys is True. Refused when you have as many keys as " +
				"base.programmatic_api_keys_limit says (10), and where the given key is not yours."},
		"revoke": {Do: b.revokeKey, OnModel: true, Needs: orm.Read, Params: []orm.Param{orm.Arg("key").Says("A valid key of yours, " +
			"any.")},
			Doc: "Revokes the API key of that text: the next call with it is refused. Answers nothing. Refused where the key is not " +
				"yours."},
	}
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
