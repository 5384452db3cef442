package mail

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// rules say who sees a message: who may read the record that it is about, who
// wrote it, and whom it is sent to. Changing one is for who wrote it, and for
// administrators; what the system tells is never changed by a user, for it is
// the trail of what happened.
func rules() []orm.Rule {
	const change = orm.Write | orm.Unlink
	return []orm.Rule{
		{Name: "Message: of records that may be read", Domain: ofReadableRecords},
		{Name: "Message: own comments", Rights: change, Groups: []string{base.GroupUser}, Domain: ownComments},
		{Name: "Message: administrators", Rights: change, Groups: []string{base.GroupSystem},
			Domain: func(*orm.Env) (domain.Node, error) { return domain.Const(true), nil }},
	}
}

func ownComments(env *orm.Env) (domain.Node, error) {
	return domain.All(mine(env), domain.Where("message_type", domain.Eq, Comment)), nil
}

func mine(env *orm.Env) domain.Node {
	if env.User().Partner == 0 {
		return domain.Const(false)
	}
	return domain.Where("author_id", domain.Eq, env.User().Partner)
}

// ofReadableRecords follows the rights on every model with a thread, in the
// database, however many records there are.
func ofReadableRecords(env *orm.Env) (domain.Node, error) {
	seen := domain.Or{mine(env)}
	if partner := env.User().Partner; partner != 0 {
		seen = append(seen, domain.Where("partner_ids", domain.In, []any{partner}))
	}
	for _, model := range env.Registry().Names() {
		if !hasThread(env, model) || !env.May(model, orm.Read) {
			continue
		}
		rule, err := env.Visible(model, orm.Read)
		if err != nil {
			return nil, err
		}
		of := domain.Where("model", domain.Eq, model)
		if rule == nil {
			seen = append(seen, of)
			continue
		}
		seen = append(seen, domain.All(of, domain.Where("res_id", domain.AnyOf, domain.Of{Model: model, Node: rule})))
	}
	return seen, nil
}

func hasThread(env *orm.Env, model string) bool {
	m, ok := env.Registry().Model(model)
	if !ok {
		return false
	}
	f, ok := m.Field("message_ids")
	return ok && f.Comodel == "mail.message"
}

// mayWriteAbout refuses messages of users about records on which they may not
// post, and in another's name. Administrators may write in any name.
func mayWriteAbout(env *orm.Env, rows []orm.Values) error {
	if env.IsSystem() {
		return nil
	}
	for _, values := range rows {
		if err := ownName(env, values); err != nil {
			return err
		}
		model, _ := values["model"].(string)
		id, ok := idOf(values["res_id"])
		if model == "" || !ok {
			continue
		}
		if _, known := env.Registry().Model(model); !known {
			return fault.New(fault.Key, "%s", model)
		}
		if err := mayPost(env, model, []int64{id}); err != nil {
			return err
		}
	}
	return nil
}

func ownName(env *orm.Env, values orm.Values) error {
	author, given := values["author_id"]
	if id, _ := idOf(author); !given || id == env.User().Partner || env.HasGroup(base.GroupSystem) {
		return nil
	}
	return fault.New(fault.Denied, "A message is written in one's own name.")
}

// beforeWrite refuses what mayWriteAbout would: a message is not moved to, or
// from, where its writer may not post.
func beforeWrite(env *orm.Env, ids []int64, values orm.Values) error {
	if env.IsSystem() {
		return nil
	}
	if err := ownName(env, values); err != nil {
		return err
	}
	_, model := values["model"]
	_, record := values["res_id"]
	if !model && !record {
		return nil
	}
	rows, err := env.Sudo().Read("mail.message", ids, "model", "res_id")
	if err != nil {
		return err
	}
	moved := make([]orm.Values, 0, rows.Len())
	for row := range rows.All() {
		if err := mayTakeFrom(env, row.Str("model"), row.Int("res_id")); err != nil {
			return err
		}
		to := orm.Values{"model": row.Str("model"), "res_id": row.Int("res_id")}
		for name := range to {
			if v, ok := values[name]; ok {
				to[name] = v
			}
		}
		moved = append(moved, to)
	}
	return mayWriteAbout(env, moved)
}

// mayTakeFrom refuses to take a message off a record on which its writer may not
// post. One that is gone holds nothing.
func mayTakeFrom(env *orm.Env, model string, id int64) error {
	if _, known := env.Registry().Model(model); !known || id == 0 {
		return nil
	}
	if err := mayPost(env, model, []int64{id}); err != nil && !fault.Is(err, fault.Missing) {
		return err
	}
	return nil
}

// mayPost refuses records that do not exist or that the user may not change:
// as in Odoo, who only reads does not post.
func mayPost(env *orm.Env, model string, ids []int64) error {
	if err := env.CheckAccess(model, orm.Write); err != nil {
		return err
	}
	if err := env.CheckRules(model, ids, orm.Write); err != nil {
		return err
	}
	there, err := env.Exists(model, ids)
	if err != nil {
		return err
	}
	known := map[int64]bool{}
	for _, id := range there {
		known[id] = true
	}
	for _, id := range ids {
		if !known[id] {
			return fault.New(fault.Missing, "Record does not exist or has been deleted.\n(Record: %s(%d,), User: %d)", model, id, env.UID())
		}
	}
	return nil
}
