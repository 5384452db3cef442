package charset

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// Names of the encodings that are told apart by looking.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252"
	CP850       = "cp850"
)

// lookup finds an encoding by the name that a file or a user gives. Unknown
// names, "us-ascii" and UTF-8 give nil: they need no table.
func lookup(name string) (canonical string, enc encoding.Encoding) {
	key := strings.ToLower(strings.TrimSpace(name))
	key = strings.TrimPrefix(strings.NewReplacer("_", "-", " ", "").Replace(key), "x-")
	switch key {
	case "", "none", "usascii", "us-ascii", "ascii", "utf-8", "utf8", "unicode":
		return "", nil
	case "1252", "cp1252", "ansi", "windows-1252", "latin1", "iso-8859-1", "iso8859-1", "8859-1":
		return Windows1252, charmap.Windows1252
	case "850", "cp850", "ibm850":
		return CP850, charmap.CodePage850
	case "437", "cp437", "ibm437":
		return "cp437", charmap.CodePage437
	case "852", "cp852", "ibm852":
		return "cp852", charmap.CodePage852
	case "1250", "cp1250":
		return "windows-1250", charmap.Windows1250
	case "1251", "cp1251":
		return "windows-1251", charmap.Windows1251
	case "utf-16le":
		return UTF16LE, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be", "utf-16":
		return UTF16BE, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	enc, err := htmlindex.Get(key)
	if err != nil {
		return "", nil
	}
	canonical, err = htmlindex.Name(enc)
	if err != nil || canonical == UTF8 {
		return "", nil
	}
	return canonical, enc
}

// Encode writes text in an encoding that a Reader found in raw, with the byte
// order mark that raw has. A letter that the encoding lacks is an error.
func Encode(text, name string, raw []byte) ([]byte, error) {
	_, enc := lookup(name)
	switch {
	case name == UTF16LE || name == UTF16BE:
		out, err := enc.NewEncoder().Bytes([]byte(text))
		if err == nil && !bytes.HasPrefix(raw, out[:2]) {
			out = out[2:] // the encoder writes a mark
		}
		return out, err
	case enc == nil && bytes.HasPrefix(raw, bom):
		return append(slices.Clone(bom), text...), nil
	case enc == nil:
		return []byte(text), nil
	}
	return enc.NewEncoder().Bytes([]byte(text))
}
