package table

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// findProducts makes the products of a table, such as a current and a savings
// account, accounts of their own, where the name of one is known for that.
func (l *layout) findProducts(rows []Row) {
	at := l.column(Product)
	if at < 0 {
		return
	}
	texts := l.texts(rows, at)
	slices.Sort(texts)
	texts = slices.Compact(texts)
	switch {
	case l.has(Account):
	case len(texts) == 1:
		l.product = texts[0]
		return
	case l.areAccounts(texts):
		l.columns[Account] = []int{at}
	}
	delete(l.columns, Product)
}

func (l *layout) areAccounts(products []string) bool {
	if len(products) < 2 || len(products) > 20 {
		return false
	}
	return slices.ContainsFunc(products, l.library().IsProduct)
}

// sameProduct reports whether a row is of the product that all rows before it are.
func (t *reading) sameProduct(r *Row) bool {
	return t.product == "" || !t.has(Product) || t.cell(r, Product) == t.product || t.cell(r, Product) == ""
}

// passedBy notes headings before these that have movements of their own: another
// table's, whose rows must not be passed over.
func (l *layout) passedBy(rows []Row, all []*layout) {
	for _, before := range all {
		if before.body >= l.body || before.row.Line == l.row.Line {
			continue
		}
		for i := before.body; i < l.body-1 && i < len(rows); i++ {
			if before.movement(&rows[i]) {
				l.other = l.row.Line
				return
			}
		}
	}
}

// otherHeadings reports whether a row holds the headings of another table, with
// other columns than this one's.
func (t *reading) otherHeadings(r *Row) bool {
	if c := r.at(t.column(Date)); c.Number || !c.Day.IsZero() || c.Text != "" && c.Text[0] >= '0' && c.Text[0] <= '9' {
		return false
	}
	known := 0
	for _, c := range r.Cells {
		if !c.blank() && knownHeading(t.library(), c.Text) {
			known++
		}
	}
	return known > 2 && read([]Row{*r}, 0, 1, Mapping{Words: t.library()}).isEnough()
}

func tablesDiffer(line int) *sdk.Error {
	return &sdk.Error{Kind: sdk.BadRequest, Line: line,
		Message: "the file holds several tables with different columns; another begins here: save each as a file of its own"}
}

// surveyWidth finds out how many values rows have, and asks about the delimiter
// where it parts amounts from their decimals.
func (l *layout) surveyWidth(rows []Row) *sdk.Error {
	count := map[int]int{}
	usual, parted, all := 0, 0, 0
	for i := range rows {
		if !l.movement(&rows[i]) {
			continue
		}
		n := len(rows[i].Cells)
		if count[n]++; count[n] > count[usual] || count[n] == count[usual] && n > usual {
			usual = n
		}
		if all++; rows[i].length() > len(l.headings) && l.partsAmount(&rows[i]) {
			parted++
		}
	}
	l.wide = max(usual, len(l.headings))
	if len(l.headings) > 0 && parted > 0 && parted == all {
		return ask("delimiter", "its delimiter seems to part amounts from their decimals too: choose another delimiter, or save the file with "+
			"amounts in quotes")
	}
	return nil
}

// partsAmount reports whether two digits stand in a value of their own behind a
// whole amount.
func (l *layout) partsAmount(r *Row) bool {
	for _, role := range []Role{Amount, Debit, Credit} {
		at := l.column(role)
		if at < 0 || r.at(at).blank() {
			continue
		}
		behind := strings.TrimSpace(r.at(at + 1).Text)
		if !strings.ContainsAny(r.at(at).Text, ".,") && len(behind) == 2 && strings.Trim(behind, "0123456789") == "" {
			return true
		}
	}
	return false
}

// knownHeading reports whether a text is a heading in any language.
func knownHeading(lib *words.Library, text string) bool {
	if len(lib.Headings(statement.Fold(text))) > 0 {
		return true
	}
	plain, _ := plainHeading(lib, text)
	return len(lib.Headings(plain)) > 0
}
