package orm

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// parseOrder reads Odoo's order text: "date desc nulls last, id". Fields must
// exist; whether one can be sorted by is query's to say.
func parseOrder(e *entity, text string) ([]schema.OrderTerm, error) {
	if strings.TrimSpace(text) == "" {
		return e.Order, nil
	}
	var terms []schema.OrderTerm
	if strings.Count(text, ",") >= mostTerms {
		return nil, tooManyTerms()
	}
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			return nil, badOrder(text)
		}
		term := schema.OrderTerm{Field: words[0]}
		rest := words[1:]
		if len(rest) > 0 {
			switch strings.ToLower(rest[0]) {
			case "desc":
				term.Desc = true
				rest = rest[1:]
			case "asc":
				rest = rest[1:]
			}
		}
		if len(rest) == 2 && strings.EqualFold(rest[0], "nulls") {
			term.NullsFirst = strings.EqualFold(rest[1], "first")
			term.NullsLast = strings.EqualFold(rest[1], "last")
			if term.NullsFirst || term.NullsLast {
				rest = nil
			}
		}
		if len(rest) > 0 {
			return nil, badOrder(text)
		}
		f, ok := e.Field(term.Field)
		if !ok {
			return nil, invalidField(e, term.Field)
		}
		if !f.HasColumn() && len(f.Path) == 0 {
			return nil, fault.New(fault.Value, "Cannot convert %s.%s to SQL because it is not stored", e.Name, f.Name)
		}
		terms = append(terms, term)
	}
	return terms, nil
}

// mostTerms is how many things records or groups may be ordered by; databases
// take not many more.
const mostTerms = 100

func tooManyTerms() error {
	return fault.New(fault.User, "An \"order\" has at most %d terms.", mostTerms)
}

func badOrder(text string) error {
	return fault.New(fault.User, "Invalid \"order\" specified (%s). A valid \"order\" specification is a comma-separated list of valid "+
		"field names (optionally followed by asc/desc for the direction)", text)
}

func invalidField(e *entity, name string) error {
	return fault.New(fault.Value, "Invalid field '%s' on model '%s'", name, e.Name).
		Named(sayField, fault.Args{"field": name, "model": e.Name})
}
