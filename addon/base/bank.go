package base

import (
	"strings"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

var bank = orm.Model{
	Name: "res.bank", Label: "Bank", Order: "name, id",
	Fields: schema.Fields{
		schema.Char("name", "Name").Required(),
		schema.Char("bic", "Bank Identifier Code").Indexed(),
		schema.Char("street", "Street"),
		schema.Char("zip", "Zip"),
		schema.Char("city", "City"),
		schema.Many2one("country", "Country", "res.country"),
		schema.Char("email", "Email"),
		schema.Char("phone", "Phone"),
		schema.Boolean("active", "Active").DefaultTo(true),
	},
	NameSearch: []string{"name", "bic"},
	DisplayName: func(env *orm.Env, ids []int64) ([]string, error) {
		return joined(env, "res.bank", ids, "name", "bic")
	},
	Bound: orm.Bound{Access: orm.Access{GroupUser: orm.Read, GroupPartner: orm.Change, GroupSystem: orm.Change}},
}

var partnerBank = orm.Model{
	Name: "res.partner.bank", Label: "Bank Accounts", Order: "sequence, id", RecName: "acc_number",
	Fields: schema.Fields{
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Char("acc_number", "Account Number").Required(),
		schema.Char("sanitized_acc_number", "Sanitized Account Number").DependsOn("acc_number").Indexed(),
		schema.Char("acc_holder_name", "Account Holder Name"),
		schema.Many2one("partner_id", "Account Holder", "res.partner").Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2one("bank_id", "Bank", "res.bank"),
		schema.Char("bank_name", "Bank Name").RelatedTo("bank_id", "name"),
		schema.Char("bank_bic", "Bank Identifier Code").RelatedTo("bank_id", "bic"),
		schema.Integer("sequence", "Sequence").DefaultTo(int64(10)),
		schema.Many2one("currency_id", "Currency", "res.currency"),
		schema.Many2one("company_id", "Company", "res.company"),
	},
	DisplayName: func(env *orm.Env, ids []int64) ([]string, error) {
		return joined(env, "res.partner.bank", ids, "acc_number", "bank_name")
	},
	NameSearch: []string{"acc_number", "sanitized_acc_number"},
	Bound: orm.Bound{
		Computes: []orm.Compute{{Fields: []string{"sanitized_acc_number"}, Do: sanitize}},
		SQLUnique: []orm.Unique{{Columns: []string{"sanitized_acc_number", "partner_id"},
			Message: "The combination Account Number/Partner must be unique."}},
		Access: orm.Access{GroupUser: orm.Read, GroupPartner: orm.Change, GroupSystem: orm.Change},
		Rules:  []orm.Rule{CompanyRule("Bank account: company")},
	},
}

// SanitizeAccountNumber keeps letters and digits, in upper case, so that an
// IBAN is the same with and without spaces.
func SanitizeAccountNumber(number string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, number)
}

func sanitize(_ *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("acc_number")
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		batch.Set(i, "sanitized_acc_number", SanitizeAccountNumber(rows.At(i).Str("acc_number")))
	}
	return nil
}

// joined names records "first - second", or "first" where the second is empty.
func joined(env *orm.Env, model string, ids []int64, first, second string) ([]string, error) {
	rows, err := env.Sudo().Read(model, ids, first, second)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		row, ok := rows.ByID(id)
		if !ok {
			continue
		}
		names[i] = row.Str(first)
		if s := row.Str(second); s != "" {
			names[i] += " - " + s
		}
	}
	return names, nil
}
