package table

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// layout is a mapping that fits one table.
type layout struct {
	Mapping
	columns  map[Role][]int // by number from 0
	headings []string       // nil when there are none
	row      Row            // the last row of headings
	body     int            // rows before the first that may be a transaction
	dayFirst bool           // the headings are of a language that writes days first
	sixYear  bool           // and of one that begins days of six digits with the year
	months   *statement.Months
	currency string       // named by the amount's heading
	own      string       // number of the account that is named above the table
	title    string       // the line above the headings
	lines    []string     // the texts above them
	listed   string       // the name of the layout that was recognised
	places   *[places]int // of columns, once they are known

	tails      map[int]tail // of the columns of amounts, by number
	dayTail    int          // the most digits with which a day ends
	signWords  []string     // of the column of signs
	saysBooked bool         // some rows say in words that they are booked

	debits       debitWay
	marksCredits bool   // amounts without a word beside them are debits
	marksDebits  bool   // rows without a sign are credits, as the user says
	guessed      Role   // of the column that guessOther found
	other        int    // the line of headings of another table, before or behind these; 0 for none
	byEnds       bool   // the accounts at both ends of a row say which way its amount goes
	charges      bool   // positive amounts were bought with a card, as its payment shows
	owed         bool   // balances are what is owed, as the amounts are
	before       bool   // balances are those before their rows, and prove none behind it
	feeAsSigned  bool   // a fee that is taken off has a minus
	wide         int    // values of a row, of a table of text; 0 where more do no harm
	product      string // of all rows, where only one is known
}

func (l *layout) column(role Role) int {
	if l.places != nil {
		return l.places[place(role)]
	}
	if at := l.columns[role]; len(at) > 0 {
		return at[0]
	}
	return -1
}

func (l *layout) has(role Role) bool { return l.column(role) >= 0 }

// fix remembers where the columns are, once they are known.
func (l *layout) fix() {
	var places [places]int
	for i := range places {
		places[i] = -1
	}
	for role, at := range l.columns {
		if len(at) > 0 {
			places[place(role)] = at[0]
		}
	}
	l.places = &places
}

// places is how many roles have a place of their own, and one for the rest.
const places = 32

// place numbers the roles.
func place(role Role) int {
	switch role {
	case Date:
		return 1
	case ValueDate:
		return 2
	case Amount:
		return 3
	case Debit:
		return 4
	case Credit:
		return 5
	case Sign:
		return 6
	case Currency:
		return 7
	case Counterparty:
		return 8
	case CounterNumber:
		return 9
	case Reference:
		return 10
	case ID:
		return 11
	case Account:
		return 12
	case Balance:
		return 13
	case Status:
		return 14
	case Code:
		return 15
	}
	return rarePlace(role)
}

// rarePlace is place for columns that few tables have.
func rarePlace(role Role) int {
	switch role {
	case EndToEnd:
		return 16
	case OriginalAmount:
		return 17
	case OriginalCurrency:
		return 18
	case Rate:
		return 19
	case MandateID:
		return 20
	case CreditorID:
		return 21
	case BIC:
		return 22
	case Category:
		return 23
	case Payer:
		return 24
	case Payee:
		return 25
	case Fee:
		return 26
	case Gross:
		return 27
	case Net:
		return 28
	case PayerNumber:
		return 29
	case PayeeNumber:
		return 30
	case Product:
		return 31
	}
	return 0
}

// isEnough reports whether a date and an amount are known.
func (l *layout) isEnough() bool {
	return l.has(Date) && (l.has(Amount) || l.has(Debit) || l.has(Credit))
}

// Recognises reports whether the rows are those of a table whose columns are
// known without a mapping.
func Recognises(rows []Row, lib *words.Library) bool { return Known(rows, lib) > 0 }

// Known returns how many columns are known without a mapping; 0 when they are
// not enough for a statement.
func Known(rows []Row, lib *words.Library) int {
	l, ok := detect(rows, Mapping{Words: lib})
	if !ok {
		return 0
	}
	return len(l.columns)
}

// searched is how many rows may stand before the headings.
const searched = 40

