package base

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

const categories = "res.partner.category"

// partnerCategory is a tag on contacts. Tags make a tree.
var partnerCategory = orm.Model{
	Name: categories, Label: "Partner Tags", Order: "name, id", Parent: "parent_id",
	Fields: schema.Fields{
		schema.Char("name", "Name").Required(),
		schema.Integer("color", "Color"),
		schema.Many2one("parent_id", "Category", categories).WhenDeleted(schema.Cascade).Indexed(),
		schema.One2many("child_ids", "Child Tags", categories, "parent_id"),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Many2many("partner_ids", "Partners", "res.partner").NotCopied().
			Through("res_partner_res_partner_category_rel", "res_partner_category_id", "res_partner_id"),
	},
	DisplayName: categoryNames,
	Bound: orm.Bound{
		Constraints: []orm.Constraint{{Fields: []string{"parent_id"}, Check: noCategoryLoops}},
		Access:      orm.Access{GroupUser: orm.Read, GroupPartner: orm.Change, GroupSystem: orm.Change},
	},
}

// categoryNames are paths: "Customers / Large".
func categoryNames(env *orm.Env, ids []int64) ([]string, error) {
	names := make([]string, len(ids))
	known := map[int64]orm.Row{}
	for i, id := range ids {
		var path []string
		for at := id; at != 0 && len(path) < 64; {
			row, ok := known[at]
			if !ok {
				rows, err := env.Sudo().Read(categories, []int64{at}, "name", "parent_id")
				if err != nil {
					return nil, err
				}
				if rows.Len() == 0 {
					break
				}
				row = rows.At(0)
				known[at] = row
			}
			path = append([]string{row.Str("name")}, path...)
			at = row.Ref("parent_id")
		}
		names[i] = strings.Join(path, " / ")
	}
	return names, nil
}

func noCategoryLoops(env *orm.Env, ids []int64) error {
	if loop, err := hasLoop(env, categories, "parent_id", ids); err != nil || !loop {
		return err
	}
	return fault.Say(fault.Invalid, "base.category_cycle", nil)
}
