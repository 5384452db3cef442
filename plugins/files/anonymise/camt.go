package anonymise

import (
	"regexp"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// markupPattern finds a tag of XML, its attributes, and the text behind it.
var markupPattern = regexp.MustCompile(`<(/?)(?:[\w.-]+:)?([\w.-]+)([^<>]*?)(/?)>([^<]*)`)

// node is an element that is open.
type node struct {
	name    string
	texts   map[string]string // of the elements in it, by name
	amount  *amount           // its own amount, or that of the entry
	net     *node             // what credits and debits come to
	details []*node
	mark    int // where its CdtDbtInd stands; 0 for none
}

// camtReport is a statement being passed.
type camtReport struct {
	entries  []*node
	balances []*node
	totals   []*node
}

// camt makes a sample of a camt message.
func (s *scribe) camt() {
	var open []*node
	var report *camtReport
	hidden := s.hidden()
	for _, m := range markupPattern.FindAllStringSubmatchIndex(s.source, -1) {
		if hidden(m[0]) {
			continue
		}
		name, from, to := s.source[m[4]:m[5]], m[10], m[11]
		if m[2] < m[3] { // an end
			for len(open) > 0 && open[len(open)-1].name != name {
				open = open[:len(open)-1]
			}
			if len(open) > 0 {
				s.camtEnd(report, open)
				open = open[:len(open)-1]
			}
			continue
		}
		if name == "Stmt" || name == "Rpt" || name == "Ntfctn" {
			s.camtReckon(report)
			report = &camtReport{}
		}
		n := &node{name: name, texts: map[string]string{}}
		if m[8] == m[9] {
			open = append(open, n)
		}
		if value := strings.TrimSpace(s.source[from:to]); value != "" && m[8] == m[9] {
			s.camtValue(open, s.source[m[6]:m[7]], from, to)
		}
	}
	s.camtReckon(report)
}

// dated finds a value that begins with a day.
var dated = regexp.MustCompile(`^\s*\d{4}-\d{2}-\d{2}`)

func (s *scribe) camtValue(open []*node, attributes string, from, to int) {
	n, text := open[len(open)-1], strings.TrimSpace(s.source[from:to])
	for _, parent := range open[max(0, len(open)-4) : len(open)-1] {
		if _, told := parent.texts[n.name]; !told {
			parent.texts[n.name] = text
		}
	}
	switch {
	case n.name == "Amt" || n.name == "Sum" || n.name == "TtlNetNtryAmt" || strings.Contains(attributes, "Ccy="):
		if a := s.amountAt(from, to, statement.Point); a != nil {
			n.amount = a
			s.draw(a)
			return
		}
		s.put(from, to, s.veil.words(s.source[from:to]))
	case dated.MatchString(text):
		at := from + strings.Index(s.source[from:to], text)
		s.dayAt(at, at+10, statement.YearMonthDay)
	case n.name == "CdtDbtInd":
		if len(open) > 1 {
			open[len(open)-2].mark = from
		}
	case camtCode(n.name, open):
	default:
		s.veilMarkup(from, to)
	}
}

// camtCode reports whether an element holds a code of the standard, or a number
// that counts.
func camtCode(name string, open []*node) bool {
	switch name {
	case "Cd", "Sts", "Ccy", "SubFmlyCd", "NbOfNtries", "NbOfTxs", "PgNb", "LastPgInd", "CpyDplctInd", "RvslInd", "Ctry", "CtryOfRes",
		"SrcCcy", "TrgtCcy", "UnitCcy", "XchgRate", "ChrgBr", "SchmeNm", "ElctrncSeqNb", "LglSeqNb":
		return true
	case "Prtry":
		for _, parent := range open {
			if parent.name == "BkTxCd" || parent.name == "CdOrPrtry" || parent.name == "Purp" {
				return true
			}
		}
	}
	return false
}

// camtEnd takes what an element told that ends now.
func (s *scribe) camtEnd(report *camtReport, open []*node) {
	n := open[len(open)-1]
	if len(open) < 2 || report == nil {
		return
	}
	parent := open[len(open)-2]
	switch n.name {
	case "TtlNetNtryAmt":
		parent.net = &node{amount: n.amount, texts: parent.texts, mark: -1}
	case "TtlNetNtry":
		parent.net = n
	case "Amt", "Sum":
		if parent.amount == nil {
			parent.amount = n.amount
		}
	case "TxAmt", "AmtDtls":
		if parent.amount == nil && (n.name == "TxAmt" || parent.name == "TxDtls") {
			parent.amount = n.amount
		}
	case "TxDtls":
		parent.details = append(parent.details, n)
	case "NtryDtls":
		parent.details = append(parent.details, n.details...)
	case "Btch":
	case "Ntry":
		report.entries = append(report.entries, n)
	case "Bal":
		report.balances = append(report.balances, n)
	case "TtlNtries", "TtlCdtNtries", "TtlDbtNtries":
		report.totals = append(report.totals, n)
	}
}

func (n *node) out() bool { return n.texts["CdtDbtInd"] == "DBIT" }

// camtReckon lets entries follow from their details, and balances and totals
// from the entries.
func (s *scribe) camtReckon(report *camtReport) {
	if report == nil {
		return
	}
	var grown, moved, credits, debits int64
	for _, e := range report.entries {
		s.camtSplit(e)
		by := e.amount.changed()
		if e.out() {
			debits += by
			by = -by
		} else {
			credits += by
		}
		if e.booked() && e.amount != nil {
			grown += by
			moved += e.amount.old * map[bool]int64{true: -1, false: 1}[e.out()]
		}
	}
	s.settle(report.moved(moved, grown))
	for _, b := range report.balances {
		if b.amount != nil && b.amount.turned {
			s.camtTurn(b)
		}
	}
	for _, t := range report.totals {
		s.camtTotal(t, credits, debits)
	}
}

// moved says by how much each balance grows: as its figure, held against that of
// the first, shows, else as its kind does.
func (r *camtReport) moved(moved, grown int64) []balance {
	var list []balance
	for _, b := range r.balances {
		if b.amount == nil {
			continue
		}
		b.amount.negative, b.amount.now = b.out(), b.amount.old
		by := grown
		switch b.texts["Cd"] {
		case "OPBD", "PRCD", "OPAV":
			by = 0
		}
		if len(list) > 0 {
			switch b.amount.signed() - list[0].signed() {
			case 0:
				by = list[0].grown
			case moved:
				by = list[0].grown + grown
			case -moved:
				by = list[0].grown - grown
			}
		}
		list = append(list, balance{b.amount, b.out(), by})
	}
	return list
}

func (n *node) booked() bool {
	return n.texts["Sts"] == "BOOK" || n.texts["Sts"] == "" && n.texts["Cd"] == "BOOK"
}

// camtSplit gives an entry whose details add up to it what they add up to now.
func (s *scribe) camtSplit(e *node) {
	if e.amount == nil || len(e.details) < 2 {
		return
	}
	sum, drawn := int64(0), int64(0)
	for _, d := range e.details {
		if d.amount == nil {
			return
		}
		n, now := d.amount.old, d.amount.now
		if _, told := d.texts["CdtDbtInd"]; told && d.out() != e.out() {
			n, now = -n, -now
		}
		sum, drawn = sum+n, drawn+now
	}
	if sum == e.amount.old && drawn > 0 {
		e.amount.now = drawn
	}
}

func (s *scribe) camtTotal(t *node, credits, debits int64) {
	if t.net != nil && t.net.amount != nil {
		t.net.amount.grow(t.net.out(), credits-debits)
		if t.net.amount.turned {
			if t.net.mark < 0 {
				t.net.mark = t.mark
			}
			s.camtTurn(t.net)
		}
	}
	if t.amount == nil {
		return
	}
	switch t.name {
	case "TtlCdtNtries":
		t.amount.grow(false, credits)
	case "TtlDbtNtries":
		t.amount.grow(false, debits)
	default:
		t.amount.grow(false, credits+debits)
	}
}

// camtTurn writes the other way on a balance.
func (s *scribe) camtTurn(b *node) {
	if b.mark == 0 {
		return
	}
	other := map[string]string{"DBIT": "CRDT", "CRDT": "DBIT"}[s.source[b.mark:b.mark+4]]
	s.put(b.mark, b.mark+4, other)
}
