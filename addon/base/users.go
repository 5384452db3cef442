package base

import (
	"maps"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Ids that Odoo's clients know.
const (
	SystemUser = 1 // OdooBot: the author of what nobody did
	AdminUser  = 2
)

func (b *Base) users() orm.Model {
	return orm.Model{
		Name: "res.users", Label: "User", Order: "name, login",
		Fields: userFields(),
		Bound: orm.Bound{
			Computes: []orm.Compute{
				{Fields: []string{"password"}, Do: noPassword, Inverse: b.setPassword},
				{Fields: []string{"share"}, Do: share},
			},
			Defaults: orm.Defaults{
				"company_id": func(env *orm.Env) (any, error) { return env.Company(), nil },
				"company_ids": func(env *orm.Env) (any, error) {
					return []orm.Command{{Op: orm.CommandSet, IDs: []int64{env.Company()}}}, nil
				},
				"groups_id": employeeGroups,
			},
			SQLUnique: []orm.Unique{{Columns: []string{"login"}, Message: "You can not have two users with the same login!"}},
			Constraints: []orm.Constraint{{
				Fields: []string{"company_id", "company_ids"}, Check: companyAmongAllowed,
			}},
			Hooks:   b.userHooks(),
			Methods: b.userMethods(),
			Access:  orm.Access{GroupUser: orm.Read, GroupERP: orm.Change, GroupSystem: orm.Change},
			Rules: []orm.Rule{
				{Name: "User: colleagues", Groups: []string{GroupUser}, Domain: colleagues},
				{Name: "User: administrators", Groups: []string{GroupERP, GroupSystem},
					Domain: func(*orm.Env) (domain.Node, error) { return domain.Const(true), nil }},
			},
		},
	}
}

func userFields() schema.Fields {
	return schema.Fields{
		schema.Char("name", "Name").Required(),
		schema.Char("login", "Login").Required().Unique(),
		schema.Char("email", "Email"),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Many2one("partner_id", "Related Partner", "res.partner").WhenDeleted(schema.Restrict).NotCopied(),
		schema.Many2one("company_id", "Company", "res.company").Required(),
		schema.Many2many("company_ids", "Companies", "res.company").Through("res_company_users_rel", "user_id", "cid"),
		schema.Many2many("groups_id", "Groups", "res.groups").Through("res_groups_users_rel", "uid", "gid"),
		schema.Selection("lang", "Language", languages...).DefaultTo("en_US"),
		schema.Char("tz", "Timezone").DefaultTo("Europe/Brussels"),
		schema.HTML("signature", "Email Signature"),
		schema.Boolean("share", "Share User").DependsOn("groups_id").NotKept(),
		schema.Selection("notification_type", "Notification",
			schema.Option{Value: "email", Label: "Handle by Emails"},
			schema.Option{Value: "inbox", Label: "Handle in Odoo"}).DefaultTo("email"),
		schema.Datetime("login_date", "Latest Authentication").Readonly().NotCopied(),
		schema.Char("password", "Password").DependsOn().NotKept().Editable(),
		schema.Char("password_hash", "Password Hash").Secret().NotCopied(),
		schema.One2many("api_key_ids", "API Keys", "res.users.apikeys", "user_id"),
	}
}

func (b *Base) userHooks() orm.Hooks {
	return orm.Hooks{
		BeforeCreate: makePartners,
		AfterCreate:  func(env *orm.Env, _ []int64, _ []orm.Values) error { return forgetUsers(env) },
		BeforeWrite:  keepOneself,
		AfterWrite: func(env *orm.Env, ids []int64, values orm.Values) error {
			if err := keepAdministrator(env, values); err != nil {
				return err
			}
			if err := b.endWhenChanged(env, ids, values); err != nil {
				return err
			}
			return syncPartners(env, ids, values)
		},
		BeforeUnlink: keepSystemUsers,
		AfterUnlink: func(env *orm.Env, ids []int64) error {
			for _, id := range ids {
				b.endSessions(env, id, "")
			}
			if err := keepAdministrator(env, nil); err != nil {
				return err
			}
			return forgetUsers(env)
		},
	}
}

// colleagues are those who may work in one of the companies that the call may
// see, the user, and who acts for nobody.
func colleagues(env *orm.Env) (domain.Node, error) {
	return domain.Or{
		domain.Where("company_ids", domain.In, anyList(env.Companies())),
		domain.Where("id", domain.In, []int64{env.UID(), SystemUser}),
	}, nil
}

func (b *Base) userMethods() orm.Methods {
	methods := orm.Methods{
		"context_get": {Do: contextGet, Tx: orm.TxRead, OnModel: true},
		"has_group":   {Do: hasGroup, Tx: orm.TxRead, Params: []orm.Param{orm.Arg("group_ext_id")}},
		"change_password": {Do: b.changePassword, Tx: orm.TxNone, OnModel: true,
			Params: []orm.Param{orm.Arg("old_passwd"), orm.Arg("new_passwd")}},
		"api_key_wizard": {Do: openKeyWizard, Tx: orm.TxRead},
	}
	maps.Copy(methods, b.sessionMethods())
	return methods
}

// employeeGroups are those of a new user for whom nobody chose any: what Odoo's
// template user has, as far as there are such groups here.
func employeeGroups(env *orm.Env) (any, error) {
	var ids []int64
	for _, xmlid := range []string{GroupUser, GroupPartner} {
		id, err := Ref(env.Sudo(), xmlid)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return []orm.Command{{Op: orm.CommandSet, IDs: ids}}, nil
}

// share marks users that are no employees.
func share(env *orm.Env, batch *orm.Batch) error {
	employees, err := Ref(env, GroupUser)
	if err != nil {
		return err
	}
	rows, err := env.Sudo().Read("res.users", batch.IDs(), "groups_id")
	if err != nil {
		return err
	}
	inside := map[int64]bool{}
	for row := range rows.All() {
		for _, g := range row.Refs("groups_id") {
			inside[row.ID()] = inside[row.ID()] || g == employees
		}
	}
	for i := range batch.Len() {
		batch.Set(i, "share", !inside[batch.ID(i)])
	}
	return nil
}

func companyAmongAllowed(env *orm.Env, ids []int64) error {
	rows, err := env.Sudo().Read("res.users", ids, "name", "company_id", "company_ids")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if !contains(row.Refs("company_ids"), row.Ref("company_id")) {
			return fault.New(fault.Invalid, "The company is not in the allowed companies for user %s.", row.Str("name"))
		}
	}
	return nil
}

func contains(ids []int64, id int64) bool {
	for _, known := range ids {
		if known == id {
			return true
		}
	}
	return false
}

// makePartners gives every new user a partner of the same name.
func makePartners(env *orm.Env, rows []orm.Values) error {
	for _, values := range rows {
		if values["name"] == nil || values["name"] == "" {
			values["name"] = values["login"]
		}
		if values["partner_id"] != nil {
			continue
		}
		ids, err := env.Sudo().Create("res.partner", orm.Values{
			"name": values["name"], "email": values["email"],
		})
		if err != nil {
			return err
		}
		values["partner_id"] = ids[0]
	}
	return nil
}

// syncPartners keeps a partner's name and address those of its user.
func syncPartners(env *orm.Env, ids []int64, values orm.Values) error {
	change := orm.Values{}
	for _, field := range []string{"name", "email"} {
		if v, ok := values[field]; ok {
			change[field] = v
		}
	}
	if len(change) > 0 {
		rows, err := env.Sudo().Read("res.users", ids, "partner_id")
		if err != nil {
			return err
		}
		var partners []int64
		for row := range rows.All() {
			partners = append(partners, row.Ref("partner_id"))
		}
		if err := env.Sudo().Write("res.partner", partners, change); err != nil {
			return err
		}
	}
	return forgetUsers(env)
}

func keepSystemUsers(_ *orm.Env, ids []int64) error {
	if contains(ids, SystemUser) {
		return fault.New(fault.User, "You can not remove the system user as it is used internally for resources created by the host "+
			"(updates, synchronisations, …)")
	}
	return nil
}

// contextGet is the context that a client sends back with its calls.
func contextGet(env *orm.Env, _ *orm.Call) (any, error) {
	user := env.User()
	return map[string]any{"lang": user.Lang, "tz": user.TZ, "uid": user.ID}, nil
}

// hasGroup answers for the user asked about.
func hasGroup(env *orm.Env, call *orm.Call) (any, error) {
	id, err := call.String("group_ext_id")
	if err != nil {
		return nil, err
	}
	user, err := call.One()
	if err != nil {
		return nil, err
	}
	if user != env.UID() {
		if env, err = env.As(user); err != nil {
			return nil, err
		}
	}
	return env.HasGroup(id), nil
}
