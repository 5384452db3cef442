package orm

import (
	"strconv"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// nameValues are display names as values: nil for an empty name.
func (e *Env) nameValues(on *entity, ids []int64) ([]any, error) {
	names, err := e.names(on, ids)
	if err != nil {
		return nil, err
	}
	boxed := make([]any, len(ids))
	for i, id := range ids {
		if name := names[id]; name != "" {
			boxed[i] = name
		}
	}
	return boxed, nil
}

// names names records with the system's rights.
func (e *Env) names(on *entity, ids []int64) (map[int64]string, error) {
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	system := e.Sudo()
	if on.displayName != nil {
		list, err := on.displayName(system, ids)
		if err != nil {
			return nil, fault.Wrap(err, "name", on.Name)
		}
		for i, id := range ids {
			if i < len(list) {
				names[id] = list[i]
			}
		}
		return names, nil
	}
	rec, ok := on.Field(on.RecName)
	if !ok {
		for _, id := range ids {
			names[id] = on.Name + "," + strconv.FormatInt(id, 10)
		}
		return names, nil
	}
	if isText(rec.Type) && rec.HasColumn() {
		return names, e.textNames(on, rec, distinct(ids), names)
	}
	rows, err := system.load(on, distinct(ids), []*schema.Field{rec})
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		names[row.ID()] = e.nameOf(rec, row)
	}
	return names, nil
}

// textNames reads names that stand in a column.
func (e *Env) textNames(on *entity, rec *schema.Field, ids []int64, names map[int64]string) error {
	fields := []*schema.Field{rec}
	if err := e.tx.flushFor(on, fields); err != nil {
		return err
	}
	rows, err := e.Sudo().selectRows(on, fields, idsIn(ids), nil, 0, 0)
	if err != nil {
		return err
	}
	for i, id := range rows.ids {
		names[id] = rows.cols[0].texts[i]
	}
	return nil
}

// nameOf is the value of the field that names records, as text.
func (e *Env) nameOf(rec *schema.Field, row Row) string {
	switch v := row.Value(rec.Name).(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		if rec.Type == schema.TypeMany2one {
			names, err := e.names(e.db.reg.entities[rec.Comodel], []int64{v})
			if err != nil || v == 0 {
				return ""
			}
			return names[v]
		}
		return strconv.FormatInt(v, 10)
	default:
		return string(trimQuotes(appendAny(nil, v)))
	}
}

func trimQuotes(b []byte) []byte {
	if len(b) >= 2 && b[0] == '"' {
		return b[1 : len(b)-1]
	}
	return b
}

// withNames asks for the names that JSON shows beside many2one ids: one query
// per comodel.
func (e *Env) withNames(rows *Rows) error {
	wanted := map[*entity][]int64{}
	for _, c := range rows.cols {
		if c.field.Type == schema.TypeMany2one {
			co := e.db.reg.entities[c.field.Comodel]
			wanted[co] = append(wanted[co], c.refs()...)
		}
	}
	names := make(map[*entity]map[int64]string, len(wanted))
	for co, ids := range wanted {
		found, err := e.names(co, distinct(ids))
		if err != nil {
			return err
		}
		names[co] = found
	}
	for _, c := range rows.cols {
		if c.field.Type == schema.TypeMany2one {
			c.names = names[e.db.reg.entities[c.field.Comodel]]
		}
	}
	return nil
}
