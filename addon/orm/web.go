package orm

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// specification says what web_read answers: field → {} or, for relations,
// {"fields": specification, "order", "limit", "context"}.
type specification map[string]any

func (c *Call) specification() (specification, error) {
	m, err := c.Map("specification")
	return m, err
}

// doWebRead answers objects; a many2one with "fields" is an object too.
func doWebRead(env *Env, call *Call) (any, error) {
	spec, err := call.specification()
	if err != nil {
		return nil, err
	}
	if err := env.CheckAccess(call.Model, Read); err != nil {
		return nil, err
	}
	return env.webRead(env.db.reg.entities[call.Model], call.IDs, spec)
}

func (e *Env) webRead(on *entity, ids []int64, spec specification) (json.RawMessage, error) {
	if err := e.checkAnswer(len(ids)); err != nil {
		return nil, err
	}
	fields, err := e.specified(on, spec)
	if err != nil {
		return nil, err
	}
	rows, err := e.load(on, ids, fields)
	if err != nil {
		return nil, err
	}
	return e.objects(on, rows, spec)
}

// doWebSearchRead answers {"length", "records"}: how many there are in all, and
// one page of them.
func doWebSearchRead(env *Env, call *Call) (any, error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, err
	}
	spec, err := call.specification()
	if err != nil {
		return nil, err
	}
	opt, err := call.options()
	if err != nil {
		return nil, err
	}
	most, err := call.Int("count_limit")
	if err != nil {
		return nil, err
	}
	on := env.db.reg.entities[call.Model]
	fields, err := env.specified(on, spec)
	if err != nil {
		return nil, err
	}
	names := []string{"id"}
	for _, f := range fields {
		names = append(names, f.Name)
	}
	page := opt
	page.Limit = env.bounded(opt.Limit)
	rows, err := env.SearchRead(call.Model, where, names, page)
	if err == nil {
		err = env.checkAnswer(rows.Len())
	}
	if err != nil {
		return nil, err
	}
	length := opt.Offset + rows.Len()
	if opt.Limit > 0 && rows.Len() == opt.Limit || rows.Len() == 0 && opt.Offset > 0 {
		if length, err = env.Count(call.Model, where, int(most)); err != nil {
			return nil, err
		}
	}
	records, err := env.objects(on, rows, spec)
	if err != nil {
		return nil, err
	}
	return map[string]any{"length": int64(length), "records": records}, nil
}

// doWebSave writes or, without ids, creates, and answers web_read of the
// record, or of next_id.
func doWebSave(env *Env, call *Call) (any, error) {
	values, err := call.Map("vals")
	if err != nil {
		return nil, err
	}
	spec, err := call.specification()
	if err != nil {
		return nil, err
	}
	ids := call.IDs
	if len(ids) > 0 {
		err = env.Write(call.Model, ids, env.fromClient(call.Model, values))
	} else {
		ids, err = env.Create(call.Model, env.fromClient(call.Model, values))
	}
	if err == nil {
		err = env.roundMoney(call.Model, ids, values)
	}
	if err != nil {
		return nil, written(err)
	}
	if call.Has("next_id") {
		if ids, err = call.Ids("next_id"); err != nil {
			return nil, err
		}
	}
	return env.webRead(env.db.reg.entities[call.Model], ids, spec)
}

// specified finds the fields of a specification, in a fixed order.
func (e *Env) specified(on *entity, spec specification) ([]*schema.Field, error) {
	names := slices.Sorted(maps.Keys(spec))
	if len(names) == 0 {
		names = []string{"id"}
	}
	return e.fields(on, names)
}

// objects writes records as JSON objects, related ones inside them.
func (e *Env) objects(on *entity, rows *Rows, spec specification) (json.RawMessage, error) {
	shown := &Rows{entity: on, ids: rows.ids}
	for _, c := range rows.cols {
		inner, ok := spec[c.field.Name].(map[string]any)
		if !ok || !c.field.IsRelation() || inner["fields"] == nil {
			shown.cols = append(shown.cols, c)
			continue
		}
		nested, err := e.nested(c, inner)
		if err != nil {
			return nil, err
		}
		shown.cols = append(shown.cols, nested)
	}
	text, err := shown.AppendJSON(nil, e.db.opt.Limits.Bytes)
	if err != nil {
		return nil, err
	}
	return text, e.spend(0, len(text))
}

