package base

import (
	"fmt"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

var parameter = orm.Model{
	Name: "ir.config_parameter", Label: "System Parameter", Order: "key", RecName: "key",
	Fields: schema.Fields{
		schema.Char("key", "Key").Required().Unique(),
		schema.Text("value", "Value").Required(),
	},
	Bound: orm.Bound{
		SQLUnique: []orm.Unique{{Columns: []string{"key"}, Message: "Key must be unique."}},
		Access:    orm.Access{GroupSystem: orm.Change},
		Methods: orm.Methods{
			"get_param": {Tx: orm.TxRead, OnModel: true, Needs: orm.Read,
				Params: []orm.Param{orm.Arg("key"), orm.Opt("default", false)}, Do: getParam},
			"set_param": {OnModel: true, Needs: orm.Write,
				Params: []orm.Param{orm.Arg("key"), orm.Arg("value")}, Do: setParam},
		},
	},
}

// Param reads a parameter of the database; otherwise when it is not set.
func Param(env *orm.Env, key, otherwise string) (string, error) {
	rows, err := env.Sudo().SearchRead("ir.config_parameter", domain.Where("key", domain.Eq, key),
		[]string{"value"}, orm.SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return otherwise, err
	}
	return rows.At(0).Str("value"), nil
}

// SetParam writes a parameter; an empty value removes it.
func SetParam(env *orm.Env, key, value string) error {
	env = env.Sudo()
	ids, err := env.Search("ir.config_parameter", domain.Where("key", domain.Eq, key), orm.SearchOptions{Limit: 1})
	switch {
	case err != nil:
		return err
	case len(ids) > 0 && value == "":
		return env.Unlink("ir.config_parameter", ids)
	case len(ids) > 0:
		return env.Write("ir.config_parameter", ids, orm.Values{"value": value})
	case value == "":
		return nil
	}
	_, err = env.Create("ir.config_parameter", orm.Values{"key": key, "value": value})
	return err
}

func getParam(env *orm.Env, call *orm.Call) (any, error) {
	key, err := call.String("key")
	if err != nil {
		return nil, err
	}
	value, err := Param(env, key, "")
	if err != nil || value != "" {
		return value, err
	}
	return call.Value("default"), nil
}

// setParam answers the old value, false if there was none.
func setParam(env *orm.Env, call *orm.Call) (any, error) {
	key, err := call.String("key")
	if err != nil {
		return nil, err
	}
	value := ""
	switch v := call.Value("value").(type) {
	case string:
		value = v
	case nil, bool:
		if v == true {
			value = "True"
		}
	default:
		value = fmt.Sprint(v)
	}
	old, err := Param(env, key, "")
	if err != nil {
		return nil, err
	}
	if err := SetParam(env, key, value); err != nil {
		return nil, err
	}
	if old == "" {
		return false, nil
	}
	return old, nil
}
