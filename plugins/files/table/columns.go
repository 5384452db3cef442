package table

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// layout is a mapping that fits one table.
type layout struct {
	Mapping
	columns  map[Role][]int // by number from 0
	headings []string       // nil when there are none
	body     int            // rows before the first that may be a transaction
	dayFirst bool           // the headings are of a language that writes days first
	currency string         // named by the amount's heading
}

func (l *layout) column(role Role) int {
	if at := l.columns[role]; len(at) > 0 {
		return at[0]
	}
	return -1
}

func (l *layout) has(role Role) bool { return len(l.columns[role]) > 0 }

// isEnough reports whether a date and an amount are known.
func (l *layout) isEnough() bool {
	return l.has(Date) && (l.has(Amount) || l.has(Debit) || l.has(Credit))
}

// Recognises reports whether the rows are those of a table whose columns are
// known without a mapping.
func Recognises(rows []Row) bool {
	_, ok := detect(rows, Mapping{})
	return ok
}

// searched is how many rows may stand before the headings.
const searched = 40

// detect finds the headings and what they mean.
func detect(rows []Row, m Mapping) (*layout, bool) {
	var best *layout
	for i := m.SkipRows; i < len(rows) && i < m.SkipRows+searched; i++ {
		l := read(rows, i, m)
		if l.isEnough() && (best == nil || len(l.columns) > len(best.columns)) {
			best = l
		}
		if best != nil && i > m.SkipRows+searched/2 {
			break
		}
	}
	if best != nil {
		return best, true
	}
	l := tab(rows, m)
	return l, l != nil
}

// read takes row i for the headings.
func read(rows []Row, i int, m Mapping) *layout {
	l := &layout{Mapping: m, columns: map[Role][]int{}, body: i + 1}
	names := make([]string, len(rows[i].Cells))
	for at, c := range rows[i].Cells {
		l.headings = append(l.headings, statement.Clip(c.text(), 80))
		names[at] = plainHeading(c.Text)
	}
	taken := map[int]bool{}
	english, others := 0, 0
	for _, h := range headings() {
		for n, list := range []string{h.english, h.others} {
			if l.has(h.role) && h.role != Reference {
				continue
			}
			for _, name := range strings.Split(list, "|") {
				at := place(names, name, taken)
				if at < 0 || !fits(h.role, rows[i+1:], at) {
					continue
				}
				taken[at] = true
				l.columns[h.role] = append(l.columns[h.role], at)
				switch {
				case isShared(name):
				case n == 0:
					english++
				default:
					others++
				}
				if h.role != Reference {
					break
				}
			}
		}
	}
	l.dayFirst = others > english
	if at := l.column(Amount); at >= 0 {
		l.currency = currencyOf(l.headings[at])
	}
	return l
}

// isShared reports whether an English name is as good in other languages, so
// that it tells nothing of how they write days.
func isShared(name string) bool {
	switch name {
	case "date", "debit", "credit", "code", "iban", "iban bban", "name", "status", "text", "type", "communication":
		return true
	}
	return false
}

func place(names []string, name string, taken map[int]bool) int {
	for at, n := range names {
		if n == name && !taken[at] {
			return at
		}
	}
	return -1
}

// fits reports whether what stands below a heading can have its role: most of
// the cells that are not blank.
func fits(role Role, rows []Row, at int) bool {
	good, bad := 0, 0
	for i := 0; i < len(rows) && i < 50; i++ {
		c := rows[i].at(at)
		if c.blank() {
			continue
		}
		if can(role, c) {
			good++
		} else {
			bad++
		}
	}
	return good >= bad && (role != Sign || bad == 0 && good > 0)
}

func can(role Role, c Cell) bool {
	switch role {
	case Date, ValueDate:
		return !c.Day.IsZero() || statement.IsDay(c.Text)
	case Amount, Debit, Credit, Balance, OriginalAmount:
		if _, err := c.money(statement.Point); err == nil {
			return true
		}
		_, err := c.money(statement.Comma)
		return err == nil
	case Currency, OriginalCurrency:
		return statement.Currency(c.Text) != ""
	case Sign:
		word := signWord(c.Text)
		return isDebitWord(word) || isCreditWord(word)
	}
	return true
}

