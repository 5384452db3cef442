package onlinesync

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Whether a company has connected a bank; a dashboard asks for a first one (S11).
const (
	firstBankMissing = "not_done"
	firstBankThere   = "done"
)

// firstBankExtension is the step of a company's setup that is about its bank. The
// name is that of older editions of Odoo, whose onboarding bar reads it.
var firstBankExtension = orm.Extension{
	Of: "res.company",
	Fields: schema.Fields{
		schema.Selection("account_setup_bank_data_state", "Setup of the Bank",
			schema.Option{Value: firstBankMissing, Label: "Not done"},
			schema.Option{Value: firstBankThere, Label: "Done"}).DependsOn().NotKept(),
	},
	Bound: orm.Bound{Computes: []orm.Compute{{Fields: []string{"account_setup_bank_data_state"}, Do: firstBanks}}},
}

// firstBanks tells of companies whether they have a connection; those that came
// from elsewhere and cannot be synchronised do not count.
func firstBanks(env *orm.Env, batch *orm.Batch) error {
	groups, err := env.Sudo().Group(record.Links, domain.All(domain.Where("company_id", domain.In, record.IDs(batch.IDs())),
		domain.Where("is_legacy", domain.Ne, true)), []query.GroupBy{{Field: "company_id"}}, []query.Aggregate{{Field: "__count"}},
		orm.GroupOptions{})
	if err != nil {
		return err
	}
	has := make(map[int64]bool, len(groups.List))
	for _, g := range groups.List {
		has[record.Int(g.Keys[0])] = true
	}
	for i := range batch.Len() {
		state := firstBankMissing
		if has[batch.ID(i)] {
			state = firstBankThere
		}
		batch.Set(i, "account_setup_bank_data_state", state)
	}
	return nil
}