// detect finds the headings and what they mean.
func detect(rows []Row, m Mapping) (*layout, bool) {
	var best *layout
	var all []*layout
	for i := m.SkipRows; i < len(rows) && i < m.SkipRows+searched; i++ {
		for height := 1; height <= 2; height++ {
			if height == 2 && !isUnder(rows, i+1, m.library()) {
				break
			}
			l := read(rows, i, height, m)
			if !l.isEnough() {
				continue
			}
			if all = append(all, l); best == nil || len(l.columns) > len(best.columns) {
				best = l
			}
		}
		if best != nil && i > m.SkipRows+searched/2 {
			break
		}
	}
	if best != nil {
		best.passedBy(rows, all)
		best.find(rows)
		return best, true
	}
	l := listed(rows, m)
	return l, l != nil
}

// isUnder reports whether row i can be the lower of two rows of headings: all
// that it holds are headings.
func isUnder(rows []Row, i int, lib *words.Library) bool {
	if i >= len(rows) {
		return false
	}
	found := 0
	for _, c := range rows[i].Cells {
		if c.blank() {
			continue
		}
		if !knownHeading(lib, c.Text) {
			return false
		}
		found++
	}
	return found > 0
}

// read takes the rows from i on, one or two, for the headings.
func read(rows []Row, i, height int, m Mapping) *layout {
	l := &layout{Mapping: m, columns: map[Role][]int{}, body: i + height, row: rows[i+height-1]}
	l.headings = headingTexts(rows[i : i+height])
	n := newNaming(m.library(), l.headings)
	for _, all := range []bool{false, true} {
		for _, role := range roles() {
			l.give(role, n, all, rows[i+height:])
		}
	}
	l.nameInstead(n)
	l.sides()
	l.twoAccounts()
	l.net()
	l.dayFirst, l.sixYear = n.dayFirst(l.headings), n.yearFirst()
	if !l.has(Date) && l.has(ValueDate) { // the only day, and no usual table of its language
		l.columns[Date], l.dayFirst = l.columns[ValueDate], false
		delete(l.columns, ValueDate)
	}
	l.months = m.library().Months(n.language())
	for _, role := range []Role{Balance, Credit, Debit, Amount} {
		if at := l.column(role); at >= 0 {
			if _, c := plainHeading(m.library(), l.headings[at]); c != "" {
				l.currency = c
			}
		}
	}
	return l
}

// headingTexts joins one or two rows of headings: the lower one goes before.
func headingTexts(rows []Row) []string {
	var texts []string
	for _, r := range rows {
		for at, c := range r.Cells {
			if at >= len(texts) {
				texts = append(texts, "")
			}
			if text := statement.Clip(c.text(), 80); text != "" {
				texts[at] = text
			}
		}
	}
	return texts
}

// give gives a role to the likeliest column whose content fits; the role of a
// text to all of them, though to one of codes only when no other tells a text.
func (l *layout) give(role Role, n *naming, all bool, below []Row) {
	if l.has(role) && role != Reference {
		return
	}
	for _, c := range n.candidates(role, all) {
		spare := role == Reference && l.has(Reference) && n.means(c.at, Code)
		if spare || n.taken[c.at] || !l.fits(role, n, below, c.at) {
			continue
		}
		n.taken[c.at] = true
		l.columns[role] = append(l.columns[role], c.at)
		if role != Reference {
			return
		}
	}
}

// nameInstead takes a column of the other side's accounts that holds none for its
// name, where nothing else is.
func (l *layout) nameInstead(n *naming) {
	for at := range n.known {
		if !l.has(Counterparty) && !n.taken[at] && n.means(at, CounterNumber) && !n.means(at, Account) {
			n.taken[at] = true
			l.columns[Counterparty] = []int{at}
		}
	}
}

// sides keeps payer and payee only where a table tells both.
func (l *layout) sides() {
	if l.has(Payer) && l.has(Payee) && !l.has(Counterparty) {
		return
	}
	for _, role := range []Role{Payee, Payer} {
		if l.has(role) && !l.has(Counterparty) {
			l.columns[Counterparty] = l.columns[role]
		}
		delete(l.columns, role)
	}
}

// twoAccounts keeps the accounts of both sides only where a table tells both.
func (l *layout) twoAccounts() {
	if l.has(PayerNumber) && l.has(PayeeNumber) {
		return
	}
	if l.has(PayeeNumber) && !l.has(CounterNumber) {
		l.columns[CounterNumber] = l.columns[PayeeNumber]
	}
	delete(l.columns, PayerNumber)
	delete(l.columns, PayeeNumber)
}

