package table

import (
	"strings"
	"unicode"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// part is one of the tables that stand below each other in a file.
type part struct {
	title   string
	name    string // of the account, once the file is known to hold several
	number  string // of the account, which the title names
	several bool   // other parts are known
	pending bool   // its title says that its rows are not booked
	state   bool   // its title tells a state and names no account
	sent    bool   // a batch of it was given away
	titles  []Row  // lines that may stand above the next table
}

// partOf is the part below a title.
func (t *reading) partOf(text string) part {
	kind := t.library().Title(text)
	return part{title: text, number: t.numberIn(text), pending: kind == words.PendingTitle, state: kind != words.None}
}

// isHeading reports whether a row repeats the headings.
func (t *reading) isHeading(r *Row) bool {
	if t.NoHeadings || len(t.layout.row.Cells) == 0 {
		return false
	}
	for i := range t.layout.row.Cells {
		if r.at(i).Text != t.layout.row.Cells[i].Text {
			return false
		}
	}
	return true
}

// isTitle reports whether a row can stand above another table: text without an
// amount where the date is.
func (t *reading) isTitle(r *Row) bool {
	for _, role := range []Role{Amount, Debit, Credit} {
		if !r.at(t.column(role)).blank() {
			return false
		}
	}
	c := r.at(t.column(Date))
	return !c.blank() && !t.can(Date, c, r.Epoch)
}

// maxTitles bounds the lines that are kept until it is known what they are.
const maxTitles = 40

func (t *reading) keepTitle(r *Row) error {
	if len(t.part.titles) >= maxTitles {
		if err := t.endTitles(); err != nil {
			return err
		}
	}
	t.part.titles = append(t.part.titles, *r)
	return nil
}

// endTitles begins the part below lines without headings, where one of them names
// an account or a state, and refuses the lines that stand above nothing. A text
// outside of a page's tables is no row, and neither are words below the last one.
func (t *reading) endTitles() error {
	titles := t.part.titles
	if t.part.titles = nil; len(titles) == 0 {
		return nil
	}
	next := t.telling(titles)
	tells := !t.ended && (next.number != "" || next.state)
	for i := range titles {
		r := &titles[i]
		if r.Title || t.ended && t.isFooter(r) || tells && title(r) == next.title {
			continue
		}
		if _, err := t.transaction(r); err != nil {
			if err := t.out.Refuse(r.Line, "row: %v", err); err != nil {
				return err
			}
		}
	}
	if tells {
		return t.begin(next, titles[0].Line)
	}
	return nil
}

// isFooter reports whether a line is words alone, in one cell of a wider table: no
// part of a row that was damaged.
func (t *reading) isFooter(r *Row) bool {
	c := r.at(t.column(Date))
	return !r.Cut && r.alone() && len(t.headings) > 2 && isLetter(firstLetter(c.Text))
}

func firstLetter(text string) rune {
	for _, r := range text {
		if !unicode.IsSpace(r) {
			return r
		}
	}
	return 0
}

// telling is the part below lines: that of the one that names an account or a
// state, else of the first.
func (t *reading) telling(titles []Row) (next part) {
	for i := range titles {
		p := t.partOf(title(&titles[i]))
		if i == 0 || next.number == "" && (p.number != "" || p.state && !next.state) {
			next = p
		}
	}
	return next
}

// nextPart begins the table below repeated headings. Without a title between
// them, or with the same, the headings are those of another page.
func (t *reading) nextPart(r *Row) error {
	titles := t.part.titles
	t.part.titles = nil
	if len(titles) == 0 {
		return nil
	}
	return t.begin(t.telling(titles), r.Line)
}

// begin begins a part, if it is another one.
func (t *reading) begin(next part, line int) error {
	if samePage(next.title, t.part.title) && next.number == "" || next.number != "" && next.number == t.partNumber() {
		return nil
	}
	if err := t.release(); err != nil {
		return err
	}
	if next.state || t.part.state {
		next.sent, next.name, next.number, next.several = t.part.sent, t.part.name, t.part.number, t.part.several
		t.part = next
		return nil
	}
	if t.has(Account) {
		t.part.title = next.title
		return nil
	}
	if t.part.sent && (next.number == "" || t.out.Account.Number == "") {
		return &sdk.Error{Kind: sdk.BadRequest, Line: line,
			Message: "the file holds several tables, the next with the title " + next.title + ": save each as a file of its own"}
	}
	if t.part.several = true; t.begun && t.out.Account.Number == "" {
		t.part.name = t.part.title
		t.nameAccount(&t.out.Account)
	}
	if next.several = true; next.number == "" {
		next.name = next.title
	}
	if err := t.close(); err != nil {
		return err
	}
	t.begun, t.part = false, next
	return nil
}

// samePage reports whether two titles differ in figures alone, as those of pages do.
func samePage(a, b string) bool {
	letters := func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}
	return a == b || a != "" && strings.Map(letters, a) == strings.Map(letters, b)
}

// nameAccount gives an account the number that the title of its part names, or the
// title. A national number in a text tells parts apart: alone it may be another
// form of the number that the books have.
func (t *reading) nameAccount(a *sdk.Account) {
	switch p := &t.part; {
	case p.number != "" && (p.several || isIBAN(p.number)):
		a.ID, a.Number = p.number, p.number
	case p.name != "":
		a.ID, a.Name = p.name, p.name
	case t.own != "":
		a.ID, a.Number = t.own, t.own
	}
}

// partNumber is the number of the account that the rows are about; "" for none.
func (t *reading) partNumber() string {
	if t.part.number != "" {
		return t.part.number
	}
	return t.own
}

// numberIn returns the account number that a line names: an IBAN, or the only
// figures of seven digits or more behind a word for an account.
func (l *layout) numberIn(text string) string {
	fields := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ':' || r == ',' || r == '(' || r == ')' })
	found, named := "", false
	for i, field := range fields {
		number := statement.AccountNumber(field)
		switch {
		case isIBAN(number):
			return number
		case isIBAN(statement.AccountNumber(strings.Join(fields[i:], ""))) && len(field) == 4:
			return statement.AccountNumber(strings.Join(fields[i:], ""))
		case len(field) > 6 && strings.Trim(field, "0123456789") == "" && !l.monthNames().IsDay(field):
			if found != "" || !named {
				return ""
			}
			found = field
		case found == "":
			named = named || l.library().IsAccount(field) || l.library().IsProduct(field)
		}
	}
	return found
}
