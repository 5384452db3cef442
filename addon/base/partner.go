package base

import (
	"net/mail"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

var partner = orm.Model{
	Name: "res.partner", Label: "Contact", Order: "complete_name, id", RecName: "complete_name", NameField: "name", Parent: "parent_id",
	Fields: schema.Fields{
		schema.Char("name", "Name").Indexed(),
		schema.Char("complete_name", "Complete Name").DependsOn("name", "parent_id.name").Indexed(),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Selection("type", "Address Type",
			schema.Option{Value: "contact", Label: "Contact"},
			schema.Option{Value: "invoice", Label: "Invoice Address"},
			schema.Option{Value: "delivery", Label: "Delivery Address"},
			schema.Option{Value: "other", Label: "Other Address"}).DefaultTo("contact"),
		schema.Boolean("is_company", "Is a Company"),
		schema.Many2one("parent_id", "Related Company", "res.partner").Indexed(),
		schema.One2many("child_ids", "Contact", "res.partner", "parent_id"),
		schema.Many2one("company_id", "Company", "res.company"),
		schema.Many2one("country_id", "Country", "res.country"),
		schema.Many2one("state_id", "State or Province", "res.country.state"),
		schema.Many2many("category_id", "Tags", "res.partner.category"),
		schema.Char("email", "Email"),
		schema.Char("phone", "Phone"),
		schema.Char("street", "Street"),
		schema.Char("zip", "Zip"),
		schema.Char("city", "City"),
		schema.Char("vat", "Tax ID"),
		schema.Char("ref", "Reference"),
		schema.Char("website", "Website Link"),
		schema.Integer("color", "Color Index"),
		schema.HTML("comment", "Notes"),
		schema.Selection("lang", "Language", languages...),
		schema.Char("tz", "Timezone"),
		schema.One2many("bank_ids", "Banks", "res.partner.bank", "partner_id"),
		schema.One2many("user_ids", "Users", "res.users", "partner_id"),
	},
	NameSearch: []string{"complete_name", "email", "ref", "vat"},
	Bound: orm.Bound{
		Computes: []orm.Compute{{Fields: []string{"complete_name"}, Do: completeName}},
		Defaults: orm.Defaults{"lang": func(env *orm.Env) (any, error) { return env.Context().Lang(), nil }},
		Constraints: []orm.Constraint{
			{Fields: []string{"name", "type"}, Check: contactsHaveNames},
			{Fields: []string{"parent_id"}, Check: noPartnerLoops},
		},
		Hooks: orm.Hooks{BeforeWrite: keepArchivedContacts, BeforeUnlink: keepContactsOfUsers},
		Methods: orm.Methods{
			"name_create": {OnModel: true, Do: createNamed,
				Params: []orm.Param{orm.Arg("name").Says(`A name, an e-mail address, or "Ann <ann@example.com>".`)},
				Doc:    "Makes a contact of a text. Answers [id, name]."},
			"address_get": {Tx: orm.TxRead, Needs: orm.Read, Do: addressGet, Params: []orm.Param{
				orm.Opt("adr_pref", nil).Says(`Kinds of addresses: "contact", "invoice", "delivery", "other".`)},
				Doc: "Which contacts have a partner's addresses. Answers {kind: id}, always with contact; a kind that nobody has is " +
					"the contact. It looks below the partner, then below those above it, up to its company."},
		},
		Access: orm.Access{GroupUser: orm.Read, GroupPartner: orm.Change, GroupSystem: orm.Change},
		Rules:  []orm.Rule{CompanyRule("Partner: company")},
	},
}

// completeName is "Company, Contact", or the name alone.
func completeName(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("name", "parent_id", "is_company")
	if err != nil {
		return err
	}
	var parents []int64
	for row := range rows.All() {
		if id := row.Ref("parent_id"); id != 0 {
			parents = append(parents, id)
		}
	}
	names := map[int64]string{}
	if len(parents) > 0 {
		found, err := env.Read("res.partner", parents, "name")
		if err != nil {
			return err
		}
		for row := range found.All() {
			names[row.ID()] = row.Str("name")
		}
	}
	for i := range rows.Len() {
		row := rows.At(i)
		name := row.Str("name")
		if parent := names[row.Ref("parent_id")]; parent != "" && !row.Bool("is_company") {
			name = parent + ", " + name
		}
		batch.Set(i, "complete_name", name)
	}
	return nil
}

// createNamed makes a partner of a text like "Ann <ann@example.com>", or of a
// name or an address alone (as observed on Odoo 18). It answers [id, name].
func createNamed(env *orm.Env, call *orm.Call) (any, error) {
	text, err := call.String("name")
	if err != nil {
		return nil, err
	}
	values := orm.Values{"name": strings.TrimSpace(text)}
	if address, err := mail.ParseAddress(text); err == nil {
		values["name"], values["email"] = address.Name, address.Address
		if address.Name == "" {
			values["name"] = address.Address
		}
	}
	ids, err := env.Create("res.partner", values)
	if err != nil {
		return nil, err
	}
	names, err := env.DisplayNames("res.partner", ids)
	if err != nil {
		return nil, err
	}
	return []any{ids[0], names[ids[0]]}, nil
}

func contactsHaveNames(env *orm.Env, ids []int64) error {
	rows, err := env.Sudo().Read("res.partner", ids, "name", "type")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if row.Str("type") == "contact" && row.Str("name") == "" {
			return fault.Say(fault.Invalid, "base.contact_name", nil)
		}
	}
	return nil
}

func noPartnerLoops(env *orm.Env, ids []int64) error {
	if loop, err := hasLoop(env, "res.partner", "parent_id", ids); err != nil || !loop {
		return err
	}
	return fault.Say(fault.Invalid, "base.partner_cycle", nil)
}

// hasLoop walks from ids towards the top, all of them a step at a time.
func hasLoop(env *orm.Env, model, parent string, ids []int64) (bool, error) {
	for _, start := range ids {
		seen := map[int64]bool{}
		for at := start; at != 0; {
			if seen[at] {
				return true, nil
			}
			seen[at] = true
			rows, err := env.Sudo().Read(model, []int64{at}, parent)
			if err != nil {
				return false, err
			}
			if rows.Len() == 0 {
				break
			}
			at = rows.At(0).Ref(parent)
		}
	}
	return false, nil
}