// net takes what is left of an amount after its fee for the amount, and what was
// there before for the gross one.
func (l *layout) net() {
	switch {
	case l.has(Net) && l.has(Amount) && l.has(Fee) && !l.has(Gross):
		l.columns[Gross], l.columns[Amount] = l.columns[Amount], l.columns[Net]
	case l.has(Net) && (l.has(Gross) || !l.has(Amount)):
		l.columns[Amount] = l.columns[Net]
	case l.has(Gross) && !l.has(Amount):
		l.columns[Amount] = l.columns[Gross]
		delete(l.columns, Gross)
	}
	delete(l.columns, Net)
}

// fits reports whether what stands below a heading can have its role: most of
// the cells that are not blank.
func (l *layout) fits(role Role, n *naming, rows []Row, at int) bool {
	good, bad := 0, 0
	for i := 0; i < len(rows) && i < 50; i++ {
		c := rows[i].at(at)
		if c.blank() || len(l.headings) > 2 && rows[i].alone() || l.library().Balance(c.Text) != words.None {
			continue // a title, a footer, or the words of a balance
		}
		if l.can(role, c, rows[i].Epoch) {
			good++
		} else {
			bad++
		}
	}
	switch role {
	case Sign:
		return good > 0 && good >= bad
	case CounterNumber:
		return !n.means(at, Account) && (good >= bad || good > 0 && !n.means(at, Counterparty)) && (good > 0 || !n.means(at, Counterparty))
	case Counterparty, Payer, Payee:
		return good >= bad && (good > 0 || !n.means(at, CounterNumber))
	}
	return good >= bad
}

func (l *layout) can(role Role, c Cell, epoch Epoch) bool {
	switch role {
	case Date, ValueDate:
		return !c.Day.IsZero() || l.monthNames().IsDay(c.Text) || !c.serial(epoch).IsZero()
	case Counterparty, Payer, Payee:
		return !isNumber(statement.AccountNumber(c.Text))
	case CounterNumber, PayerNumber, PayeeNumber:
		return isNumber(statement.AccountNumber(c.Text))
	case Amount, Debit, Credit, Balance, OriginalAmount, Fee, Gross, Net:
		likely, other := statement.Point, statement.Comma
		if strings.LastIndexByte(c.Text, ',') > strings.LastIndexByte(c.Text, '.') {
			likely, other = other, likely // a refusal takes longer than an amount
		}
		if _, err := c.money(likely, nil); err == nil {
			return true
		}
		_, err := c.money(other, nil)
		return err == nil
	case Currency, OriginalCurrency:
		return statement.Currency(c.Text) != ""
	case Sign:
		return l.library().Sign(c.Text) != words.None
	}
	return true
}

// chosen makes the layout of a mapping that names columns.
func chosen(rows []Row, m Mapping) (*layout, error) {
	l := &layout{Mapping: m, columns: map[Role][]int{}, body: m.SkipRows}
	var missing error
	if !m.NoHeadings {
		missing = fmt.Errorf("the table has no row with all of these headings")
		for i := m.SkipRows; i < len(rows) && i < m.SkipRows+searched; i++ {
			for height := 1; height <= 2 && i+height <= len(rows) && missing != nil; height++ {
				texts := headingTexts(rows[i : i+height])
				if height == 2 && !isUnder(rows, i+1, m.library()) {
					break
				}
				if columns, ok := match(texts, m.Columns); ok {
					l = read(rows, i, height, m)
					l.columns, missing = columns, nil
				}
			}
			if missing == nil {
				break
			}
		}
	} else if columns, ok := match(nil, m.Columns); ok {
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
		_, l.currency = plainHeading(m.library(), l.headings[at])
	}
	l.above(rows)
	return l, nil
}

// match finds the named columns in a row of headings. A number that is no
// heading counts columns from 1.
func match(headings []string, names map[Role][]string) (map[Role][]int, bool) {
	columns := map[Role][]int{}
	for role, list := range names {
		for _, name := range list {
			at := -1
			for i, text := range headings {
				if text != "" && statement.Fold(text) == statement.Fold(name) {
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
	} else if l.AsWritten {
		put("invert", "no")
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
