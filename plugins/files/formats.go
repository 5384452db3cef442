package files

import (
	"bytes"
	"io"
	"strings"

	"github.com/girosync/girosync/plugins/files/camt"
	"github.com/girosync/girosync/plugins/files/mt940"
	"github.com/girosync/girosync/plugins/files/ofx"
	"github.com/girosync/girosync/plugins/sdk"
)

// format is one row of the table of readers.
type format struct {
	name string
	// is reports whether a file that begins with head, in UTF-8, has this format.
	is func(head []byte) bool
	// declared returns the encoding that head declares, "" when it does not.
	declared func(head []byte) string
	// read reads UTF-8 text.
	read func(r io.Reader, emit func(sdk.StatementBatch) error) error
}

// formats returns the table; the first row that fits is taken.
func formats() []format {
	return []format{
		{"CAMT", isCAMT, xmlEncoding, camt.Read},
		{"OFX", isOFX, ofxEncoding, ofx.Read},
		{"MT940", isMT940, func([]byte) string { return "" }, mt940.Read},
	}
}

func formatNames() string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

// formatOf returns the format of a file that begins with head.
func formatOf(head []byte) (format, bool) {
	for _, f := range formats() {
		if f.is(head) {
			return f, true
		}
	}
	return format{}, false
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
