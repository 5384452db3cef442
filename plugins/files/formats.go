package files

import (
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/girosync/girosync/plugins/files/bai2"
	"github.com/girosync/girosync/plugins/files/camt"
	"github.com/girosync/girosync/plugins/files/coda"
	"github.com/girosync/girosync/plugins/files/csv"
	"github.com/girosync/girosync/plugins/files/mt940"
	"github.com/girosync/girosync/plugins/files/ofx"
	"github.com/girosync/girosync/plugins/files/qif"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/webtable"
	"github.com/girosync/girosync/plugins/sdk"
)

// format is one row of the table of readers.
type format struct {
	name string
	// is reports whether a file that begins with head, in UTF-8, has this format.
	is func(head []byte, l *looked) bool
	// declared returns the encoding that head declares, "" when it does not.
	declared func(head []byte) string
	// why says what tells the format.
	why string
	// read reads UTF-8 text.
	read func(r io.Reader, l *looked, emit func(sdk.StatementBatch) error) error
}

// looked is what is known of a file before it is read.
type looked struct {
	name    string // of the file, or of an archive's member
	head    []byte
	options map[string]string // see sdk.ReadRequest
	words   *wordbook
}

// formats returns the table; the first row that fits is taken.
func formats() []format {
	return []format{
		{"CAMT", always(isCAMT), xmlEncoding, "XML with the elements of a bank's report to its customer", plainly(camt.Read)},
		{"OFX", always(isOFX), ofxEncoding, "it has the header or the element of OFX", readOFX},
		{"QIF", always(qif.Is), silent, "it begins with a section of QIF", readQIF},
		{"BAI2", always(bai2.Is), silent, "it begins with a file header (01) of BAI2", plainly(bai2.Read)},
		{"CODA", always(coda.Is), silent, "it begins with a header record of CODA", plainly(coda.Read)},
		{"MT940", always(isMT940), silent, "lines begin with the fields of a SWIFT statement", plainly(mt940.Read)},
		{"HTML", isWebTable, webEncoding, "markup with a table", readWebTable},
		{"CSV", isCSV, silent, "rows with the same number of values", readCSV},
	}
}

// always makes a row's test of one that needs the head only.
func always(is func(head []byte) bool) func([]byte, *looked) bool {
	return func(head []byte, _ *looked) bool { return is(head) }
}

// silent is for formats that declare no encoding.
func silent([]byte) string { return "" }

// plainly makes a row's reader of one without options.
func plainly(read func(io.Reader, func(sdk.StatementBatch) error) error) func(io.Reader, *looked, func(sdk.StatementBatch) error) error {
	return func(r io.Reader, _ *looked, emit func(sdk.StatementBatch) error) error { return read(r, emit) }
}

func formatNames() string {
	names := []string{}
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return strings.Join(append(names, "XLSX"), ", ")
}

// formatOf returns the format of a file.
func formatOf(l *looked) (format, bool) {
	for _, f := range formats() {
		if f.is(l.head, l) {
			return f, true
		}
	}
	return format{}, false
}

func readOFX(r io.Reader, l *looked, emit func(sdk.StatementBatch) error) error {
	lib, err := l.words.open()
	if err != nil {
		return err
	}
	return ofx.Read(r, lib, emit)
}

func readQIF(r io.Reader, l *looked, emit func(sdk.StatementBatch) error) error {
	order, err := statement.ParseOrder(l.options["date_order"])
	if err != nil {
		return &sdk.Error{Kind: sdk.BadRequest, Field: "date_order", Message: err.Error()}
	}
	mark, err := statement.ParseMark(l.options["decimal"])
	if err != nil {
		return &sdk.Error{Kind: sdk.BadRequest, Field: "decimal", Message: err.Error()}
	}
	lib, err := l.words.open()
	if err != nil {
		return err
	}
	return qif.Read(r, qif.Options{DateOrder: order, Mark: mark, Words: lib, Explain: statement.Explains(l.options)}, emit)
}

func readCSV(r io.Reader, l *looked, emit func(sdk.StatementBatch) error) error {
	options, err := csv.ParseOptions(l.options)
	if err != nil {
		return err
	}
	if options.Words, err = l.words.open(); err != nil {
		return err
	}
	return csv.Read(r, l.head, options, emit)
}

