package orm

import "github.com/girosync/girosync/addon/fault"

// Columns are the stored values of records that are about to be made, in their
// Go types, as package schema lists them.
type Columns struct {
	on     *entity
	n      int
	values map[string][]any
}

// Len is the number of records.
func (c Columns) Len() int { return c.n }

// Value is the i-th record's value of a field; nil when it has none, also where
// it is computed.
func (c Columns) Value(i int, field string) any {
	values := c.values[field]
	if values == nil || values[i] == (absent{}) {
		return nil
	}
	return values[i]
}

// Set gives the i-th record a field's value. Errors: Internal for a field without
// a column, or one that the kernel or a compute fills; Value for a value that the
// field cannot hold.
func (c Columns) Set(i int, field string, v any) error {
	f, ok := c.on.Field(field)
	if !ok || !f.HasColumn() || f.IsComputed || isMagic(field) {
		return fault.New(fault.Internal, "new %s: %q cannot be set", c.on.Name, field)
	}
	v, err := typed(c.on, f, v)
	if err != nil {
		return err
	}
	if c.values[field] == nil {
		c.values[field] = make([]any, c.n)
	}
	c.values[field][i] = v
	return nil
}

// completeNew lets the hooks of a model complete new records.
func (e *Env) completeNew(on *entity, n int, values map[string][]any) error {
	for _, hooks := range on.hooks {
		if hooks.CompleteNew == nil {
			continue
		}
		if err := hooks.CompleteNew(e, Columns{on, n, values}); err != nil {
			return err
		}
	}
	return nil
}
