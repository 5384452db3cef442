package orm

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// loading is one call of load: a table of texts to become records.
type loading struct {
	env      *Env
	on       *entity
	columns  []string
	messages []any
}

// doLoad creates or changes one record per row of data: all, or none when a
// row is wrong. It answers {"ids", "messages", "nextrow"}; ids is false when
// there are messages. Columns are "name", "parent_id" (by name), "parent_id/id"
// (external id), "parent_id/.id" (number), ".id" and "id" (the record itself; an
// external id that nothing has yet becomes the new record's).
func doLoad(env *Env, call *Call) (any, error) {
	columns, err := call.Strings("fields")
	if err != nil {
		return nil, err
	}
	data, err := call.List("data")
	if err != nil {
		return nil, err
	}
	l := loading{env: env, on: env.db.reg.entities[call.Model], columns: columns, messages: []any{}}
	rows := make([]Values, len(data))
	targets := make([]rowTarget, len(data))
	for i, item := range data {
		cells, ok := item.([]any)
		if !ok {
			return nil, fault.New(fault.Type, "load() takes rows of values, not %s", typeName(item))
		}
		if rows[i], targets[i], err = l.row(i, cells); err != nil {
			return nil, err
		}
	}
	var ids []int64
	if len(l.messages) == 0 {
		if ids, err = l.save(rows, targets); err != nil {
			return nil, err
		}
	}
	answer := map[string]any{"ids": ids, "messages": l.messages, "nextrow": int64(0)}
	if len(l.messages) > 0 {
		answer["ids"] = false
	}
	return answer, nil
}

// rowTarget is the record that a row is about: a known one, or a new one and the
// external id that it gets, if any.
type rowTarget struct {
	id    int64
	xmlid string
}

// save writes all rows, or none: the first that is refused is told.
func (l *loading) save(rows []Values, targets []rowTarget) ([]int64, error) {
	ids := make([]int64, len(rows))
	made := map[string]int64{} // by external ids of earlier rows
	at := 0
	err := l.env.Savepoint(func() error {
		for at = range rows {
			on := targets[at]
			if on.id == 0 && on.xmlid != "" {
				on.id = made[on.xmlid]
			}
			var err error
			if ids[at], err = l.saveOne(on, rows[at]); err != nil {
				return err
			}
			if on.xmlid != "" {
				made[on.xmlid] = ids[at]
			}
		}
		return nil
	})
	if err == nil || isConflict(err) || fault.Is(err, fault.Internal, fault.Unavailable, fault.Denied) {
		return ids, err
	}
	l.tell(at, "", fault.Localize(err, l.env.context.Lang()), nil)
	return nil, nil
}

// saveOne changes a known record, or makes one and names it.
func (l *loading) saveOne(on rowTarget, values Values) (int64, error) {
	values = l.env.fromClient(l.on.Name, values)
	if on.id != 0 {
		return on.id, l.env.Write(l.on.Name, []int64{on.id}, values)
	}
	created, err := l.env.Create(l.on.Name, values)
	if err != nil || on.xmlid == "" {
		return first(created), err
	}
	module, name, _ := strings.Cut(on.xmlid, ".")
	_, err = l.env.Sudo().Create(externalIDs, Values{"module": module, "name": name, "model": l.on.Name, "res_id": created[0]})
	return created[0], err
}

func (l *loading) row(i int, cells []any) (values Values, on rowTarget, err error) {
	values = Values{}
	for j, column := range l.columns {
		if j >= len(cells) {
			break
		}
		name, by, _ := strings.Cut(column, "/")
		if name == ".id" || name == "id" {
			if on, err = l.target(i, name, cells[j]); err != nil {
				return nil, on, err
			}
			continue
		}
		f, err := l.env.field(l.on, name, Write)
		if err != nil {
			return nil, on, err
		}
		v, err := l.cell(i, f, by, cells[j])
		if err != nil {
			return nil, on, err
		}
		values[name] = v
	}
	return values, on, nil
}

// importModule is the module of external ids that come without one.
const importModule = "__import__"

// target reads ".id" or "id". A number must be a record's; an external id that
// nothing has is the one of a new record.
func (l *loading) target(i int, by string, cell any) (on rowTarget, err error) {
	if !truth(cell) {
		return on, nil
	}
	text := str(cell)
	_, named := l.env.db.reg.entities[externalIDs]
	if by == "id" && !strings.Contains(text, ".") {
		text = importModule + "." + text
	}
	if on.id, err = l.find(l.on, by, text); err != nil || on.id != 0 {
		return on, err
	}
	if by == "id" && named && !strings.HasPrefix(text, exportPrefix) {
		return rowTarget{xmlid: text}, nil
	}
	l.tell(i, by, fmt.Sprintf("No matching record found for '%s'", str(cell)), nil)
	return on, nil
}

