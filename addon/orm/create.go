package orm

import (
	"maps"
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Create adds records and returns their ids, in order. Values may be in Go
// types or a client's JSON; what is left out gets its default (the context's
// default_FIELD, the bound function, the constant) before the hooks run.
//
// Errors: Denied without the right or when a rule hides the new record; Value
// for unknown fields and values of a wrong form; Invalid for broken
// constraints and missing required values; Missing for a many2one to no record.
func (e *Env) Create(model string, rows ...Values) ([]int64, error) {
	on, err := e.writable(model)
	if err != nil {
		return nil, err
	}
	if err := e.checkAccess(on, Create); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return []int64{}, nil
	}
	full, err := e.withDefaults(on, rows)
	if err != nil {
		return nil, err
	}
	env := e.withoutDefaults()
	if err := env.convert(on, full...); err != nil {
		return nil, err
	}
	for _, hooks := range on.hooks {
		if hooks.BeforeCreate != nil {
			if err := hooks.BeforeCreate(env, full); err != nil {
				return nil, err
			}
		}
	}
	g, err := env.gather(on, full)
	if err != nil {
		return nil, err
	}
	if err := env.completeNew(on, len(full), g.cols); err != nil {
		return nil, err
	}
	if err := env.checkRefs(on, g.cols); err != nil {
		return nil, err
	}
	c, err := env.insert(on, len(full), g.cols)
	if err != nil {
		return nil, err
	}
	if err := g.apply(env, c.ids, full); err != nil {
		return nil, err
	}
	return c.ids, env.created(c, full)
}

// created runs what follows an insert: constraints, hooks, rules.
func (e *Env) created(c *creation, rows []Values) error {
	on, ids := c.on, c.ids
	for _, constraint := range on.constraints {
		concerned := c.concerned(constraint.Given)
		if len(concerned) == 0 {
			continue
		}
		if err := constraint.ofNew(e.Sudo(), c, concerned); err != nil {
			return err
		}
	}
	for _, hooks := range on.hooks {
		if hooks.AfterCreate != nil {
			if err := hooks.AfterCreate(e, ids, rows); err != nil {
				return err
			}
		}
	}
	if e.system || len(on.rules) == 0 {
		return nil
	}
	if err := e.tx.flushAll(); err != nil {
		return err
	}
	return e.checkRules(on, ids, Create)
}

// ofNew checks new records.
func (c *Constraint) ofNew(e *Env, fresh *creation, concerned []int64) error {
	if c.New == nil {
		return c.Check(e, concerned)
	}
	return c.New(e, &Batch{env: e, on: fresh.on, ids: fresh.ids, fresh: fresh})
}

// convert brings values into their Go types, lists into []Command, for the
// hooks of a model that has some.
func (e *Env) convert(on *entity, rows ...Values) error {
	if !on.hooked {
		return nil
	}
	for _, row := range rows {
		for name, v := range row {
			f, err := e.field(on, name, Write)
			if err != nil {
				return err
			}
			switch {
			case isMagic(name):
				continue
			case f.IsX2many():
				v, err = e.toCommands(on, f, v)
			default:
				v, err = typed(on, f, v)
			}
			if err != nil {
				return err
			}
			row[name] = v
		}
	}
	return nil
}

// withDefaults returns copies of rows with the defaults of what they leave out.
func (e *Env) withDefaults(on *entity, rows []Values) ([]Values, error) {
	full := make([]Values, len(rows))
	for i, row := range rows {
		full[i] = make(Values, len(row)+4)
		maps.Copy(full[i], row)
	}
	given := e.context.defaults()
	for _, f := range on.Fields {
		if f.Name == "id" || isMagic(f.Name) {
			continue
		}
		var value any
		known := false
		for _, row := range full {
			if _, ok := row[f.Name]; ok {
				continue
			}
			if !known {
				v, ok, err := e.defaultOf(on, f, given)
				if err != nil {
					return nil, err
				}
				if !ok {
					break
				}
				value, known = v, true
			}
			row[f.Name] = value
		}
	}
	return full, nil
}

