package base

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// The models that tell of models. Their rows are written at installation, from
// the registry, in English; readers get them in their language.

var base = []schema.Option{{Value: "manual", Label: "Custom Object"}, {Value: "base", Label: "Base Object"}}

var irModel = orm.Model{
	Name: "ir.model", Label: "Models", Order: "model",
	Fields: schema.Fields{
		schema.Char("name", "Model Description").Required().AsLabel(),
		schema.Char("model", "Model").Required().Unique(),
		schema.Char("order", "Order"),
		schema.Text("info", "Information"),
		schema.Boolean("transient", "Transient Model"),
		schema.Selection("state", "Type", base...).DefaultTo("base").Readonly(),
		schema.Char("modules", "In Apps"),
		schema.One2many("field_id", "Fields", "ir.model.fields", "model_id"),
	},
	NameSearch: []string{"name", "model"},
	Bound:      orm.Bound{Access: orm.Access{GroupUser: orm.Read, GroupSystem: orm.Read}},
}

var irField = orm.Model{
	Name: "ir.model.fields", Label: "Fields", Order: "name, id",
	Fields: schema.Fields{
		schema.Char("name", "Field Name").Required().Indexed(),
		schema.Char("model", "Model Name").Required().Indexed(),
		schema.Many2one("model_id", "Model", "ir.model").Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Char("field_description", "Field Label").AsLabel(),
		schema.Text("help", "Field Help").AsLabel(),
		schema.Selection("ttype", "Field Type", fieldTypes()...).Required(),
		schema.Char("relation", "Related Model"),
		schema.Char("relation_field", "Relation Field"),
		schema.Boolean("required", "Required"),
		schema.Boolean("readonly", "Readonly"),
		schema.Boolean("index", "Indexed"),
		schema.Boolean("store", "Stored"),
		schema.Boolean("copied", "Copied"),
		schema.Selection("state", "Type", base...).DefaultTo("base").Readonly(),
	},
	NameSearch: []string{"name", "field_description"},
	Bound:      orm.Bound{Access: orm.Access{GroupUser: orm.Read, GroupSystem: orm.Read}},
}

func fieldTypes() []schema.Option {
	var options []schema.Option
	for _, t := range []schema.Type{schema.TypeBinary, schema.TypeBoolean, schema.TypeChar, schema.TypeDate, schema.TypeDatetime,
		schema.TypeFloat, schema.TypeHTML, schema.TypeInteger, schema.TypeJSON, schema.TypeMany2many, schema.TypeMany2one,
		schema.TypeMany2oneReference, schema.TypeMonetary, schema.TypeOne2many, schema.TypeSelection, schema.TypeText} {
		options = append(options, schema.Option{Value: string(t), Label: string(t)})
	}
	return options
}

var irAccess = orm.Model{
	Name: "ir.model.access", Label: "Model Access", Order: "model_id, group_id, name, id",
	Fields: schema.Fields{
		schema.Char("name", "Name").Required().Indexed(),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Many2one("model_id", "Model", "ir.model").Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2one("group_id", "Group", "res.groups").WhenDeleted(schema.Cascade).Indexed(),
		schema.Boolean("perm_read", "Read Access"),
		schema.Boolean("perm_write", "Write Access"),
		schema.Boolean("perm_create", "Create Access"),
		schema.Boolean("perm_unlink", "Delete Access"),
	},
	Bound: orm.Bound{
		Access: orm.Access{GroupUser: orm.Read, GroupSystem: orm.Read},
		Methods: orm.Methods{
			"check": {OnModel: true, Tx: orm.TxRead, Do: checkAccess,
				Params: []orm.Param{orm.Arg("model"), orm.Opt("mode", "read"), orm.Opt("raise_exception", true)}},
		},
	},
}

// checkAccess answers whether the user may do mode with a model at all.
func checkAccess(env *orm.Env, call *orm.Call) (any, error) {
	model, err := call.String("model")
	if err != nil {
		return nil, err
	}
	mode, err := call.String("mode")
	if err != nil {
		return nil, err
	}
	rights := map[string]orm.Right{"read": orm.Read, "write": orm.Write, "create": orm.Create, "unlink": orm.Unlink}
	right, ok := rights[mode]
	if !ok {
		return nil, errMode(mode)
	}
	raise, err := call.Bool("raise_exception")
	if err != nil {
		return nil, err
	}
	switch err := env.CheckAccess(model, right); {
	case err == nil:
		return true, nil
	case raise:
		return nil, err
	}
	return false, nil
}

var irRule = orm.Model{
	Name: "ir.rule", Label: "Record Rule", Order: "model_id desc, id",
	Fields: schema.Fields{
		schema.Char("name", "Name"),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Many2one("model_id", "Model", "ir.model").Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2many("groups", "Groups", "res.groups").Through("rule_group_rel", "rule_group_id", "group_id"),
		schema.Boolean("perm_read", "Read"),
		schema.Boolean("perm_write", "Write"),
		schema.Boolean("perm_create", "Create"),
		schema.Boolean("perm_unlink", "Delete"),
	},
	Bound: orm.Bound{Access: orm.Access{GroupSystem: orm.Read}},
}
