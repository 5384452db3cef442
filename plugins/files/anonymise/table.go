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
	if row < t.body && len(t.lib.Headings(statement.Fold(text))) > 0 {
		return // the upper of two rows of headings, or the name of what follows
	}
	if row >= t.body {
		switch {
		case t.is(at, "date", "value_date"):
			t.dayAt(c.from, c.to, t.order())
			return
		case t.is(at, "currency", "original_currency") && statement.Currency(text) != "":
			return
		case t.is(at, "amount", "debit", "credit", "balance", "fee"):
			if t.lib.Balance(text) != words.None || statement.Words(text) == "" {
				return
			}
			if _, err := statement.ParseMoney(text, t.mark); err == nil {
				return
			}
		}
	}
	t.veilAt(c.from, c.to)
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

// entry is a row with figures.
type entry struct {
	amount, fee, balance *amount
	out                  bool // the amount leaves the account
	kind                 words.Kind
	account              string
}

// moves is by how much the entry changed the balance, as it was or is now.
func (e *entry) moves(now bool) int64 {
	of := func(a *amount) int64 {
		switch {
		case a == nil:
			return 0
		case now:
			return a.now
		}
		return a.old
	}
	n := of(e.amount)
	if e.out {
		n = -n
	}
	if e.fee != nil && e.fee.negative {
		return n + of(e.fee)
	}
	return n - of(e.fee)
}

func (a *amount) signed() int64 {
	if a.negative {
		return -a.old
	}
	return a.old
}

// reckon draws new amounts and lets the balances follow.
func (t *sheet) reckon() {
	chains := map[string][]*entry{}
	for _, row := range t.rows[min(t.body, len(t.rows)):] {
		if t.isHeading(row) {
			continue
		}
		e := t.entryOf(row)
		if e.amount != nil || e.balance != nil {
			chains[e.account] = append(chains[e.account], e)
		}
	}
	for _, chain := range chains {
		t.follow(chain)
	}
	t.turnSigns()
}

func (t *sheet) entryOf(row []cell) *entry {
	e := &entry{account: t.at(row, t.column("account"))}
	for at := range row {
		if e.kind == words.None {
			e.kind = t.lib.Balance(t.at(row, at))
		}
	}
	debit, credit := t.amountIn(row, "debit"), t.amountIn(row, "credit")
	e.amount, e.fee, e.balance = t.amountIn(row, "amount"), t.amountIn(row, "fee"), t.amountIn(row, "balance")
	switch {
	case e.amount != nil:
		e.out = e.amount.negative
		if at := t.column("sign"); at >= 0 {
			e.out = t.isDebit(t.at(row, at))
		}
	case debit != nil && (credit == nil || credit.old == 0):
		e.amount, e.out = debit, true
		t.draw(credit)
	case credit != nil:
		e.amount, e.out = credit, credit.negative
		t.draw(debit)
	}
	if t.was.readAs["invert"] == "yes" {
		e.out = !e.out
	}
	if e.kind == words.None {
		t.draw(e.amount)
		t.draw(e.fee)
		return e
	}
	if e.balance == nil { // the row tells it where amounts stand
		e.amount, e.balance = nil, e.amount
		if e.balance != nil {
			e.balance.negative = e.out
		}
	}
	return e
}

func (t *sheet) isDebit(word string) bool {
	if t.was.readAs["debit_words"] != "" {
		return slices.Contains(t.debits, statement.Fold(word)) || slices.Contains(t.debits, word)
	}
	return t.lib.Sign(word) == words.Debit
}

// follow moves the balances of an account: each by what the rows since the one
// before moved it, the newest last or first, whichever the old ones show.
func (t *sheet) follow(chain []*entry) {
	if links(chain, false) > links(chain, true) {
		slices.Reverse(chain)
	}
	var list []balance
	var last *entry
	grown, between := int64(0), 0
	for _, e := range chain {
		by := e.moves(true) - e.moves(false)
		if e.balance != nil && last != nil && between == 0 && e.balance.signed()-last.balance.signed() == -e.moves(false) {
			by = -by // the balances say that it goes the other way
		}
		grown += by
		if between++; e.balance != nil {
			list, last, between = append(list, balance{e.balance, e.balance.negative, grown}), e, 0
		}
	}
	t.settle(list)
}

// links counts the balances that follow from the one before, the newest last or
// first, whatever the way that amounts go.
func links(chain []*entry, forth bool) (n int) {
	var last *entry
	between := int64(0)
	for _, e := range chain {
		if e.balance == nil {
			between += e.moves(false)
			continue
		}
		if last != nil {
			change, moved := e.balance.signed()-last.balance.signed(), between+e.moves(false)
			if !forth {
				change, moved = -change, between+last.moves(false)
			}
			if change == moved || change == -moved {
				n++
			}
		}
		last, between = e, 0
	}
	return n
}

// turnSigns writes the balances that are of the other sign now.
func (t *sheet) turnSigns() {
	for _, a := range t.amounts {
		if !a.turned {
			continue
		}
		if i := strings.IndexAny(a.text, "-−–"); i >= 0 {
			_, after, _ := strings.Cut(a.text[i:], a.text[i:i+len([]byte(string([]rune(a.text[i:])[0])))])
			a.text = a.text[:i] + after
			continue
		}
		blanks := len(a.text) - len(strings.TrimLeft(a.text, " "))
		a.text = a.text[:blanks] + "-" + a.text[blanks:]
	}
}
