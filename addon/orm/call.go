package orm

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Call is one call's bound arguments. Its methods read a parameter by name and
// answer with Python's errors for values of a wrong type; an optional one that
// was left out has its default.
type Call struct {
	Model  string
	IDs    []int64
	method string
	args   map[string]any
	extra  map[string]any
	terms  int // the most that a domain may have; 0 is the usual
	// edition is the caller's, for domains and signatures.
	edition Edition
}

// Extra is the named arguments beyond the parameters, for a method that takes
// them (Method.Extra); nil if there are none.
func (c *Call) Extra() map[string]any { return c.extra }

// One is the id of the record that the method is for, which must be exactly one.
func (c *Call) One() (int64, error) {
	if len(c.IDs) == 1 {
		return c.IDs[0], nil
	}
	list := make([]string, len(c.IDs))
	for i, id := range c.IDs {
		list[i] = strconv.FormatInt(id, 10)
	}
	return 0, fault.New(fault.Value, "Expected singleton: %s(%s)", c.Model, strings.Join(list, ", "))
}

// Value is a parameter as it came: decoded JSON, or the default.
func (c *Call) Value(name string) any { return c.args[name] }

// Has reports whether a parameter is neither null nor false.
func (c *Call) Has(name string) bool {
	v := c.args[name]
	return v != nil && v != false
}

func (c *Call) wrong(name, want string) error {
	return fault.New(fault.Type, "%s() argument '%s' must be %s, not %s", c.method, name, want, typeName(c.args[name]))
}

// String reads a text; "" for null and false.
func (c *Call) String(name string) (string, error) {
	if !c.Has(name) {
		return "", nil
	}
	if s, ok := c.args[name].(string); ok {
		return s, nil
	}
	return "", c.wrong(name, "str")
}

// Int reads a whole number, also from text; 0 for null and false.
func (c *Call) Int(name string) (int64, error) {
	if !c.Has(name) {
		return 0, nil
	}
	return integer(c.args[name])
}

// Float reads a number; 0 for null and false.
func (c *Call) Float(name string) (float64, error) {
	v, err := toFloat(nil, nil, c.args[name])
	if err != nil {
		return 0, err
	}
	return v.(float64), nil
}

// Bool is Python's bool() of the value.
func (c *Call) Bool(name string) (bool, error) { return truth(c.args[name]), nil }

// Ids reads one id or a list of them, each once; none for null and false.
func (c *Call) Ids(name string) ([]int64, error) {
	ids, err := toIDs(c.args[name])
	return eachOnce(ids), err
}

// Map reads an object; nil for null and false.
func (c *Call) Map(name string) (map[string]any, error) {
	if !c.Has(name) {
		return nil, nil
	}
	switch v := c.args[name].(type) {
	case map[string]any:
		return v, nil
	case Values:
		return v, nil
	}
	return nil, c.wrong(name, "dict")
}

// Values reads an object of field values.
func (c *Call) Values(name string) (Values, error) {
	m, err := c.Map(name)
	return Values(m), err
}

// List reads a list; nil for null and false.
func (c *Call) List(name string) ([]any, error) {
	if !c.Has(name) {
		return nil, nil
	}
	switch v := c.args[name].(type) {
	case []any:
		return v, nil
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list, nil
	}
	return nil, c.wrong(name, "list")
}

// Strings reads a list of texts; nil for null and false. A text counts as the list
// of its characters.
func (c *Call) Strings(name string) ([]string, error) {
	if s, ok := c.args[name].([]string); ok {
		return s, nil
	}
	if s, ok := c.args[name].(string); ok { // to Python a text is a list, too
		return strings.Split(s, ""), nil
	}
	list, err := c.List(name)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(list))
	for i, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, fault.New(fault.Type, "%s() argument '%s' must be a list of str, not of %s", c.method, name, typeName(item))
		}
		texts[i] = s
	}
	return texts, nil
}

// Domain reads a search condition.
func (c *Call) Domain(name string) (domain.Node, error) {
	if node, ok := c.args[name].(domain.Node); ok {
		return node, nil
	}
	v := c.args[name]
	if form := editions[c.edition].domain; form != nil {
		v = form(v)
	}
	return domain.Limits{Leaves: c.terms}.Parse(v)
}

// JSON is a parameter as JSON text.
func (c *Call) JSON(name string) (json.RawMessage, error) {
	text, err := json.Marshal(c.args[name])
	if err != nil {
		return nil, c.wrong(name, "JSON")
	}
	return text, nil
}
