package webtable

import (
	"html"
	"strings"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/table"
)

// outside gathers the texts of a page that stand outside its tables. Those right
// above a table are told as rows of their own, since they may name its account.
type outside struct {
	text  []byte
	rows  []table.Row
	muted string // the element whose text is none that people read
}

// most bounds the texts above a table that are told.
const most = 8

// take takes a token that stands in no table.
func (o *outside) take(t *markup.Token, line int) {
	if t.Kind == markup.Text {
		if o.muted == "" && len(o.text) < maxText {
			o.text = append(o.text, t.Text...)
		}
		return
	}
	switch name := strings.ToLower(t.Name); name {
	case "script", "style", "title", "head":
		if t.Kind == markup.Start && o.muted == "" {
			o.muted = name
		} else if t.Kind == markup.End && o.muted == name {
			o.muted = ""
		}
	case "body":
		o.muted = ""
	case "b", "i", "u", "a", "em", "strong", "span", "font", "small":
	default:
		o.end(line)
	}
}

// end ends a text.
func (o *outside) end(line int) {
	text := statement.Words(html.UnescapeString(string(o.text)))
	if o.text = o.text[:0]; text == "" {
		return
	}
	if len(o.rows) == most {
		o.rows = append(o.rows[:0], o.rows[1:]...)
	}
	o.rows = append(o.rows, table.Row{Line: line, Title: true, Cells: []table.Cell{{Text: statement.Clip(text, 200)}}})
}
