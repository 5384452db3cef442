package account

import (
	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// The groups of accounting, by external id.
const (
	GroupReadonly = "account.group_account_readonly"
	GroupInvoice  = "account.group_account_invoice"
	GroupBasic    = "account.group_account_basic"
	GroupUser     = "account.group_account_user"
	GroupManager  = "account.group_account_manager"
)

// Addon is the manifest.
func Addon() addon.Addon {
	return addon.Addon{
		Name: "account", Label: "Invoicing", Version: "18.0.1.0", Summary: "Journals and bank statements",
		Depends: []string{"base", "bus", "mail"},
		Part: orm.Part{
			Labels:     map[string][]byte{"nl": dutch},
			Models:     []orm.Model{accountModel, journal, statement, line, numbering},
			Extensions: []orm.Extension{companyLocks},
		},
		Install: install,
	}
}

// books are the rights on what accountants keep: reading from the invoicing
// role on, changing from the basic one (as observed on Odoo 18).
func books() orm.Access {
	return orm.Access{
		GroupReadonly: orm.Read, GroupInvoice: orm.Read,
		GroupBasic: orm.Change, GroupUser: orm.Change, GroupManager: orm.Change,
	}
}

var companyLocks = orm.Extension{
	Of: "res.company",
	Fields: schema.Fields{
		schema.Day("fiscalyear_lock_date", "Global Lock Date").Help("Nothing is imported up to and including this day."),
		schema.Day("hard_lock_date", "Hard Lock Date").Help("Like the global lock date, and never taken back."),
	},
}

var accountModel = orm.Model{
	Name: "account.account", Label: "Account", Order: "code, id",
	Fields: schema.Fields{
		schema.Char("name", "Account Name").Required(),
		schema.Char("code", "Code").Max(64).Indexed(),
		schema.Selection("account_type", "Type",
			schema.Option{Value: "asset_cash", Label: "Bank and Cash"},
			schema.Option{Value: "asset_current", Label: "Current Assets"},
			schema.Option{Value: "asset_receivable", Label: "Receivable"},
			schema.Option{Value: "liability_payable", Label: "Payable"},
			schema.Option{Value: "liability_credit_card", Label: "Credit Card"},
			schema.Option{Value: "income", Label: "Income"},
			schema.Option{Value: "expense", Label: "Expenses"}).Required(),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Boolean("reconcile", "Allow Reconciliation"),
		schema.Many2one("currency_id", "Account Currency", "res.currency"),
		schema.Many2one("company_id", "Company", "res.company"),
	},
	NameSearch: []string{"code", "name"},
	Bound: orm.Bound{
		Access:   books(),
		Rules:    []orm.Rule{base.CompanyRule("Account: company")},
		Defaults: orm.Defaults{"company_id": func(env *orm.Env) (any, error) { return env.Company(), nil }},
	},
}

func install(env *orm.Env, setup addon.Setup) error {
	groups := []struct{ xmlid, name, category string }{
		{GroupReadonly, "Show Accounting Features - Readonly", "Invoicing"},
		{GroupInvoice, "Billing", "Invoicing"},
		{GroupBasic, "Bank", "Invoicing"},
		{GroupUser, "Show Full Accounting Features", "Invoicing"},
		{GroupManager, "Administrator", "Invoicing"},
	}
	for _, g := range groups {
		if _, err := base.Seed(env, g.xmlid, "res.groups", orm.Values{"name": g.name, "category": g.category}); err != nil {
			return err
		}
	}
	for group, implied := range map[string][]string{
		GroupReadonly: {base.GroupUser}, GroupInvoice: {base.GroupUser},
		GroupBasic: {GroupInvoice}, GroupUser: {GroupBasic, GroupReadonly}, GroupManager: {GroupUser, base.GroupPartner},
	} {
		if err := base.Imply(env, group, implied...); err != nil {
			return err
		}
	}
	if setup.Journals {
		if err := cashJournal(env, setup.Language); err != nil {
			return err
		}
	}
	return adminKeepsBooks(env)
}

// cashJournal makes the cash book that every company has. Those of its banks
// come with their connections.
func cashJournal(env *orm.Env, language string) error {
	name := "Cash"
	if language == "nl_NL" {
		name = "Kas"
	}
	home, err := base.Ref(env, "base.main_company")
	if err != nil {
		return err
	}
	_, err = base.Seed(env, "account.cash_journal", "account.journal", orm.Values{"name": name, "type": "cash", "company_id": home})
	return err
}

// adminKeepsBooks gives the administrator the books, once: who takes the right
// away later is not overruled by an upgrade.
func adminKeepsBooks(env *orm.Env) error {
	const key = "account.admin_granted"
	if done, err := base.Param(env, key, ""); err != nil || done != "" {
		return err
	}
	admin, err := base.Ref(env, "base.user_admin")
	if err != nil {
		return err
	}
	manager, err := base.Ref(env, GroupManager)
	if err != nil {
		return err
	}
	if err := env.Write("res.users", []int64{admin}, orm.Values{
		"groups_id": []orm.Command{{Op: orm.CommandLink, ID: manager}},
	}); err != nil {
		return err
	}
	return base.SetParam(env, key, "yes")
}