// tab is the table without headings that a large Dutch bank writes: account,
// currency, day, balance before, balance after, value day, amount, text.
func tab(rows []Row, m Mapping) *layout {
	if len(rows) <= m.SkipRows {
		return nil
	}
	r := rows[m.SkipRows]
	if len(r.Cells) != 8 || statement.Currency(r.at(1).Text) == "" || len(r.at(2).Text) != 8 || len(r.at(5).Text) != 8 {
		return nil
	}
	for _, at := range []int{3, 4, 6} {
		if !can(Amount, r.at(at)) {
			return nil
		}
	}
	m.NoHeadings = true
	if m.DateOrder == statement.AnyOrder {
		m.DateOrder = statement.YearMonthDay
	}
	return &layout{Mapping: m, body: m.SkipRows,
		columns: map[Role][]int{Account: {0}, Currency: {1}, Date: {2}, Balance: {4}, ValueDate: {5}, Amount: {6}, Reference: {7}}}
}

// chosen makes the layout of a mapping that names columns.
func chosen(rows []Row, m Mapping) (*layout, error) {
	l := &layout{Mapping: m, columns: map[Role][]int{}, body: m.SkipRows}
	var missing error
	if !m.NoHeadings {
		missing = fmt.Errorf("the table has no row with all of these headings")
		for i := m.SkipRows; i < len(rows) && i < m.SkipRows+searched; i++ {
			if columns, ok := match(rows[i], m.Columns); ok {
				l = read(rows, i, m)
				l.columns, missing = columns, nil
				break
			}
		}
	} else if columns, ok := match(Row{}, m.Columns); ok {
		l.columns = columns
	} else {
		missing = fmt.Errorf("without headings, columns are named by their number")
	}
	if missing != nil {
		return l, missing
	}
	if !l.isEnough() {
		return l, fmt.Errorf("a date and an amount (or debit, or credit) are needed")
	}
	if at := l.column(Amount); at >= 0 && at < len(l.headings) {
		l.currency = currencyOf(l.headings[at])
	}
	return l, nil
}

// match finds the named columns in a row of headings. A number that is no
// heading counts columns from 1.
func match(row Row, names map[Role][]string) (map[Role][]int, bool) {
	columns := map[Role][]int{}
	for role, list := range names {
		for _, name := range list {
			at := -1
			for i, c := range row.Cells {
				if !c.blank() && statement.Fold(c.Text) == statement.Fold(name) {
					at = i
					break
				}
			}
			if n, err := strconv.Atoi(strings.TrimSpace(name)); at < 0 && err == nil && n >= 1 && n <= 1<<14 {
				at = n - 1
			}
			if at < 0 {
				return nil, false
			}
			columns[role] = append(columns[role], at)
		}
	}
	return columns, true
}

// readAs returns the options that read the table the same way again, and its
// headings.
func (l *layout) readAs() map[string]string {
	as := map[string]string{}
	put := func(name, value string) {
		if value != "" {
			as[name] = value
		}
	}
	put("date_order", string(l.DateOrder))
	if l.Mark != statement.NoMark {
		put("decimal", string(rune(l.Mark)))
	}
	if l.SkipRows > 0 {
		put("skip_rows", strconv.Itoa(l.SkipRows))
	}
	if l.NoHeadings {
		put("headings", "no")
	}
	if l.Invert {
		put("invert", "yes")
	}
	put("debit_words", strings.Join(l.DebitWords, ","))
	named := map[Role]any{}
	for role, places := range l.columns {
		var names []string
		for _, at := range places {
			names = append(names, l.name(at))
		}
		if named[role] = names[0]; len(names) > 1 {
			named[role] = names
		}
	}
	if len(named) > 0 {
		if text, err := json.Marshal(named); err == nil {
			as["columns"] = string(text)
		}
	}
	if len(l.headings) > 0 {
		if text, err := json.Marshal(l.headings[:min(len(l.headings), 64)]); err == nil {
			as["column_names"] = string(text)
		}
	}
	return as
}

// name names a column by its heading, or its number where that is none of its own.
func (l *layout) name(at int) string {
	number := strconv.Itoa(at + 1)
	if at >= len(l.headings) || l.headings[at] == "" {
		return number
	}
	for i, other := range l.headings {
		if i != at && statement.Fold(other) == statement.Fold(l.headings[at]) {
			return number
		}
	}
	return l.headings[at]
}
