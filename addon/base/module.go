package base

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

var module = orm.Model{
	Name: "ir.module.module", Label: "Module", Order: "sequence desc, name", RecName: "shortdesc",
	Fields: schema.Fields{
		schema.Char("name", "Technical Name").Required().Unique(),
		schema.Char("shortdesc", "Module Name"),
		schema.Char("summary", "Summary"),
		schema.Char("author", "Author"),
		schema.Char("installed_version", "Latest Version"),
		schema.Char("latest_version", "Installed Version"),
		schema.Integer("sequence", "Sequence").DefaultTo(int64(100)),
		schema.Boolean("application", "Application"),
		schema.Selection("state", "Status",
			schema.Option{Value: "uninstallable", Label: "Uninstallable"},
			schema.Option{Value: "uninstalled", Label: "Not Installed"},
			schema.Option{Value: "installed", Label: "Installed"},
			schema.Option{Value: "to upgrade", Label: "To be upgraded"},
			schema.Option{Value: "to remove", Label: "To be removed"},
			schema.Option{Value: "to install", Label: "To be installed"}).DefaultTo("uninstalled").Readonly(),
	},
	Bound: orm.Bound{
		Access: orm.Access{GroupUser: orm.Read, GroupSystem: orm.Read},
		Methods: orm.Methods{
			"update_list": {OnModel: true, Needs: orm.Read, Do: func(*orm.Env, *orm.Call) (any, error) {
				return []int{0, 0}, nil // the addons of a host are those built into it
			}},
			"button_immediate_install": {Needs: orm.Read, Do: func(*orm.Env, *orm.Call) (any, error) { return true, nil }},
		},
	},
}
