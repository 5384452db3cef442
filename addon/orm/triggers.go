package orm

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/orm/schema"
)

// trigger says that a change of a field makes stored computed fields of target
// stale, and how to find which of target's records: walk back along steps.
type trigger struct {
	target  *entity
	compute *Compute
	// back leads from the changed records to the target's, last step first.
	// Empty: the changed records themselves.
	back []step
}

// step is one field of a dependency path, with the model that has it.
type step struct {
	on    *entity
	field *schema.Field
}

// moves reports whether the set of targets may differ before and after the
// change of a field: it is itself a step that is walked, or the inverse of one.
func (t *trigger) moves(e *entity, changed *schema.Field) bool {
	if len(t.back) == 0 {
		return false
	}
	last := t.back[len(t.back)-1].field
	return last.Type == schema.TypeOne2many && last.Comodel == e.Name && last.Inverse == changed.Name
}

// wire fills in what follows from all models together.
func wire(r *Registry) {
	for _, name := range r.names {
		e := r.entities[name]
		e.triggers = map[string][]trigger{}
		active, ok := e.Field("active")
		e.hasActive = ok && active.HasColumn()
		id, _ := e.Field("id")
		e.columns = []*schema.Field{id}
		for _, f := range e.Fields {
			if f.HasColumn() && f.Name != "id" {
				e.columns = append(e.columns, f)
			}
			if f.IsRequired && f.HasColumn() {
				e.required = append(e.required, f)
			}
		}
	}
	for _, name := range r.names {
		e := r.entities[name]
		e.local = map[*Compute]bool{}
		for _, c := range e.computes {
			e.local[c] = isLocal(r, e, c)
		}
		for _, f := range e.Fields {
			wireReferences(r, e, f)
			if f.IsComputed && !f.NotStored {
				wireDepends(r, e, f)
			}
		}
	}
}

func wireReferences(r *Registry, e *entity, f *schema.Field) {
	switch {
	case f.Type == schema.TypeMany2one && f.HasColumn():
		co := r.entities[f.Comodel]
		if f.Name != "create_uid" && f.Name != "write_uid" {
			co.referrers = append(co.referrers, referrer{e, f})
		}
	case f.Type == schema.TypeMany2many && f.RelTable != "":
		co := r.entities[f.Comodel]
		e.addLink(link{f.RelTable, f.RelColumn})
		co.addLink(link{f.RelTable, f.RelOther})
	}
}

func (e *entity) addLink(l link) {
	if !slices.Contains(e.links, l) {
		e.links = append(e.links, l)
	}
}

// wireDepends enters the triggers of one stored computed field.
func wireDepends(r *Registry, e *entity, f *schema.Field) {
	w := wiring{r: r, target: e, compute: e.computeOf[f.Name]}
	for _, path := range f.Depends {
		w.walk(e, nil, strings.Split(path, "."), 0)
	}
}

type wiring struct {
	r       *Registry
	target  *entity
	compute *Compute
}

// walk enters a trigger for every field along the path; what is computed or
// related on the fly stands for what it depends on itself.
func (w *wiring) walk(here *entity, before []step, path []string, depth int) {
	if depth > 12 { // a cycle of fields that are not stored
		return
	}
	f, ok := here.Field(path[0])
	if !ok {
		return
	}
	if len(f.Path) > 0 {
		w.walk(here, before, append(slices.Clone(f.Path), path[1:]...), depth+1)
		return
	}
	w.enter(here, f, before)
	at := append(slices.Clip(before), step{here, f})
	switch {
	case f.IsComputed && f.NotStored:
		for _, p := range f.Depends {
			w.walk(here, before, strings.Split(p, "."), depth+1)
		}
	case f.Type == schema.TypeOne2many:
		co := w.r.entities[f.Comodel]
		if inverse, ok := co.Field(f.Inverse); ok {
			w.enter(co, inverse, at)
		}
		if co.hasActive {
			active, _ := co.Field("active")
			w.enter(co, active, at)
		}
	}
	if len(path) > 1 {
		if co, ok := w.r.entities[f.Comodel]; ok {
			w.walk(co, at, path[1:], depth)
		}
	}
}

func (w *wiring) enter(e *entity, f *schema.Field, back []step) {
	same := func(t trigger) bool {
		return t.target == w.target && t.compute == w.compute && slices.Equal(t.back, back)
	}
	if !slices.ContainsFunc(e.triggers[f.Name], same) {
		e.triggers[f.Name] = append(e.triggers[f.Name], trigger{w.target, w.compute, slices.Clone(back)})
	}
}

// isLocal reports whether a compute walks no one2many or many2many, and so does
// not depend on records that can only exist after its own.
func isLocal(r *Registry, e *entity, c *Compute) bool {
	for _, name := range c.Fields {
		f, ok := e.Field(name)
		if !ok {
			return false
		}
		for _, path := range f.Depends {
			if !isLocalPath(r, e, strings.Split(path, "."), 0) {
				return false
			}
		}
	}
	return true
}

func isLocalPath(r *Registry, here *entity, path []string, depth int) bool {
	f, ok := here.Field(path[0])
	if !ok || f.IsX2many() || depth > 12 {
		return false
	}
	if len(f.Path) > 0 {
		return isLocalPath(r, here, append(slices.Clone(f.Path), path[1:]...), depth+1)
	}
	if f.IsComputed {
		for _, p := range f.Depends {
			if !isLocalPath(r, here, strings.Split(p, "."), depth+1) {
				return false
			}
		}
	}
	if len(path) == 1 {
		return true
	}
	co, ok := r.entities[f.Comodel]
	return ok && isLocalPath(r, co, path[1:], depth+1)
}

// isLoose reports whether a compute's values are not kept.
func (e *entity) isLoose(c *Compute) bool {
	f, ok := e.Field(c.Fields[0])
	return !ok || f.NotStored
}
