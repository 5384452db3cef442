package base

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

var irData = orm.Model{
	Name: "ir.model.data", Label: "Model Data", Order: "module, model, name",
	Fields: schema.Fields{
		schema.Char("name", "External Identifier").Required(),
		schema.Char("module", "Module").Required(),
		schema.Char("model", "Model Name").Required(),
		schema.Many2oneReference("res_id", "Record ID", "model"),
		schema.Boolean("noupdate", "Non Updatable"),
		schema.Char("complete_name", "Complete ID").DependsOn("module", "name").NotKept(),
	},
	Indexes: []schema.Index{{Name: "record", Columns: []string{"model", "res_id"}}},
	Bound: orm.Bound{
		Computes:  []orm.Compute{{Fields: []string{"complete_name"}, Do: completeID}},
		SQLUnique: []orm.Unique{{Columns: []string{"module", "name"}, Message: "External IDs must be unique."}},
		Access:    orm.Access{GroupUser: orm.Read, GroupSystem: orm.Change},
		Methods: orm.Methods{
			"check_object_reference": {OnModel: true, Tx: orm.TxRead, Do: objectReference,
				Params: []orm.Param{orm.Arg("module"), orm.Arg("xml_id"), orm.Opt("raise_on_access_error", false)}},
		},
	},
}

func completeID(_ *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("module", "name")
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		batch.Set(i, "complete_name", rows.At(i).Str("module")+"."+rows.At(i).Str("name"))
	}
	return nil
}

func objectReference(env *orm.Env, call *orm.Call) (any, error) {
	module, err := call.String("module")
	if err != nil {
		return nil, err
	}
	name, err := call.String("xml_id")
	if err != nil {
		return nil, err
	}
	model, id, err := lookup(env, module, name)
	if err != nil {
		return nil, err
	}
	return []any{model, id}, nil
}

// Ref returns the record with an external id, such as "base.group_user".
func Ref(env *orm.Env, xmlid string) (int64, error) {
	module, name, _ := strings.Cut(xmlid, ".")
	_, id, err := lookup(env, module, name)
	return id, err
}

func lookup(env *orm.Env, module, name string) (model string, id int64, err error) {
	rows, err := env.Sudo().SearchRead("ir.model.data", domain.All(
		domain.Where("module", domain.Eq, module), domain.Where("name", domain.Eq, name)),
		[]string{"model", "res_id"}, orm.SearchOptions{Limit: 1})
	if err != nil {
		return "", 0, err
	}
	if rows.Len() == 0 {
		return "", 0, fault.New(fault.Value, "External ID not found in the system: %s.%s", module, name)
	}
	return rows.At(0).Str("model"), rows.At(0).Int("res_id"), nil
}

// Seed creates the record of an external id unless it is there already, and
// returns its id. An existing record stays as its users left it.
func Seed(env *orm.Env, xmlid, model string, values orm.Values) (int64, error) {
	if id, err := Ref(env, xmlid); err == nil || !fault.Is(err, fault.Value) {
		return id, err
	}
	ids, err := env.Create(model, values)
	if err != nil {
		return 0, fault.Wrap(err, "seed", xmlid)
	}
	return ids[0], Name(env, xmlid, model, ids[0])
}

// Name gives an existing record an external id.
func Name(env *orm.Env, xmlid, model string, id int64) error {
	module, name, _ := strings.Cut(xmlid, ".")
	_, err := env.Create("ir.model.data", orm.Values{"module": module, "name": name, "model": model, "res_id": id})
	return err
}
