package base

import (
	"strconv"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

const apiKeyWizard = "res.users.apikeys.description"

// ownDate is the choice of a date instead of a number of days.
const ownDate = "-1"

// longestKey is how long a key may last that no administrator makes.
const longestKey = 90

// apiKeyWizard is what a user fills in to make a key.
func (b *Base) apiKeyWizard() orm.Model {
	return orm.Model{
		Name: apiKeyWizard, Label: "API Key Description", Order: "id", Transient: true,
		Fields: schema.Fields{
			schema.Char("name", "Description").Required(),
			schema.Selection("duration", "Duration",
				schema.Option{Value: "1", Label: "1 Day"}, schema.Option{Value: "7", Label: "1 Week"},
				schema.Option{Value: "30", Label: "1 Month"}, schema.Option{Value: "90", Label: "3 Months"},
				schema.Option{Value: "180", Label: "6 Months"}, schema.Option{Value: "365", Label: "1 Year"},
				schema.Option{Value: "0", Label: "Persistent Key"}, schema.Option{Value: ownDate, Label: "Custom Date"},
			).Required().DefaultTo("1"),
			schema.Datetime("expiration_date", "Expiration Date").Help("With the duration Custom Date."),
		},
		Bound: orm.Bound{
			Access: orm.Access{GroupUser: orm.Change},
			Rules: []orm.Rule{{Name: "API key description: own ones", Domain: func(env *orm.Env) (domain.Node, error) {
				return domain.Where("create_uid", domain.Eq, env.UID()), nil
			}}},
			Methods: orm.Methods{
				"make_key": {Do: b.makeKey, Tx: orm.TxNone, Params: []orm.Param{orm.Opt("password", false)}},
			},
		},
	}
}

// openKeyWizard is the action that asks what a new key is for.
func openKeyWizard(*orm.Env, *orm.Call) (any, error) {
	return map[string]any{"type": "ir.actions.act_window", "res_model": apiKeyWizard, "name": "New API Key",
		"target": "new", "views": []any{[]any{false, "form"}}}, nil
}

// makeKey makes the key that a wizard describes. The user proves who they are:
// by a log-in of the last minutes, or by their password, as an argument or as
// "password" in the context. The action that it answers holds the key, once.
func (b *Base) makeKey(env *orm.Env, call *orm.Call) (any, error) {
	if _, err := call.One(); err != nil {
		return nil, err
	}
	password, err := call.String("password")
	if err != nil {
		return nil, err
	}
	if given, ok := env.Context()["password"].(string); ok && password == "" {
		password = given
	}
	if err := b.mustProve(env, password); err != nil {
		return nil, err
	}
	var key string
	err = env.Within(orm.TxWrite, func(env *orm.Env) error {
		opt, err := described(env, call.IDs)
		if err != nil {
			return err
		}
		if key, err = MakeAPIKey(env, env.UID(), opt); err != nil {
			return err
		}
		return env.Sudo().Unlink(apiKeyWizard, call.IDs)
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"type": "ir.actions.act_window", "res_model": "res.users.apikeys.show", "name": "API Key Ready",
		"target": "new", "views": []any{[]any{false, "form"}}, "context": map[string]any{"default_key": key}}, nil
}

// described reads a wizard: its name, and until when the key is to last.
func described(env *orm.Env, ids []int64) (KeyOptions, error) {
	if err := env.CheckRules(apiKeyWizard, ids, orm.Write); err != nil {
		return KeyOptions{}, err
	}
	rows, err := env.Read(apiKeyWizard, ids, "name", "duration", "expiration_date")
	if err != nil {
		return KeyOptions{}, err
	}
	row := rows.At(0)
	opt := KeyOptions{Name: row.Str("name"), Expires: row.Time("expiration_date")}
	if duration := row.Str("duration"); duration != ownDate {
		days, err := strconv.Atoi(duration)
		if err != nil {
			return opt, fault.New(fault.Value, "duration: %s", duration)
		}
		if opt.Expires = (time.Time{}); days > 0 {
			opt.Expires = env.Now().AddDate(0, 0, days)
		}
	}
	return opt, mayLast(env, opt.Expires)
}

// mayLast refuses a key that lasts longer than one of the caller's may.
func mayLast(env *orm.Env, until time.Time) error {
	if env.HasGroup(GroupSystem) {
		return nil
	}
	if until.IsZero() {
		return fault.Say(fault.User, "base.key_forever", nil)
	}
	if until.After(env.Now().AddDate(0, 0, longestKey)) {
		return fault.Say(fault.User, "base.key_long", fault.Args{"days": longestKey})
	}
	return nil
}