// cell reads one text as a value of f.
func (l *loading) cell(i int, f *schema.Field, by string, v any) (any, error) {
	text, isText := v.(string)
	switch {
	case f.IsRelation():
		return l.relation(i, f, by, v)
	case !isText:
		return v, nil
	case f.Type == schema.TypeBoolean:
		return l.boolean(i, f, text), nil
	case text == "":
		return false, nil
	case f.Type == schema.TypeSelection:
		for _, o := range f.Options {
			if o.Value == text || strings.EqualFold(o.Label, text) || strings.EqualFold(l.env.label(o.Label), text) {
				return o.Value, nil
			}
		}
		l.tell(i, f.Name, fmt.Sprintf("Value '%s' not found in selection field '%s'", text, l.env.label(f.Label)), nil)
		return false, nil
	}
	if _, err := toField(l.on, f, text); err != nil {
		what, more := loadTrouble(f)
		l.tell(i, f.Name, fmt.Sprintf("'%s' does not seem to be a %s for field '%s'", text, what, l.env.label(f.Label)), more)
		return false, nil
	}
	return text, nil
}

func loadTrouble(f *schema.Field) (what string, more any) {
	switch f.Type {
	case schema.TypeDate:
		return "valid date", "Use the format '2012-12-31'"
	case schema.TypeDatetime:
		return "valid datetime", "Use the format '2012-12-31 23:59:59'"
	case schema.TypeInteger:
		return "valid integer", nil
	}
	return "valid number", nil
}

func (l *loading) boolean(i int, f *schema.Field, text string) any {
	switch strings.ToLower(text) {
	case "1", "true", "yes":
		return true
	case "", "0", "false", "no":
		return false
	}
	l.tell(i, f.Name, fmt.Sprintf("Unknown value '%s' for boolean field '%s'", text, l.env.label(f.Label)), "Use '1' for yes and '0' for no")
	return false
}

// relation finds the records that a text names: several, by commas, for lists.
func (l *loading) relation(i int, f *schema.Field, by string, v any) (any, error) {
	if !truth(v) {
		return false, nil
	}
	co := l.env.db.reg.entities[f.Comodel]
	parts := []string{str(v)}
	if f.IsX2many() {
		parts = strings.Split(str(v), ",")
	}
	var ids []int64
	for _, part := range parts {
		id, err := l.find(co, by, strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		if id == 0 {
			l.tell(i, f.Name, fmt.Sprintf("No matching record found for %s '%s' in field '%s'", matchedBy(by), part, l.env.label(f.Label)), possibleValues(co))
			return false, nil
		}
		ids = append(ids, id)
	}
	if f.IsX2many() {
		return []Command{{Op: CommandSet, IDs: ids}}, nil
	}
	return ids[0], nil
}

func matchedBy(by string) string {
	switch by {
	case ".id":
		return "database id"
	case "id":
		return "external id"
	}
	return "name"
}

// possibleValues is the window in which a web client shows what could be meant.
func possibleValues(co *entity) any {
	return map[string]any{
		"name": "Possible Values", "type": "ir.actions.act_window", "target": "new", "view_mode": "list,form",
		"views": []any{[]any{false, "list"}, []any{false, "form"}}, "context": map[string]any{"create": false},
		"help": "See all possible values", "res_model": co.Name,
	}
}

// find finds a record by number (".id"), external id ("id") or name; 0 for none.
func (l *loading) find(on *entity, by, text string) (int64, error) {
	if text == "" || text == "False" {
		return 0, nil
	}
	var id int64
	switch by {
	case ".id":
		id, _ = strconv.ParseInt(text, 10, 64)
	case "id":
		return l.findExternal(on, text)
	default:
		pairs, err := l.env.NameSearch(on.Name, text, nil, domain.Eq, 1)
		if err != nil || len(pairs) == 0 {
			return 0, err
		}
		return pairs[0].ID, nil
	}
	return l.existing(on, id)
}

func (l *loading) existing(on *entity, id int64) (int64, error) {
	there, err := l.env.Exists(on.Name, []int64{id})
	return first(there), err
}

func (l *loading) findExternal(on *entity, xmlid string) (int64, error) {
	if rest, ok := strings.CutPrefix(xmlid, exportPrefix+on.Table+"_"); ok {
		id, _ := strconv.ParseInt(rest, 10, 64)
		return l.existing(on, id)
	}
	if _, ok := l.env.db.reg.entities[externalIDs]; !ok {
		return 0, nil
	}
	module, name, ok := strings.Cut(xmlid, ".")
	if !ok {
		module, name = "", xmlid
	}
	where := domain.All(domain.Where("module", domain.Eq, module), domain.Where("name", domain.Eq, name), domain.Where("model", domain.Eq, on.Name))
	rows, err := l.env.Sudo().SearchRead(externalIDs, where, []string{"res_id"}, SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	return l.existing(on, rows.At(0).Int("res_id"))
}

// tell records what is wrong with a row.
func (l *loading) tell(i int, field, message string, more any) {
	entry := map[string]any{
		"rows": map[string]any{"from": int64(i), "to": int64(i)}, "type": "error", "record": int64(i), "message": message,
	}
	if f, ok := l.on.Field(field); ok {
		entry["field"], entry["field_name"] = field, l.env.label(f.Label)
	}
	if more != nil {
		entry["moreinfo"] = more
	}
	l.messages = append(l.messages, entry)
}
