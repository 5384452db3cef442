package orm

import (
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/fault"
)

// loading is one call of load: a table of texts to become records.
type loading struct {
	env      *Env
	on       *entity
	messages []any
}

// doLoad creates or changes records from rows of data: all, or none when one is
// wrong. It answers {"ids", "messages", "nextrow"}; ids is false when there are
// messages. Columns are "name", "parent_id" (by name), "parent_id/id" (external
// id), "parent_id/.id" (number), ".id" and "id" (the record itself; an external
// id that nothing has yet becomes the new record's), and "line_ids/name", which
// makes records of a one2many: rows with nothing in other columns belong to the
// record above them.
func doLoad(env *Env, call *Call) (any, error) {
	columns, err := call.Strings("fields")
	if err != nil {
		return nil, err
	}
	data, err := call.List("data")
	if err != nil {
		return nil, err
	}
	l := loading{env: env, on: env.db.reg.entities[call.Model], messages: []any{}}
	records, err := l.records(columns, data)
	if err != nil {
		return nil, err
	}
	wanted := make([]loadRecord, len(records))
	for i, r := range records {
		if wanted[i], err = l.record(i, r); err != nil {
			return nil, err
		}
	}
	var ids []int64
	if len(l.messages) == 0 {
		if ids, err = l.save(records, wanted); err != nil {
			return nil, err
		}
	}
	answer := map[string]any{"ids": ids, "messages": l.messages, "nextrow": int64(0)}
	if len(l.messages) > 0 {
		answer["ids"] = false
	}
	return answer, nil
}

// loadRecord is a record as load writes it.
type loadRecord struct {
	target loadTarget
	values Values
	lines  []namedLine
}

// loadTarget is the record that a row is about: a known one, or a new one and the
// external id that it gets, if any.
type loadTarget struct {
	id    int64
	xmlid string
}

// namedLine is a record of a list that gets an external id once it is there.
type namedLine struct {
	on    *entity
	xmlid string
	id    *int64
}

// save writes all records, or none: the first that is refused is told.
func (l *loading) save(records []loadRow, wanted []loadRecord) ([]int64, error) {
	ids := make([]int64, len(wanted))
	made := map[string]int64{} // by external ids of earlier rows
	at := 0
	err := l.env.Savepoint(func() error {
		for at = range wanted {
			w := wanted[at]
			if w.target.id == 0 && w.target.xmlid != "" {
				w.target.id = made[w.target.xmlid]
			}
			var err error
			if ids[at], err = l.saveOne(w); err != nil {
				return err
			}
			if w.target.xmlid != "" {
				made[w.target.xmlid] = ids[at]
			}
		}
		return nil
	})
	if err == nil || isConflict(err) || fault.Is(err, fault.Internal, fault.Unavailable, fault.Denied) {
		return ids, err
	}
	l.tell(at, records[at], "", fault.Localize(err, l.env.context.Lang()), nil)
	return nil, nil
}

// saveOne changes a known record, or makes one and names it; then it names the
// new ones of its lists.
func (l *loading) saveOne(w loadRecord) (id int64, err error) {
	values := l.env.fromClient(l.on.Name, w.values)
	if id = w.target.id; id != 0 {
		err = l.env.Write(l.on.Name, []int64{id}, values)
	} else {
		var created []int64
		if created, err = l.env.Create(l.on.Name, values); err == nil && w.target.xmlid != "" {
			err = l.name(l.on, w.target.xmlid, created[0])
		}
		id = first(created)
	}
	for _, line := range w.lines {
		if err == nil {
			err = l.name(line.on, line.xmlid, *line.id)
		}
	}
	return id, err
}

func (l *loading) name(on *entity, xmlid string, id int64) error {
	module, name, _ := strings.Cut(xmlid, ".")
	_, err := l.env.Sudo().Create(externalIDs, Values{"module": module, "name": name, "model": on.Name, "res_id": id})
	return err
}

// record reads a record's texts; what is wrong with them is told.
func (l *loading) record(i int, row loadRow) (w loadRecord, err error) {
	for _, by := range []string{".id", "id"} {
		cell := row.keys[by]
		if !truth(cell) {
			continue
		}
		if w.target, err = l.target(l.on, by, str(cell)); err != nil {
			return w, err
		}
		if w.target == (loadTarget{}) {
			l.tell(i, row, by, fmt.Sprintf("No matching record found for '%s'", str(cell)), nil)
		}
	}
	w.values = Values{}
	for _, name := range row.fields {
		f, err := l.env.field(l.on, name, Write)
		if err != nil {
			return w, err
		}
		v, wrong, err := l.value(&w, l.on, f, row)
		if err != nil {
			return w, err
		}
		if wrong != nil {
			l.tell(i, row, name, wrong.say(l.env.label(f.Label)+wrong.below), wrong.more)
			continue
		}
		w.values[name] = v
	}
	return w, nil
}

// tell records what is wrong with a record.
func (l *loading) tell(i int, row loadRow, field, message string, more any) {
	entry := map[string]any{
		"rows": map[string]any{"from": int64(row.from), "to": int64(row.to)}, "type": "error", "record": int64(i), "message": message,
	}
	if f, ok := l.on.Field(field); ok && field != "id" {
		entry["field"], entry["field_name"] = field, l.env.label(f.Label)
	}
	if more != nil {
		entry["moreinfo"] = more
	}
	l.messages = append(l.messages, entry)
}