// defaultOf finds a field's default; ok is false when it has none. The context,
// which is the client's, gives read-only fields none.
func (e *Env) defaultOf(on *entity, f *schema.Field, given map[string]any) (v any, ok bool, err error) {
	if v, ok := given[f.Name]; ok && !f.IsReadonly {
		if f.IsX2many() {
			v = e.commandsFromClient(f, v)
		}
		return v, true, nil
	}
	if make, ok := on.defaults[f.Name]; ok {
		v, err := make(e)
		return v, true, fault.Wrap(err, "default", on.Name+"."+f.Name)
	}
	return f.Default, f.Default != nil, nil
}

// gathered is what rows of values ask for.
type gathered struct {
	on   *entity
	cols map[string][]any
	// lists are the x2many values, by field and record.
	lists map[*schema.Field][][]Command
	// inverse names the given fields that are not stored but can be written.
	inverse []*schema.Field
}

// gather sorts rows of values into columns, commands and inverses.
func (e *Env) gather(on *entity, rows []Values) (*gathered, error) {
	g := &gathered{on: on, cols: map[string][]any{}, lists: map[*schema.Field][][]Command{}}
	for i, row := range rows {
		for name, v := range row {
			f, err := e.field(on, name, Write)
			if err != nil {
				return nil, err
			}
			if isMagic(name) {
				continue
			}
			if err := g.put(e, f, i, len(rows), v); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(g.inverse, func(a, b *schema.Field) int { return slices.Index(on.Fields, a) - slices.Index(on.Fields, b) })
	return g, nil
}

func (g *gathered) put(e *Env, f *schema.Field, i, n int, v any) error {
	switch {
	case f.NotStored:
		if g.on.writes(f) && !slices.Contains(g.inverse, f) {
			g.inverse = append(g.inverse, f)
		}
		return nil
	case f.IsX2many():
		commands, err := e.toCommands(g.on, f, v)
		if err != nil {
			return err
		}
		if g.lists[f] == nil {
			g.lists[f] = make([][]Command, n)
		}
		g.lists[f][i] = commands
		return nil
	}
	value, err := typed(g.on, f, v)
	if err != nil {
		return err
	}
	values, ok := g.cols[f.Name]
	if !ok {
		values = make([]any, n)
		for j := range values {
			if f.IsComputed {
				values[j] = absent{}
			}
		}
		g.cols[f.Name] = values
	}
	values[i] = value
	return nil
}

// writes reports whether a field without a column can be written all the same.
func (e *entity) writes(f *schema.Field) bool {
	if c := e.computeOf[f.Name]; c != nil && c.Inverse != nil {
		return true
	}
	return len(f.Path) > 1 && !f.IsReadonly
}

// apply carries out what columns cannot hold.
func (g *gathered) apply(e *Env, ids []int64, rows []Values) error {
	for _, f := range g.on.Fields {
		if lists, ok := g.lists[f]; ok {
			if err := e.command(g.on, f, ids, lists); err != nil {
				return err
			}
		}
	}
	for _, f := range g.inverse {
		for i, row := range rows {
			v, ok := row[f.Name]
			if !ok {
				continue
			}
			at := ids
			if len(rows) == len(ids) {
				at = ids[i : i+1]
			}
			if err := e.inverse(g.on, f, at, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// inverse carries a written value back into what the field is computed from.
func (e *Env) inverse(on *entity, f *schema.Field, ids []int64, v any) error {
	value, err := typed(on, f, v)
	if err != nil {
		return err
	}
	if c := on.computeOf[f.Name]; c != nil && c.Inverse != nil {
		return c.Inverse(e, ids, f.Name, value)
	}
	owners, err := e.walk(on, f.Path[:len(f.Path)-1], slices.Clone(ids))
	if err != nil {
		return err
	}
	var targets []int64
	for _, owner := range owners {
		if id, ok := owner.(int64); ok && id != 0 {
			targets = append(targets, id)
		}
	}
	end := on
	for _, name := range f.Path[:len(f.Path)-1] {
		step, _ := end.Field(name)
		end = e.db.reg.entities[step.Comodel]
	}
	return e.Write(end.Name, distinct(targets), Values{f.Path[len(f.Path)-1]: value})
}
