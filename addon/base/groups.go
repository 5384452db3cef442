package base

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

var group = orm.Model{
	Name: "res.groups", Label: "Access Groups", Order: "name",
	Fields: schema.Fields{
		schema.Char("name", "Name").Required(),
		schema.Char("category", "Application"),
		schema.Char("full_name", "Group Name").DependsOn("name", "category"),
		schema.Text("comment", "Comment"),
		schema.Boolean("share", "Share Group"),
		schema.Many2many("users", "Users", "res.users").Through("res_groups_users_rel", "gid", "uid"),
		schema.Many2many("implied_ids", "Inherits", "res.groups").Through("res_groups_implied_rel", "gid", "hid"),
	},
	Bound: orm.Bound{
		Computes: []orm.Compute{{Fields: []string{"full_name"}, Do: fullName}},
		Access:   readable(),
		Hooks: orm.Hooks{
			AfterCreate: func(env *orm.Env, _ []int64, _ []orm.Values) error { return forgetUsers(env) },
			AfterWrite:  func(env *orm.Env, _ []int64, _ orm.Values) error { return forgetUsers(env) },
			AfterUnlink: func(env *orm.Env, _ []int64) error { return forgetUsers(env) },
		},
	},
}

// fullName is "Application / Group", as access errors name a group.
func fullName(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("name", "category")
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		row := rows.At(i)
		name := row.Str("name")
		if category := row.Str("category"); category != "" {
			name = category + "/" + name
		}
		batch.Set(i, "full_name", name)
	}
	return nil
}

// forgetUsers makes the database look anew who its users are, once the change
// is committed.
func forgetUsers(env *orm.Env) error {
	env.AfterCommit(env.Database().ForgetUsers)
	return nil
}
