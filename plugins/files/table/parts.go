package table

import (
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// part is one of the tables that stand below each other in a file.
type part struct {
	title   string
	name    string // of the account, once the file is known to hold several
	pending bool   // its title says that its rows are not booked
	state   bool   // its title tells a state and names no account
	sent    bool   // a batch of it was given away
	titles  []Row  // lines that may stand above the next table
}

// partOf is the part below a title.
func (t *reading) partOf(text string) part {
	kind := t.library().Title(text)
	return part{title: text, pending: kind == words.PendingTitle, state: kind != words.None}
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

// endTitles refuses the lines above which no table stands.
func (t *reading) endTitles() error {
	titles := t.part.titles
	t.part.titles = nil
	for i := range titles {
		if _, err := t.transaction(&titles[i]); err != nil {
			if err := t.out.Refuse(titles[i].Line, "row: %v", err); err != nil {
				return err
			}
		}
	}
	return nil
}

// nextPart begins the table below repeated headings. Without a title between
// them, or with the same, the headings are those of another page.
func (t *reading) nextPart(r *Row) error {
	titles := t.part.titles
	t.part.titles = nil
	if len(titles) == 0 {
		return nil
	}
	next := t.partOf(title(&titles[0]))
	if next.title == t.part.title {
		return nil
	}
	if err := t.release(); err != nil {
		return err
	}
	if next.state || t.part.state {
		next.sent = t.part.sent
		t.part = next
		return nil
	}
	if t.has(Account) {
		t.part.title = next.title
		return nil
	}
	if t.part.sent {
		return &sdk.Error{Kind: sdk.BadRequest, Line: r.Line,
			Message: "the file holds several tables, the next with the title " + next.title + ": save each as a file of its own"}
	}
	if t.begun && t.out.Account.Number == "" {
		t.part.name = t.part.title
		t.out.Account.ID, t.out.Account.Name = t.part.title, t.part.title
	}
	next.name = next.title
	if err := t.close(); err != nil {
		return err
	}
	t.begun, t.part = false, next
	return nil
}