// nested turns a relation's column into one of JSON objects.
func (e *Env) nested(c *column, inner map[string]any) (*column, error) {
	fields, ok := inner["fields"].(map[string]any)
	if !ok {
		return nil, fault.New(fault.Type, "specification of %s: 'fields' must be dict, not %s", c.field.Name, typeName(inner["fields"]))
	}
	co := e.db.reg.entities[c.field.Comodel]
	env := e
	if more, ok := inner["context"].(map[string]any); ok {
		env = e.With(more)
		if err := env.checkCompanies(); err != nil {
			return nil, err
		}
	}
	many := c.field.IsX2many()
	ids, err := env.shownIDs(c, co, inner, many)
	if err != nil {
		return nil, err
	}
	lists := make([][]int64, c.len()) // of x2many fields, as they are shown
	wanted := ids
	if many {
		wanted = nil
		most := toLimit(inner["limit"])
		places := placesOf(ids)
		for i := range lists {
			lists[i] = inOrder(c.value(i), places)
			shown := lists[i][:min(most, len(lists[i]))]
			if err := e.spend(len(shown), 0); err != nil {
				return nil, err
			}
			wanted = append(wanted, shown...)
		}
		wanted = distinct(wanted)
	}
	objects, err := env.relatedObjects(co, wanted, fields, many)
	if err != nil {
		return nil, err
	}
	f := &schema.Field{Name: c.field.Name, Type: schema.TypeJSON}
	boxed := make([]any, c.len())
	for i := range boxed {
		if many {
			if boxed[i], err = e.nestedList(lists[i], objects); err != nil {
				return nil, err
			}
		} else if id, ok := c.value(i).(int64); ok && objects[id] != nil {
			boxed[i] = objects[id]
		}
	}
	return &column{field: f, boxed: boxed}, nil
}

// toLimit reads how many related records are wanted; all unless it says.
func toLimit(v any) int {
	if n, err := integer(v); err == nil && truth(v) && n > 0 {
		return int(n)
	}
	return math.MaxInt
}

// placesOf tells where each id stands in an order.
func placesOf(order []int64) map[int64]int {
	places := make(map[int64]int, len(order))
	for i, id := range order {
		places[id] = i
	}
	return places
}

// inOrder sorts a record's related ids by their places; those that have none are
// left out.
func inOrder(v any, places map[int64]int) []int64 {
	all, _ := v.([]int64)
	mine := make([]int64, 0, len(all))
	for _, id := range all {
		if _, ok := places[id]; ok {
			mine = append(mine, id)
		}
	}
	slices.SortFunc(mine, func(a, b int64) int { return places[a] - places[b] })
	return mine
}

// shownIDs are the related ids, in the order and number that was asked for.
func (e *Env) shownIDs(c *column, co *entity, inner map[string]any, many bool) ([]int64, error) {
	ids := c.ids()
	order, _ := inner["order"].(string)
	if !many || order == "" || len(ids) == 0 {
		return ids, nil
	}
	return e.With(Context{"active_test": false}).Search(co.Name, domain.Leaf{Field: "id", Op: domain.In, Value: ids},
		SearchOptions{Order: order})
}

// relatedObjects writes each related record as an object. The name of a
// many2one is shown even where the record is not readable.
func (e *Env) relatedObjects(co *entity, ids []int64, fields specification, many bool) (map[int64]json.RawMessage, error) {
	env := e
	_, named := fields["display_name"]
	if !many && (len(fields) == 0 || len(fields) == 1 && named) {
		env = e.Sudo()
	} else if err := e.checkAccess(co, Read); err != nil {
		return nil, err
	}
	text, err := env.webRead(co, ids, fields)
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fault.New(fault.Internal, "web_read of %s: %w", co.Name, err)
	}
	objects := make(map[int64]json.RawMessage, len(list))
	for _, object := range list {
		var head struct{ ID int64 }
		if err := json.Unmarshal(object, &head); err != nil {
			return nil, fault.New(fault.Internal, "web_read of %s: %w", co.Name, err)
		}
		objects[head.ID] = object
	}
	return objects, nil
}

// nestedList writes a list of related records; of those beyond the limit, the id.
func (e *Env) nestedList(ids []int64, objects map[int64]json.RawMessage) (json.RawMessage, error) {
	size := 2
	for _, id := range ids {
		size += max(len(objects[id]), bytesOfKey)
	}
	if err := e.spend(0, size); err != nil {
		return nil, err
	}
	dst := append(make([]byte, 0, size+len(ids)), '[')
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		if object, ok := objects[id]; ok {
			dst = append(dst, object...)
			continue
		}
		dst = strconv.AppendInt(append(dst, `{"id":`...), id, 10)
		dst = append(dst, '}')
	}
	return append(dst, ']'), nil
}