// isCSV reports whether a file is a table whose columns are known, were chosen,
// or will be: its name says that it is one.
func isCSV(head []byte, l *looked) bool {
	lib, _ := l.words.open() // its error comes with the reading
	if _, ok := csv.Sniff(head, lib); !ok {
		return false
	}
	if l.options["columns"] != "" || l.options["delimiter"] != "" || csv.Recognises(head, lib) {
		return true
	}
	switch strings.ToLower(path.Ext(l.name)) {
	case ".csv", ".tsv", ".tab":
		return true
	}
	return false
}

// isWebTable reports whether a file is a web page with a table, or a workbook
// in one XML file: one whose columns are known, were chosen, or will be.
func isWebTable(head []byte, l *looked) bool {
	if webtable.IsBook(head) {
		return true
	}
	if !webtable.IsPage(head) {
		return false
	}
	switch strings.ToLower(path.Ext(l.name)) {
	case ".xls", ".htm", ".html":
		return true
	}
	lib, _ := l.words.open() // its error comes with the reading
	return l.options["columns"] != "" || webtable.Recognises(head, lib)
}

func readWebTable(r io.Reader, l *looked, emit func(sdk.StatementBatch) error) error {
	lib, err := l.words.open()
	if err != nil {
		return err
	}
	return webtable.Read(r, l.head, l.options, lib, emit)
}

// webEncoding returns the encoding that a page or its XML declaration names.
func webEncoding(head []byte) string {
	if name := xmlEncoding(head); name != "" {
		return name
	}
	_, after, ok := bytes.Cut(bytes.ToLower(head), []byte("charset="))
	if !ok {
		return ""
	}
	after = bytes.TrimLeft(after, `"' `)
	if end := bytes.IndexAny(after, `"'/> ;`); end >= 0 {
		return string(after[:end])
	}
	return ""
}

// isText reports whether a file can be a table of text.
func isText(head []byte) bool {
	_, ok := csv.Sniff(head, nil)
	return ok
}

func isCAMT(head []byte) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) {
		return false
	}
	for _, mark := range []string{"<BkToCstmr", ":BkToCstmr", "camt.052", "camt.053", "camt.054"} {
		if bytes.Contains(head, []byte(mark)) {
			return true
		}
	}
	return false
}

func isOFX(head []byte) bool {
	upper := bytes.ToUpper(head)
	for _, mark := range []string{"OFXHEADER", "<OFX>", "<?OFX", "<OFC>"} {
		if bytes.Contains(upper, []byte(mark)) {
			return true
		}
	}
	return false
}

// isMT940 reports whether a line begins with one of the fields that a
// statement has, inside a SWIFT block or not.
func isMT940(head []byte) bool {
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		head = rest
		if i := bytes.LastIndex(line, []byte("{4:")); i >= 0 && line[0] == '{' {
			line = line[i+3:]
		}
		for _, tag := range []string{":20:", ":25:", ":28C:", ":28:", ":60F:", ":60M:", ":61:", ":86:", ":940:", ":942:"} {
			if bytes.HasPrefix(line, []byte(tag)) {
				return true
			}
		}
	}
	return false
}

// xmlEncoding returns the encoding of an XML declaration.
func xmlEncoding(head []byte) string {
	declaration, _, ok := bytes.Cut(head, []byte("?>"))
	if !ok || !bytes.HasPrefix(bytes.TrimSpace(declaration), []byte("<?xml")) {
		return ""
	}
	_, after, ok := bytes.Cut(declaration, []byte("encoding"))
	if !ok {
		return ""
	}
	after = bytes.TrimLeft(after, " \t\r\n=")
	if len(after) == 0 {
		return ""
	}
	name, _, _ := bytes.Cut(after[1:], after[:1])
	return string(name)
}

// ofxEncoding returns the encoding of an OFX header: of OFX 2's XML
// declaration, or OFX 1's CHARSET when ENCODING leaves it to that.
func ofxEncoding(head []byte) string {
	if name := xmlEncoding(head); name != "" {
		return name
	}
	header, _, _ := bytes.Cut(head, []byte("<"))
	if name := headerValue(header, "CHARSET:"); name != "" && name != "NONE" {
		return name
	}
	return headerValue(header, "ENCODING:")
}

// headerValue returns what stands behind a key of OFX 1's header, whose lines
// some banks run together.
func headerValue(header []byte, key string) string {
	_, after, ok := bytes.Cut(header, []byte(key))
	if !ok {
		return ""
	}
	value, _, _ := bytes.Cut(after, []byte("COMPRESSION"))
	value, _, _ = bytes.Cut(value, []byte("CHARSET"))
	value, _, _ = bytes.Cut(value, []byte("\n"))
	return strings.TrimSpace(string(value))
}
