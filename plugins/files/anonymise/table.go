package anonymise

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// cell is a value and where it stands, quotes not included.
type cell struct{ from, to int }

// sheet is a table of text and what its reader says of it.
type sheet struct {
	*scribe
	rows     [][]cell
	roles    map[string][]int
	body     int // rows before the first that may be a transaction
	headings int // the last row of headings; -1 for none
	mark     statement.Mark
	debits   []string
}

func (s *scribe) table() {
	t := &sheet{scribe: s, rows: cells(s.source, s.was.readAs["delimiter"])}
	t.mark, _ = statement.ParseMark(s.was.readAs["decimal"])
	t.debits = strings.Split(s.was.readAs["debit_words"], ",")
	t.understand()
	for i, row := range t.rows {
		if t.isHeading(row) {
			continue
		}
		for at, c := range row {
			t.veilCell(i, at, c)
		}
	}
	t.reckon()
}

// cells parts a table into rows as its reader does.
func cells(text, delimiter string) [][]cell {
	if delimiter == "tab" {
		delimiter = "\t"
	}
	var rows [][]cell
	var row []cell
	from, quoted, wasQuoted := 0, false, false
	keep := func(to int) {
		c := cell{from, to}
		if wasQuoted {
			c.from++
			if c.to > c.from && text[c.to-1] == '"' {
				c.to--
			}
		}
		row, wasQuoted = append(row, c), false
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted:
			quoted = c != '"'
		case c == '"' && (i == from || wasQuoted):
			quoted, wasQuoted = true, true
		case delimiter != "" && c == delimiter[0]:
			keep(i)
			from = i + 1
		case c == '\n' || c == '\r':
			keep(i)
			if c == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			from = i + 1
			rows, row = append(rows, row), nil
		}
	}
	if from < len(text) || len(row) > 0 {
		keep(len(text))
		rows = append(rows, row)
	}
	return rows
}

// at is the text of a cell; "" where there is none.
func (t *sheet) at(row []cell, i int) string {
	if i < 0 || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(t.source[row[i].from:row[i].to])
}

// understand takes over which columns the reader knows, and finds the headings.
func (t *sheet) understand() {
	var names []string
	var columns map[string]any
	_ = json.Unmarshal([]byte(t.was.readAs["column_names"]), &names) // none of them: nothing is known
	_ = json.Unmarshal([]byte(t.was.readAs["columns"]), &columns)
	t.roles, t.headings = map[string][]int{}, -1
	for role, value := range columns {
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		for _, v := range list {
			name, _ := v.(string)
			at := slices.IndexFunc(names, func(n string) bool { return n != "" && statement.Fold(n) == statement.Fold(name) })
			if n, err := strconv.Atoi(name); err == nil && at < 0 {
				at = n - 1
			}
			t.roles[role] = append(t.roles[role], at)
		}
	}
	if len(names) == 0 {
		return
	}
	for i, row := range t.rows[:min(len(t.rows), 120)] {
		same := len(row) > 0
		for at := range row {
			text := statement.Words(strings.ReplaceAll(t.at(row, at), `""`, `"`))
			same = same && (text == "" || at < len(names) && statement.Clip(text, 80) == names[at])
		}
		if same && strings.TrimSpace(t.source[row[0].from:row[len(row)-1].to]) != "" {
			t.headings, t.body = i, i+1
			if i+1 < len(t.rows) && t.sameAs(t.rows[i+1], names) {
				continue // the lower of two rows
			}
			return
		}
	}
}

func (t *sheet) sameAs(row []cell, names []string) bool {
	for at := range row {
		if text := t.at(row, at); text != "" && (at >= len(names) || text != names[at]) {
			return false
		}
	}
	return true
}

// isHeading reports whether a row is that of the headings, here or repeated.
func (t *sheet) isHeading(row []cell) bool {
	if t.headings < 0 {
		return false
	}
	head := t.rows[t.headings]
	if len(row) < len(head) {
		return false
	}
	for at := range head {
		if t.at(row, at) != t.at(head, at) {
			return false
		}
	}
	return true
}

// veilCell veils what is no amount: amounts wait for reckon.
func (t *sheet) veilCell(row, at int, c cell) {
	text := t.source[c.from:c.to]
	if t.tells(row) != words.None && t.loose(c) != nil {
		return // reckon moves it
	}
	if row < t.body && (t.isHeadingText(text) || t.lib.IsCard(text)) {
		return // the upper of two rows of headings, or the name of what follows
	}
	if row >= t.body {
		switch {
		case t.is(at, "date", "value_date"):
			t.dayAt(c.from, c.to, t.order())
			return
		case t.is(at, "code") && t.lib.NamesDebit(text):
			t.put(c.from, c.to, t.veil.kind(text))
			return
		case t.is(at, "sign") && len(strings.TrimSpace(text)) == 1: // a letter or a figure of the bank's
			return
		case t.is(at, "currency", "original_currency") && statement.Currency(text) != "":
			return
		case t.is(at, "amount", "debit", "credit", "balance", "fee"):
			if t.lib.Balance(text) != words.None || statement.Words(text) == "" {
				return
			}
			if t.amountOf(c.from, c.to, t.mark) != nil {
				return // reckon moves it
			}
		}
	}
	t.veilAt(c.from, c.to)
}

// isHeadingText reports whether a text is a heading, with or without its currency.
func (t *sheet) isHeadingText(text string) bool {
	parts := strings.Fields(statement.Fold(text))
	for len(parts) > 1 && len(t.lib.Headings(strings.Join(parts, " "))) == 0 {
		last := parts[len(parts)-1]
		if _, word := t.lib.CurrencyWord(last); !word && !isCurrency(strings.ToUpper(last)) && !t.lib.IsBeforeCurrency(last) {
			return false
		}
		parts = parts[:len(parts)-1]
	}
	return len(t.lib.Headings(strings.Join(parts, " "))) > 0
}

func (t *sheet) is(at int, roles ...string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(t.roles[role], at) })
}

func (t *sheet) column(role string) int {
	if at := t.roles[role]; len(at) > 0 {
		return at[0]
	}
	return -1
}

// amountIn takes the amount of a row's cell of a role; nil for none.
func (t *sheet) amountIn(row []cell, role string) *amount {
	at := t.column(role)
	if at < 0 || at >= len(row) || t.at(row, at) == "" {
		return nil
	}
	return t.amountAt(row[at].from, row[at].to, t.mark)
}
