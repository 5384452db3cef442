package bai2

import (
	"io"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/textline"
)

// maxRecord bounds a record with its continuations, in bytes.
const maxRecord = 256 << 10

// record is a record with its continuations (88), each a piece without the "/"
// that ends it.
type record struct {
	code   string
	line   int // where it begins
	pieces []string
	bytes  int
	cut    int // continuations that are too many to be kept
}

// lines is how many lines the record takes, with its continuations.
func (r *record) lines() int { return len(r.pieces) + r.cut }

// fields are the parts of a record between commas.
type fields []string

// at returns a field, trimmed; "" when there is none.
func (f fields) at(i int) string {
	if i >= len(f) {
		return ""
	}
	return strings.TrimSpace(f[i])
}

// fields returns all parts of a record that has no text.
func (r *record) fields() fields {
	var all fields
	for _, piece := range r.pieces {
		all = append(all, strings.Split(piece, ",")...)
	}
	return all
}

// records reads a file record by record.
type records struct {
	lines *textline.Reader
	rest  string // of a line that holds several records
	// written is whether the record that was read last is a detail whose text
	// has begun, or goes on in one.
	written bool
	ahead   *record
	over    error
}

// next returns the next record, or io.EOF.
func (r *records) next() (*record, error) {
	for r.over == nil {
		code, piece, err := r.piece()
		if err != nil {
			r.over = err
			break
		}
		if code == "88" {
			switch {
			case r.ahead == nil:
			case r.ahead.bytes+len(piece) < maxRecord:
				r.ahead.pieces = append(r.ahead.pieces, piece)
				r.ahead.bytes += len(piece)
			default:
				r.ahead.cut++
			}
			continue
		}
		done := r.ahead
		r.ahead = &record{code: code, line: r.lines.Line(), pieces: []string{piece}, bytes: len(piece)}
		if done != nil {
			return done, nil
		}
	}
	if done := r.ahead; done != nil && r.over == io.EOF {
		r.ahead = nil
		return done, nil
	}
	return nil, r.over
}

// piece returns the next record's code and what follows it. Lines that hold no
// record are passed over.
func (r *records) piece() (code, piece string, err error) {
	for {
		text := r.rest
		if text == "" {
			if text, err = r.lines.Next(); err != nil {
				return "", "", err
			}
		}
		text = strings.TrimSpace(text)
		text, r.rest = cutRecord(text, r.written)
		if isRecord(text) {
			r.written = writes(text, r.written)
			return text[:2], endless(text[3:]), nil
		}
	}
}

// endless takes off the "/" that ends a record.
func endless(text string) string {
	text = strings.TrimRight(text, " \t\x1a")
	return strings.TrimSuffix(text, "/")
}

// isRecord reports whether text begins a record.
func isRecord(text string) bool {
	if len(text) < 3 || text[2] != ',' && text[2] != '/' {
		return false
	}
	switch text[:2] {
	case "01", "02", "03", "16", "49", "88", "98", "99":
		return true
	}
	return false
}

// cutRecord parts a line that holds several records: some programs join them,
// with blanks behind the "/". A "/" does not end the text of a detail, which may
// hold anything: there, what follows must be a record in every field. written is
// whether text went before the line.
func cutRecord(text string, written bool) (first, rest string) {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '/')
		if i < 0 {
			return text, ""
		}
		from += i + 1
		behind := strings.TrimLeft(text[from:], " \t")
		if len(behind) == len(text[from:]) || !isRecord(behind) {
			continue
		}
		if !writes(text[:from-1], written) || isWholeRecord(behind) {
			return text[:from], behind
		}
	}
}

// writes reports whether a record is a detail that has reached its text, or
// continues one. Text never begins with "/", which ends an empty one.
func writes(text string, written bool) bool {
	if strings.HasPrefix(text, "88") {
		return written
	}
	if !strings.HasPrefix(text, "16,") {
		return false
	}
	f := fields(strings.Split(text[3:], ","))
	_, _, rest := availability(f[min(len(f), 2):])
	return len(rest) > 2 && strings.TrimSpace(strings.Join(rest[2:], ",")) != ""
}

// isWholeRecord reports whether text is a record whose fields are what the
// format has in them. A continuation cannot be told from text.
func isWholeRecord(text string) bool {
	record, _, _ := strings.Cut(text, "/")
	f := fields(strings.Split(record, ","))
	switch f.at(0) {
	case "02":
		return len(f) >= 6 && len(f.at(3)) == 1 && isCount(f.at(3)) && len(f.at(4)) == 6 && isCount(f.at(4))
	case "03":
		return len(f) >= 4 && (f.at(2) == "" || statement.Currency(f.at(2)) == f.at(2)) && (f.at(3) == "" || len(f.at(3)) == 3 &&
			isCount(f.at(3)))
	case "16":
		return len(f) >= 4 && len(f.at(1)) == 3 && isCount(f.at(1)) && isTotal(f.at(2)) && strings.Contains("0 1 2 V S D Z", f.at(3)) &&
			f[3] == f.at(3)
	case "49":
		return len(f) == 3 && isTotal(f.at(1)) && isCount(f.at(2)) && record != text
	case "98", "99":
		return len(f) == 4 && isTotal(f.at(1)) && isCount(f.at(2)) && isCount(f.at(3))
	}
	return false
}

// isTotal reports whether s is a whole number, with a sign or without.
func isTotal(s string) bool { return isCount(strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")) }

func isCount(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// availability takes the funds type and what belongs to it off the head of
// fields: a value date (V), three amounts (S), or days and amounts (D).
func availability(f fields) (kind, valueDate string, rest fields) {
	kind = f.at(0)
	used := 1
	switch kind {
	case "V":
		valueDate = f.at(1)
		used = 3
	case "S":
		used = 4
	case "D":
		n, ok := small(f.at(1))
		if !ok {
			n = 0
		}
		used = 2 + 2*n
	}
	return kind, valueDate, f[min(len(f), used):]
}

// small reads a count of at most two digits.
func small(s string) (int, bool) {
	if len(s) == 0 || len(s) > 2 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// text returns what stands behind the first n fields of the pieces: the rest of
// the piece in which the n-th ends, and every piece after it.
func (r *record) text(n int) string {
	var parts []string
	for _, piece := range r.pieces {
		if n > 0 {
			held := strings.Count(piece, ",") + 1
			if held <= n {
				n -= held
				continue
			}
			for ; n > 0; n-- {
				_, piece, _ = strings.Cut(piece, ",")
			}
		}
		parts = append(parts, piece)
	}
	return statement.Words(strings.Join(parts, " "))
}
