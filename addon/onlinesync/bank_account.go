package onlinesync

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// bankAccount is the bank account of that number that a company holds, made
// when missing. It is the company's alone to see.
func bankAccount(env *orm.Env, number string, company, holder int64) (int64, error) {
	ids, err := env.Search("res.partner.bank", domain.All(
		domain.Where("sanitized_acc_number", domain.Eq, base.SanitizeAccountNumber(number)),
		domain.Where("partner_id", domain.Eq, holder)), orm.SearchOptions{Limit: 1, Archived: true})
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		ids, err = env.Create("res.partner.bank", orm.Values{"acc_number": number, "partner_id": holder, "company_id": company})
		if err != nil {
			return 0, err
		}
	}
	return ids[0], nil
}

// partnersOf maps counterparties' account numbers, sanitised, to partners that a
// company knows; only those that belong to exactly one of them.
func partnersOf(env *orm.Env, company int64, numbers map[string]bool) (map[string]int64, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	list := make([]any, 0, len(numbers))
	for n := range numbers {
		list = append(list, n)
	}
	known := func(field string) domain.Node {
		return domain.Or{domain.Where(field, domain.Eq, nil), domain.Where(field, domain.Eq, company)}
	}
	rows, err := env.Sudo().SearchRead("res.partner.bank", domain.All(domain.Where("sanitized_acc_number", domain.In, list),
		known("company_id"), known("partner_id.company_id")),
		[]string{"sanitized_acc_number", "partner_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	found := make(map[string]int64, rows.Len())
	for row := range rows.All() {
		number, partner := row.Str("sanitized_acc_number"), row.Ref("partner_id")
		if known, twice := found[number]; twice && known != partner {
			partner = 0
		}
		found[number] = partner
	}
	return found, nil
}
