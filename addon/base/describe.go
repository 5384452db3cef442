package base

import (
	"sort"
	"strings"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// describeModels writes ir.model, ir.model.fields, ir.model.access and ir.rule
// from the registry, once per change of it.
func describeModels(env *orm.Env, setup addon.Setup) error {
	const key = "girosync.described"
	registry := env.Registry()
	done, err := Param(env, key, "")
	if err != nil || done == registry.Fingerprint() {
		return err
	}
	models, err := describeEach(env, registry)
	if err != nil {
		return err
	}
	for _, step := range []func(*orm.Env, *orm.Registry, map[string]int64) error{describeFields, describeAccess, describeRules} {
		if err := step(env, registry, models); err != nil {
			return err
		}
	}
	return SetParam(env, key, registry.Fingerprint())
}

// describeEach keeps the ids of models that are known already.
func describeEach(env *orm.Env, registry *orm.Registry) (map[string]int64, error) {
	known, err := env.SearchRead("ir.model", nil, []string{"model"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	for row := range known.All() {
		ids[row.Str("model")] = row.ID()
	}
	var missing []orm.Values
	for _, name := range registry.Names() {
		if model, _ := registry.Model(name); ids[name] == 0 {
			missing = append(missing, orm.Values{"model": name, "name": model.Label, "state": "base"})
		}
	}
	fresh, err := env.Create("ir.model", missing...)
	if err != nil {
		return nil, err
	}
	for i, id := range fresh {
		ids[missing[i]["model"].(string)] = id
	}
	return ids, nil
}

func describeFields(env *orm.Env, registry *orm.Registry, models map[string]int64) error {
	var rows []orm.Values
	for _, name := range registry.Names() {
		model, _ := registry.Model(name)
		for _, f := range model.Fields {
			if !f.Hidden {
				rows = append(rows, fieldRow(f, name, models[name]))
			}
		}
	}
	return replaceAll(env, "ir.model.fields", rows)
}

func fieldRow(f *schema.Field, model string, id int64) orm.Values {
	row := orm.Values{
		"name": f.Name, "model": model, "model_id": id, "field_description": f.Label, "ttype": f.ToldType(),
		"required": f.IsRequired, "readonly": f.IsReadonly, "index": f.IsIndexed, "store": !f.NotStored, "copied": !f.NoCopy,
	}
	for key, text := range map[string]string{"help": f.HelpText, "relation": f.Comodel, "relation_field": f.Inverse} {
		if text != "" {
			row[key] = text
		}
	}
	return row
}

func describeAccess(env *orm.Env, registry *orm.Registry, models map[string]int64) error {
	var rows []orm.Values
	for _, name := range registry.Names() {
		access := registry.AccessOf(name)
		groups := make([]string, 0, len(access))
		for g := range access {
			groups = append(groups, g)
		}
		sort.Strings(groups)
		for _, g := range groups {
			row := orm.Values{"name": strings.TrimSuffix(name+" "+g, " "), "model_id": models[name],
				"perm_read": access[g]&orm.Read != 0, "perm_write": access[g]&orm.Write != 0,
				"perm_create": access[g]&orm.Create != 0, "perm_unlink": access[g]&orm.Unlink != 0}
			if g != "" {
				id, err := Ref(env, g)
				if err != nil {
					return err
				}
				row["group_id"] = id
			}
			rows = append(rows, row)
		}
	}
	return replaceAll(env, "ir.model.access", rows)
}

func describeRules(env *orm.Env, registry *orm.Registry, models map[string]int64) error {
	var rows []orm.Values
	for _, name := range registry.Names() {
		for _, rule := range registry.RulesOf(name) {
			all := rule.Rights == 0
			rows = append(rows, orm.Values{"name": rule.Name, "model_id": models[name],
				"perm_read": all || rule.Rights&orm.Read != 0, "perm_write": all || rule.Rights&orm.Write != 0,
				"perm_create": all || rule.Rights&orm.Create != 0, "perm_unlink": all || rule.Rights&orm.Unlink != 0})
		}
	}
	return replaceAll(env, "ir.rule", rows)
}

// replaceAll makes rows a table's whole content.
func replaceAll(env *orm.Env, model string, rows []orm.Values) error {
	old, err := env.Search(model, domain.Const(true), orm.SearchOptions{Archived: true, Order: "id"})
	if err != nil {
		return err
	}
	if len(old) > 0 {
		if err := env.Unlink(model, old); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err = env.Create(model, rows...)
	return err
}
