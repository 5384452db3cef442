package base

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

var company = orm.Model{
	Name: "res.company", Label: "Companies", Order: "sequence, name",
	Fields: schema.Fields{
		schema.Char("name", "Company Name").Required().Unique(),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Integer("sequence", "Sequence").DefaultTo(int64(10)),
		schema.Many2one("partner_id", "Partner", "res.partner").WhenDeleted(schema.Restrict).NotCopied(),
		schema.Many2one("currency_id", "Currency", "res.currency").Required(),
		schema.Many2one("country_id", "Country", "res.country"),
		schema.Many2one("parent_id", "Parent Company", "res.company"),
		schema.One2many("child_ids", "Branches", "res.company", "parent_id"),
		schema.Many2many("user_ids", "Accepted Users", "res.users").Through("res_company_users_rel", "cid", "user_id"),
		schema.Char("email", "Email"),
		schema.Char("phone", "Phone"),
		schema.Char("vat", "Tax ID"),
	},
	Bound: orm.Bound{
		Access: readable(),
		Rules: []orm.Rule{
			{Name: "Company: allowed ones", Groups: []string{GroupUser}, Domain: allowedCompanies("id")},
			{Name: "Company: administrators", Groups: []string{GroupERP, GroupSystem},
				Domain: func(*orm.Env) (domain.Node, error) { return domain.Const(true), nil }},
		},
		SQLUnique: []orm.Unique{{Columns: []string{"name"}, Message: "The company name must be unique!"}},
		Hooks: orm.Hooks{
			BeforeCreate: companyPartners,
			AfterCreate:  enterCompanies,
			AfterWrite:   func(env *orm.Env, _ []int64, _ orm.Values) error { return forgetUsers(env) },
		},
	},
}

// enterCompanies lets who makes a company work in it, as Odoo does.
func enterCompanies(env *orm.Env, ids []int64, _ []orm.Values) error {
	if user := env.UID(); user != 0 {
		commands := make([]orm.Command, len(ids))
		for i, id := range ids {
			commands[i] = orm.Command{Op: orm.CommandLink, ID: id}
		}
		if err := env.Sudo().Write("res.users", []int64{user}, orm.Values{"company_ids": commands}); err != nil {
			return err
		}
	}
	return forgetUsers(env)
}

// allowedCompanies limits records to the companies that the call may see.
func allowedCompanies(field string) func(env *orm.Env) (domain.Node, error) {
	return func(env *orm.Env) (domain.Node, error) {
		return domain.Where(field, domain.In, anyList(env.Companies())), nil
	}
}

// CompanyRule limits a model's records to the allowed companies; records of no
// company are everyone's.
func CompanyRule(name string) orm.Rule {
	return orm.Rule{Name: name, Domain: func(env *orm.Env) (domain.Node, error) {
		return domain.Or{
			domain.Where("company_id", domain.Eq, nil),
			domain.Where("company_id", domain.In, anyList(env.Companies())),
		}, nil
	}}
}

func anyList(ids []int64) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

// companyPartners gives every new company a partner of the same name.
func companyPartners(env *orm.Env, rows []orm.Values) error {
	for _, values := range rows {
		if values["partner_id"] != nil {
			continue
		}
		ids, err := env.Sudo().Create("res.partner", orm.Values{
			"name": values["name"], "is_company": true, "country_id": values["country_id"],
		})
		if err != nil {
			return err
		}
		values["partner_id"] = ids[0]
	}
	return nil
}
