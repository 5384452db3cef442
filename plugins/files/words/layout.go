package words

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// Layout is a table without headings: what tells it from others, and what its
// columns mean. Columns are numbers from 1.
type Layout struct {
	Name string `toml:"name"`
	// Columns is how many values every row has.
	Columns int `toml:"columns"`
	// Patterns are regular expressions that the whole of a value fits, by column.
	Patterns map[string]string `toml:"patterns"`
	// Roles are the columns by what they mean: a number, or a list of numbers.
	Roles map[string]any `toml:"roles"`
	// DateOrder, Decimal and DebitWords are options of a reading; without them
	// the rows decide.
	DateOrder  string    `toml:"date_order"`
	Decimal    string    `toml:"decimal"`
	DebitWords []string  `toml:"debit_words"`
	Examples   []Example `toml:"example"`

	patterns map[int]*regexp.Regexp
	places   map[string][]int
}

// Fits reports whether a row's values are those of this layout.
func (y *Layout) Fits(values []string) bool {
	if len(values) != y.Columns {
		return false
	}
	for at, pattern := range y.patterns {
		if !pattern.MatchString(strings.TrimSpace(values[at])) {
			return false
		}
	}
	return true
}

// Places returns the columns of a role, from 0.
func (y *Layout) Places() map[string][]int { return y.places }

// Bounds on what a layout may say.
const (
	mostColumns  = 512
	fewestChecks = 2
)

// check finds what is wrong and prepares the layout for Fits and Places.
func (y *Layout) check() error {
	switch {
	case y.Name == "":
		return fmt.Errorf("name is missing")
	case y.Columns < 2 || y.Columns > mostColumns:
		return fmt.Errorf("columns: want how many values a row has, from 2 to %d", mostColumns)
	case len(y.Patterns) < fewestChecks:
		return fmt.Errorf("patterns: want those of at least %d columns, or other tables would be taken for it", fewestChecks)
	case len(y.Examples) == 0:
		return fmt.Errorf("an example is missing: such a table, and what must be read in it")
	}
	if _, err := statement.ParseOrder(y.DateOrder); err != nil {
		return fmt.Errorf("date_order: %w", err)
	}
	if _, err := statement.ParseMark(y.Decimal); err != nil {
		return fmt.Errorf("decimal: %w", err)
	}
	if err := y.checkPatterns(); err != nil {
		return err
	}
	return y.place()
}

func (y *Layout) checkPatterns() error {
	y.patterns = map[int]*regexp.Regexp{}
	for name, text := range y.Patterns {
		n, err := strconv.Atoi(name)
		if err != nil || n < 1 || n > y.Columns {
			return fmt.Errorf("patterns.%s: want a column's number from 1 to %d", name, y.Columns)
		}
		pattern, err := regexp.Compile(`\A(?:` + text + `)\z`)
		if err != nil {
			return fmt.Errorf("patterns.%s: %w", name, err)
		}
		y.patterns[n-1] = pattern
	}
	return nil
}

// place turns the roles into columns.
func (y *Layout) place() error {
	y.places = map[string][]int{}
	for role, value := range y.Roles {
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		if len(list) == 0 || len(list) > 1 && role != "reference" {
			return fmt.Errorf("roles.%s: want one column", role)
		}
		for _, v := range list {
			n, ok := v.(int64)
			if !ok || n < 1 || n > int64(y.Columns) {
				return fmt.Errorf("roles.%s: want a column's number from 1 to %d", role, y.Columns)
			}
			y.places[role] = append(y.places[role], int(n)-1)
		}
	}
	if y.places["date"] == nil || y.places["amount"] == nil && y.places["debit"] == nil && y.places["credit"] == nil {
		return fmt.Errorf("roles: a date and an amount (or debit, or credit) are needed")
	}
	return nil
}
