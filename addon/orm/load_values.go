package orm

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// trouble is what is wrong with a text: a sentence in which the field's label
// stands, with the labels below it when it lies in a list.
type trouble struct {
	say   func(field string) string
	below string
	more  any
}

func troubled(format string, args ...any) *trouble {
	before, after, named := strings.Cut(format, "{field}")
	return &trouble{say: func(field string) string {
		if !named {
			field = ""
		}
		return fmt.Sprintf(before, args...) + field + after
	}}
}

func (t *trouble) and(more any) *trouble {
	t.more = more
	return t
}

// value reads the cells of f as a value to write.
func (l *loading) value(w *loadRecord, on *entity, f *schema.Field, row loadRow) (any, *trouble, error) {
	switch {
	case f.Type == schema.TypeOne2many:
		return l.lines(w, f, row.lists[f.Name])
	case f.IsRelation():
		return l.relation(f, row.by[f.Name], row.cells[f.Name])
	}
	v, wrong := l.cell(on, f, row.cells[f.Name])
	return v, wrong, nil
}

// cell reads one text as a value of f.
func (l *loading) cell(on *entity, f *schema.Field, v any) (any, *trouble) {
	text, isText := v.(string)
	switch {
	case v == nil:
		return false, nil
	case !isText:
		return v, nil
	case f.Type == schema.TypeBoolean:
		return loadBoolean(text)
	case text == "":
		return false, nil
	case f.Type == schema.TypeSelection:
		for _, o := range f.Options {
			if o.Value == text || strings.EqualFold(o.Label, text) || strings.EqualFold(l.env.label(o.Label), text) {
				return o.Value, nil
			}
		}
		return nil, troubled("Value '%s' not found in selection field '{field}'", text)
	}
	if _, err := toField(on, f, text); err != nil {
		what, more := loadKind(f)
		return nil, troubled("'%s' does not seem to be "+what+" for field '{field}'", text).and(more)
	}
	return text, nil
}

func loadKind(f *schema.Field) (what string, more any) {
	switch f.Type {
	case schema.TypeDate:
		return "a valid date", "Use the format '2012-12-31'"
	case schema.TypeDatetime:
		return "a valid datetime", "Use the format '2012-12-31 23:59:59'"
	case schema.TypeInteger:
		return "an integer", nil
	case schema.TypeJSON:
		return "a valid JSON", nil
	}
	return "a number", nil
}

func loadBoolean(text string) (any, *trouble) {
	switch strings.ToLower(text) {
	case "1", "true", "yes":
		return true, nil
	case "", "0", "false", "no":
		return false, nil
	}
	return nil, troubled("Unknown value '%s' for boolean field '{field}'", text).and("Use '1' for yes and '0' for no")
}

// relation finds the records that a text names: several, by commas, for lists.
func (l *loading) relation(f *schema.Field, by string, v any) (any, *trouble, error) {
	if !truth(v) {
		return false, nil, nil
	}
	switch by {
	case "", "id", ".id":
	case ambiguous:
		return nil, troubled("Ambiguous specification for field '{field}', only provide one of name, external id or database id"), nil
	default:
		return nil, troubled("Can not create Many-To-One records indirectly, import the field separately"), nil
	}
	parts := []string{str(v)}
	if f.IsX2many() {
		parts = strings.Split(str(v), ",")
	}
	var ids []int64
	for _, part := range parts {
		id, wrong, err := l.named(f, by, part)
		if wrong != nil || err != nil {
			return nil, wrong, err
		}
		ids = append(ids, id)
	}
	if f.IsX2many() {
		return []Command{{Op: CommandSet, IDs: ids}}, nil, nil
	}
	return ids[0], nil, nil
}

// named finds the record that a text names.
func (l *loading) named(f *schema.Field, by, text string) (int64, *trouble, error) {
	co := l.env.db.reg.entities[f.Comodel]
	id, err := l.find(co, by, strings.TrimSpace(text))
	if err != nil || id != 0 {
		return id, nil, err
	}
	return 0, troubled("No matching record found for %s '%s' in field '{field}'", matchedBy(by), text).and(possibleValues(co)), nil
}

