package base

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// keepAdministrator refuses a change after which nobody could administer the
// database. values are what was written, nil for a deletion.
func keepAdministrator(env *orm.Env, values orm.Values) error {
	_, active := values["active"]
	_, groups := values["groups_id"]
	if values != nil && !active && !groups {
		return nil
	}
	group, err := Ref(env.Sudo(), GroupSystem)
	if err != nil || group == 0 {
		return err
	}
	left, err := env.Sudo().Count("res.users", domain.All(domain.Where("groups_id", domain.In, []any{group}),
		domain.Where("id", domain.Ne, int64(SystemUser))), 1)
	if err != nil || left > 0 {
		return err
	}
	return fault.Say(fault.Invalid, "base.last_admin", nil)
}

// keepOneself refuses that users shut themselves out.
func keepOneself(env *orm.Env, ids []int64, values orm.Values) error {
	if active, ok := values["active"].(bool); ok && !active && !env.IsSystem() && contains(ids, env.UID()) {
		return fault.Say(fault.User, "base.deactivate_oneself", nil)
	}
	return nil
}

// keepContacts refuses to archive or delete the contacts of active users; the
// refusal leads to the users.
func keepContacts(env *orm.Env, ids []int64, message string) error {
	rows, err := env.Sudo().SearchRead("res.users", domain.Where("partner_id", domain.In, anyList(ids)), []string{"name"},
		orm.SearchOptions{})
	if err != nil || rows.Len() == 0 {
		return err
	}
	var names []string
	for row := range rows.All() {
		names = append(names, row.Str("name"))
	}
	refusal := fault.Say(fault.Invalid, message, fault.Args{"names": strings.Join(names, ", ")})
	if !env.May("res.users", orm.Write) {
		return refusal
	}
	return refusal.Toward(map[string]any{
		"type": "ir.actions.act_window", "res_model": "res.users", "view_mode": "form", "views": []any{[]any{false, "form"}},
		"res_id": rows.At(0).ID(), "context": map[string]any{"create": false},
	}, "Go to users")
}

func keepContactsOfUsers(env *orm.Env, ids []int64) error {
	return keepContacts(env, ids, "base.contact_of_user_deleted")
}

func keepArchivedContacts(env *orm.Env, ids []int64, values orm.Values) error {
	if active, ok := values["active"].(bool); ok && !active {
		return keepContacts(env, ids, "base.contact_of_user_archived")
	}
	return nil
}
