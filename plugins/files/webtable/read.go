package webtable

import (
	"bytes"
	"errors"
	"io"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// IsBook reports whether head begins a workbook in one XML file.
func IsBook(head []byte) bool {
	return isMarkup(head) && bytes.Contains(head, []byte("urn:schemas-microsoft-com:office:spreadsheet")) &&
		bytes.Contains(head, []byte("Workbook"))
}

// IsPage reports whether head begins a web page, or a part of one, with a table.
func IsPage(head []byte) bool {
	return isMarkup(head) && bytes.Contains(bytes.ToLower(head), []byte("<tr"))
}

func isMarkup(head []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) }

// Recognises reports whether the first rows are those of a table whose columns
// are known without a mapping.
func Recognises(head []byte, lib *words.Library) bool {
	src := newSource(bytes.NewReader(head), IsBook(head), "")
	var rows []table.Row
	for len(rows) < 60 {
		row, err := src.Next()
		if err != nil {
			break
		}
		rows = append(rows, row)
	}
	return table.Recognises(rows, lib)
}

// Read reads a page or a workbook that begins with head, and emits batches;
// see table.Read for what is refused and asked. Of the options it knows
// "sheet", the name of a workbook's sheet: which one is asked when several hold
// rows.
func Read(r io.Reader, head []byte, options map[string]string, lib *words.Library, emit func(sdk.StatementBatch) error) error {
	m, err := table.ParseMapping(options)
	if err != nil {
		return err
	}
	m.Words = lib
	format, isBook := "html", IsBook(head)
	if isBook {
		format = "spreadsheetml"
	}
	return table.Read(format, newSource(r, isBook, options["sheet"]), m, map[string]string{"sheet": options["sheet"]}, emit)
}

// damaged tells a fault of the markup with its line.
func damaged(err error) error {
	var wrong *markup.Error
	if !errors.As(err, &wrong) {
		return err
	}
	return &sdk.Error{Kind: sdk.BadRequest, Line: wrong.Line, Message: "table: " + wrong.What}
}
