package domain

// Node is a condition: And, Or, Not, Leaf or Const.
type Node interface{ node() }

// And is true when all are; the empty And is true.
type And []Node

// Or is true when one is; the empty Or is false.
type Or []Node

// Not is the opposite of its operand.
type Not struct{ Node Node }

// Leaf compares a field, or a dotted path of fields, with a value.
//
// Value is nil, bool, string, int64, float64, schema.Date and time.Time from
// code, []any, or Node for the operators any and not any.
type Leaf struct {
	Field string
	Op    Op
	Value any
}

// Of is the value of any on an integer field that holds ids of another model's
// records, without being a many2one: the record it points at exists and
// fulfils Node (nil: any record). What the user may see is not added. Code
// writes it, in rules; no client can.
type Of struct {
	Model string
	Node  Node
}

// Const is a condition that is always true or always false: the leaves
// (1, '=', 1) and (0, '=', 1).
type Const bool

// Loose is a condition that most records meet, such as a rule about companies:
// a database should find records by other conditions, and only check this one.
type Loose struct{ Node Node }

func (Loose) node() {}
func (And) node()   {}
func (Or) node()    {}
func (Not) node()   {}
func (Leaf) node()  {}
func (Const) node() {}

// Op is an operator, in lower case.
type Op string

// The operators of Odoo 18. "<>" is parsed as "!=" .
const (
	Eq       Op = "="
	Ne       Op = "!="
	Lt       Op = "<"
	Le       Op = "<="
	Gt       Op = ">"
	Ge       Op = ">="
	EqIfSet  Op = "=?"
	In       Op = "in"
	NotIn    Op = "not in"
	Like     Op = "like"
	NotLike  Op = "not like"
	ILike    Op = "ilike"
	NotILike Op = "not ilike"
	EqLike   Op = "=like"
	EqILike  Op = "=ilike"
	ChildOf  Op = "child_of"
	ParentOf Op = "parent_of"
	AnyOf    Op = "any"
	NotAnyOf Op = "not any"
)

// Where is a leaf, for code: domain.Where("state", domain.Eq, "done").
func Where(field string, op Op, value any) Leaf { return Leaf{field, op, value} }

// All joins conditions with and, leaving out nil ones.
func All(nodes ...Node) Node {
	var and And
	for _, n := range nodes {
		if n != nil {
			and = append(and, n)
		}
	}
	if len(and) == 1 {
		return and[0]
	}
	return and
}
