package orm

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// doExportData answers {"datas": rows}: one row per record, and more where a
// path leads to several lines. Paths are "name", "parent_id/name", ".id" (the
// number) and "id" (the external id).
func doExportData(env *Env, call *Call) (any, error) {
	names, err := call.Strings("fields_to_export")
	if err != nil {
		return nil, err
	}
	if err := env.CheckAccess(call.Model, Read); err != nil {
		return nil, err
	}
	paths := make([][]string, len(names))
	for i, name := range names {
		paths[i] = loadPath(name)
	}
	rows, err := env.export(env.db.reg.entities[call.Model], call.IDs, paths, 0)
	if err != nil {
		return nil, err
	}
	return map[string]any{"datas": rows}, nil
}

// deepestExport bounds the steps of a path.
const deepestExport = 8

func (e *Env) export(on *entity, ids []int64, paths [][]string, depth int) ([]any, error) {
	if depth > deepestExport {
		return nil, fault.New(fault.User, "A path to export has more than %d steps.", deepestExport)
	}
	var fields []*schema.Field
	for _, path := range paths {
		if len(path) == 0 || path[0] == ".id" || path[0] == "id" {
			continue
		}
		f, err := e.field(on, path[0], Read)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	if err := e.mayExport(on, fields); err != nil {
		return nil, err
	}
	rows, err := e.load(on, ids, fields)
	if err != nil {
		return nil, err
	}
	names, err := e.externalIDs(on.Name, rows.ids)
	if err != nil {
		return nil, err
	}
	lines := []any{}
	for row := range rows.All() {
		if err := e.spend(1, bytesOfValue*len(paths)); err != nil {
			return nil, err
		}
		mine, err := e.exportRow(on, row, paths, names[row.ID()], depth)
		if err != nil {
			return nil, err
		}
		lines = append(lines, mine...)
	}
	return lines, nil
}

// mayExport refuses a model that the user may not read; names alone are told of
// any record that a readable one points at.
func (e *Env) mayExport(on *entity, fields []*schema.Field) error {
	if len(fields) == 0 || len(fields) == 1 && fields[0].Name == "display_name" {
		return nil
	}
	return e.checkAccess(on, Read)
}

// exportRow is one record's lines: its own first, then those of its lists.
func (e *Env) exportRow(on *entity, row Row, paths [][]string, names []externalID, depth int) ([]any, error) {
	own := make([]any, len(paths))
	lines := []any{own}
	done := map[string]bool{}
	for i, path := range paths {
		if own[i] == nil {
			own[i] = ""
		}
		switch {
		case len(path) == 0 || done[path[0]]:
			continue
		case path[0] == ".id":
			own[i] = strconv.FormatInt(row.ID(), 10)
			continue
		case path[0] == "id":
			own[i] = exportID(on, row.ID(), names)
			continue
		}
		f, _ := on.Field(path[0])
		if !f.IsRelation() {
			own[i] = e.exportValue(f, row.Value(f.Name))
			continue
		}
		done[f.Name] = true
		more, err := e.exportRelation(f, row, paths, own, depth)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

// exportRelation fills own from the first related record and answers the lines
// of the others.
func (e *Env) exportRelation(f *schema.Field, row Row, paths [][]string, own []any, depth int) ([]any, error) {
	ids, _ := row.Value(f.Name).([]int64)
	if id, ok := row.Value(f.Name).(int64); ok && id != 0 {
		ids = []int64{id}
	}
	below := make([][]string, len(paths))
	for i, path := range paths {
		if len(path) == 0 || path[0] != f.Name {
			continue
		}
		below[i] = path[1:]
		if len(path) == 1 {
			below[i] = []string{"display_name"}
		}
	}
	found, err := e.export(e.db.reg.entities[f.Comodel], ids, below, depth+1)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	for i, v := range found[0].([]any) {
		if below[i] != nil {
			own[i] = v
		}
	}
	return found[1:], nil
}

// exportPrefix begins the external ids of records that nobody named: they hold
// the table and the number, and load finds the record by them.
const exportPrefix = "__export__."

func exportID(on *entity, id int64, names []externalID) string {
	if len(names) > 0 {
		return names[0].xmlid
	}
	return exportPrefix + on.Table + "_" + strconv.FormatInt(id, 10)
}

// exportValue shows a value as a spreadsheet has it: "" for unset, labels of
// selections.
func (e *Env) exportValue(f *schema.Field, v any) any {
	if v == nil {
		return ""
	}
	if f.Type == schema.TypeSelection {
		for _, option := range f.Options {
			if option.Value == v {
				return e.label(option.Label)
			}
		}
		return ""
	}
	shown := jsonValue(v)
	if f.Type != schema.TypeBoolean {
		if text, ok := shown.(json.RawMessage); ok && string(text) == "false" {
			return ""
		}
	}
	return shown
}
