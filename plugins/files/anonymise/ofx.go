package anonymise

import (
	"regexp"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// tagValue finds a tag of OFX and the value behind it.
var tagValue = regexp.MustCompile(`<(/?[A-Za-z0-9.]+)>((?:[^<\r\n]|<[^A-Za-z/!\r\n])*)`)

// ofxRow is a transaction being passed.
type ofxRow struct {
	amount  *amount
	texts   []string
	another bool // it names another party
}

// ofx makes a sample of an OFX file.
func (s *scribe) ofx() {
	var row *ofxRow
	var rows []*ofxRow
	hidden := s.hidden()
	for _, m := range tagValue.FindAllStringSubmatchIndex(s.source, -1) {
		if hidden(m[0]) {
			continue
		}
		tag, from, to := strings.ToUpper(s.source[m[2]:m[3]]), m[4], m[5]
		value := strings.TrimSpace(s.source[from:to])
		switch tag {
		case "STMTTRN":
			row = &ofxRow{}
			rows = append(rows, row)
		case "/STMTTRN":
			row = nil
		case "PAYEE", "BANKACCTTO", "CCACCTTO":
			if row != nil {
				row.another = true
			}
		}
		if value == "" || strings.HasPrefix(tag, "/") {
			continue
		}
		s.ofxValue(row, tag, from, to)
	}
	s.ofxRows(rows)
	s.turnMinus()
}

func (s *scribe) ofxValue(row *ofxRow, tag string, from, to int) {
	value := s.source[from:to]
	switch {
	case strings.HasPrefix(tag, "DT") || strings.HasSuffix(tag, "DATE"):
		s.dayAt(from, min(to, from+len("20240131")), statement.YearMonthDay)
	case tag == "TRNAMT":
		if a := s.amountAt(from, to, statement.NoMark); a != nil && row != nil {
			row.amount = a
			return
		}
		s.veilAt(from, to)
	case tag == "BALAMT":
		if a := s.amountAt(from, to, statement.NoMark); a != nil {
			s.draw(a)
			s.told = append(s.told, a)
		}
	case ofxCode(tag):
	default:
		if row != nil && (tag == "NAME" || tag == "MEMO") {
			row.texts = append(row.texts, strings.TrimSpace(value))
		}
		s.veilMarkup(from, to)
	}
}

// ofxCode reports whether a tag's value is one of the standard's codes.
func ofxCode(tag string) bool {
	switch tag {
	case "TRNTYPE", "CURDEF", "CURSYM", "CURRATE", "ACCTTYPE", "SEVERITY", "CODE", "LANGUAGE", "BALTYPE", "SUBACCTSEC", "SUBACCTFUND",
		"INCLUDE", "COUNTRY", "VERSION", "CORRECTACTION":
		return true
	}
	return false
}

// hiddenPattern finds text that markup does not look into, and comments.
var hiddenPattern = regexp.MustCompile(`(?s)<!\[CDATA\[(.*?)\]\]>|<!--(.*?)-->`)

// hidden veils such text, and returns what reports whether a place is in it.
func (s *scribe) hidden() func(at int) bool {
	places := hiddenPattern.FindAllStringSubmatchIndex(s.source, -1)
	for _, m := range places {
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				s.put(m[i], m[i+1], s.veil.words(s.source[m[i]:m[i+1]]))
			}
		}
	}
	return func(at int) bool {
		i, _ := slices.BinarySearchFunc(places, at, func(m []int, at int) int { return m[1] - at })
		return i < len(places) && places[i][0] <= at
	}
}

// entityPattern finds what markup writes for a character.
var entityPattern = regexp.MustCompile(`&#?\w+;`)

// veilMarkup veils a value; entities stay.
func (s *scribe) veilMarkup(from, to int) {
	text := s.source[from:to]
	if out := s.veilBetween(text, entityPattern); len(out) == len(text) {
		s.put(from, to, out)
	}
}

// ofxRows draws the amounts; those of rows that tell a balance follow.
func (s *scribe) ofxRows(rows []*ofxRow) {
	var chain []*entry
	for _, r := range rows {
		if r.amount == nil {
			continue
		}
		e := &entry{amount: r.amount, out: r.amount.negative}
		if r.tells(s.lib) != words.None {
			e = &entry{balance: r.amount}
		} else {
			s.draw(r.amount)
		}
		chain = append(chain, e)
	}
	if len(s.told) > 0 && slices.ContainsFunc(chain, func(e *entry) bool { return e.balance != nil }) {
		s.told[0].now = s.told[0].old // it follows from the rows
		chain = append(chain, &entry{balance: s.told[0], kind: words.Closing})
	}
	(&sheet{scribe: s}).follow(chain)
}

func (r *ofxRow) tells(lib *words.Library) words.Kind {
	if r.another || len(r.texts) == 0 {
		return words.None
	}
	kind := words.None
	for _, text := range r.texts {
		if kind = lib.Tells(text); kind == words.None {
			return kind
		}
	}
	return kind
}

// turnMinus writes balances of the other sign with or without their minus.
func (s *scribe) turnMinus() { (&sheet{scribe: s}).turnSigns() }