// lines are the commands for the records of a list: one that names a record
// takes it and changes it, another makes one. Rows that only name records take
// them, several by commas where there is one row.
func (l *loading) lines(w *loadRecord, f *schema.Field, rows []loadRow) (any, *trouble, error) {
	if len(rows) == 0 {
		return false, nil, nil
	}
	if len(rows) == 1 && len(rows[0].fields) == 0 && len(rows[0].keys) == 1 {
		rows = onePerName(rows[0])
	}
	co := l.env.db.reg.entities[f.Comodel]
	var commands []Command
	for _, row := range rows {
		values := Values{}
		for _, name := range row.fields {
			sub, _ := co.Field(name)
			v, wrong, err := l.value(w, co, sub, row)
			if err != nil {
				return nil, nil, err
			}
			if wrong != nil {
				wrong.below = "/" + l.env.label(sub.Label) + wrong.below
				return nil, wrong, nil
			}
			values[name] = v
		}
		values = l.env.fromClient(co.Name, values)
		target, wrong, err := l.line(f, co, row)
		if wrong != nil || err != nil {
			return nil, wrong, err
		}
		if target.id == 0 {
			command := Command{Op: CommandCreate, Values: values, made: new(int64)}
			if target.xmlid != "" {
				w.lines = append(w.lines, namedLine{co, target.xmlid, command.made})
			}
			commands = append(commands, command)
			continue
		}
		commands = append(commands, Command{Op: CommandLink, ID: target.id})
		if len(values) > 0 {
			commands = append(commands, Command{Op: CommandUpdate, ID: target.id, Values: values})
		}
	}
	return commands, nil, nil
}

func onePerName(row loadRow) []loadRow {
	var rows []loadRow
	for by, cell := range row.keys {
		for part := range strings.SplitSeq(str(cell), ",") {
			one := row
			one.keys = map[string]any{by: part}
			rows = append(rows, one)
		}
	}
	return rows
}

// line is the record that a row of a list names; none for a new one.
func (l *loading) line(f *schema.Field, co *entity, row loadRow) (loadTarget, *trouble, error) {
	if len(row.keys) > 1 {
		return loadTarget{}, troubled("Ambiguous specification for field '{field}', only provide one of name, external id or database id"),
			nil
	}
	for by, cell := range row.keys {
		text := strings.TrimSpace(str(cell))
		if !truth(cell) || text == "" {
			return loadTarget{}, nil, nil
		}
		target, err := l.target(co, by, text)
		if err != nil || target != (loadTarget{}) {
			return target, nil, err
		}
		_, wrong, err := l.named(f, by, text)
		return loadTarget{}, wrong, err
	}
	return loadTarget{}, nil, nil
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

// importModule is the module of external ids that come without one.
const importModule = "__import__"

// target finds the record that a text stands for; an external id that nothing
// has is that of a new record, anything else that nothing has the zero target.
func (l *loading) target(on *entity, by, text string) (target loadTarget, err error) {
	_, kept := l.env.db.reg.entities[externalIDs]
	if by == "id" && !strings.Contains(text, ".") {
		text = importModule + "." + text
	}
	if target.id, err = l.find(on, by, text); err != nil || target.id != 0 {
		return target, err
	}
	if by == "id" && kept && !strings.HasPrefix(text, exportPrefix) {
		target.xmlid = text
	}
	return target, nil
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
	where := domain.All(domain.Where("module", domain.Eq, module), domain.Where("name", domain.Eq, name),
		domain.Where("model", domain.Eq, on.Name))
	rows, err := l.env.Sudo().SearchRead(externalIDs, where, []string{"res_id"}, SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	return l.existing(on, rows.At(0).Int("res_id"))
}
