package csv

import (
	"bytes"
	"io"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// Options are a mapping and the delimiter; 0 is found out.
type Options struct {
	table.Mapping
	Delimiter byte
}

// ParseOptions reads the options of a reading: those of table.ParseMapping and
// "delimiter" (one character, or "tab").
func ParseOptions(options map[string]string) (Options, error) {
	m, err := table.ParseMapping(options)
	o := Options{Mapping: m}
	if err != nil {
		return o, err
	}
	switch d := options["delimiter"]; {
	case d == "":
	case d == "tab" || d == `\t`:
		o.Delimiter = '\t'
	case len(d) == 1 && isDelimiter(d[0]):
		o.Delimiter = d[0]
	default:
		return o, &sdk.Error{Kind: sdk.BadRequest, Field: "delimiter", Message: "option delimiter: want one of , ; | or tab"}
	}
	return o, nil
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte(delimiters), c) >= 0 }

// Read reads a file of UTF-8 text that begins with head, and emits batches; see
// table.Read for what is refused and asked. Whoever gives no delimiter has
// tried Sniff before.
func Read(r io.Reader, head []byte, o Options, emit func(sdk.StatementBatch) error) error {
	why := "chosen"
	if o.Delimiter == 0 {
		why = "with which most rows have the same number of values"
		if o.Explain && Recognises(head, o.Words) {
			why = "with which most columns are known"
		}
		o.Delimiter, _ = Sniff(head, o.Words)
	}
	if o.Delimiter == 0 {
		o.Delimiter = ','
	}
	name := string(rune(o.Delimiter))
	if o.Delimiter == '\t' {
		name = "tab"
	}
	if o.Explain {
		emit = statement.Ahead(emit, statement.Choice(statement.DelimiterChoice, map[string]string{"delimiter": name},
			"values: parted by %s, %s", shown(name), why))
	}
	return table.Read("csv", newSource(r, o.Delimiter), o.Mapping, map[string]string{"delimiter": name}, emit)
}

// shown is a delimiter as a person reads it.
func shown(name string) string {
	switch name {
	case "tab":
		return "tabs"
	case ";":
		return "semicolons"
	case ",":
		return "commas"
	}
	return "“" + name + "”"
}

// delimiters are tried in this order.
const delimiters = ";\t,|"

// Sniff returns the delimiter that parts head into a table whose columns are
// known, else the one that parts its rows most evenly. It is not ok when head
// is no table: binary, or rows without a second value.
func Sniff(head []byte, lib *words.Library) (delimiter byte, ok bool) {
	if bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' && r != 0x1A }) {
		return 0, false
	}
	best := 0
	for i := range len(delimiters) {
		n := evenness(head, delimiters[i])
		if known := table.Known(headRows(head, delimiters[i]), lib); known > 0 {
			n += known * knownWeight
		}
		if n > best {
			best, delimiter = n, delimiters[i]
		}
	}
	return delimiter, best > 0
}

// knownWeight makes a known column count for more than rows that are even.
const knownWeight = sniffed * 40

// sniffed is how many rows are looked at.
const sniffed = 60

// evenness rates a delimiter: rows with the commonest number of values, times
// that number; 0 when that is one, or few rows have it.
func evenness(head []byte, delimiter byte) int {
	rows := headRows(head, delimiter)
	counts := map[int]int{}
	for _, r := range rows {
		counts[len(r.Cells)]++
	}
	best := 0
	for cells, n := range counts {
		if cells > 1 && n*2 >= len(rows) {
			best = max(best, n*min(cells, 40))
		}
	}
	return best
}

// headRows returns the first whole rows of head that are not blank.
func headRows(head []byte, delimiter byte) []table.Row {
	src := newSource(bytes.NewReader(head), delimiter)
	var rows []table.Row
	for len(rows) < sniffed {
		r, err := src.Next()
		if err != nil {
			break
		}
		if len(r.Cells) > 1 || r.Cells[0].Text != "" {
			rows = append(rows, r)
		}
	}
	if len(rows) > 1 && len(head) > 0 && head[len(head)-1] != '\n' && head[len(head)-1] != '\r' {
		rows = rows[:len(rows)-1] // head may end inside the last
	}
	return rows
}

// Recognises reports whether head is a table whose columns are known without a
// mapping.
func Recognises(head []byte, lib *words.Library) bool {
	delimiter, ok := Sniff(head, lib)
	return ok && table.Known(headRows(head, delimiter), lib) > 0
}
