package anonymise

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// scribe writes a sample: it notes what stands for which part of the text.
type scribe struct {
	source  string
	veil    *veil
	lib     *words.Library
	was     *reading
	shift   int // days
	edits   []edit
	amounts []*amount
	told    []*amount // balances that stand apart from the rows
}

// edit puts a text in the place of a part of the source.
type edit struct {
	from, to int
	text     string
}

func (s *scribe) put(from, to int, text string) {
	if from < to && s.source[from:to] != text {
		s.edits = append(s.edits, edit{from, to, text})
	}
}

// veilAt veils a part of the source.
func (s *scribe) veilAt(from, to int) { s.put(from, to, s.veil.text(s.source[from:to], s.moveDay)) }

// result is the text with all edits. Of two for one place the first counts.
func (s *scribe) result() string {
	for _, a := range s.amounts {
		s.put(a.from, a.to, a.written())
	}
	slices.SortStableFunc(s.edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	at := 0
	for _, e := range s.edits {
		if e.from < at {
			continue
		}
		b.WriteString(s.source[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(s.source[at:])
	return b.String()
}

// moveDay moves a day that stands in a text in the order of the file's, or in
// that which fits; what is no day is veiled.
func (s *scribe) moveDay(text string) string {
	order := s.order()
	if _, err := s.lib.Months(-1).ParseDay(text, order); err != nil {
		order = statement.DayMonthYear
	}
	if out, ok := s.moved(text, order); ok {
		return out
	}
	return s.veil.words(text)
}

// order is the order of dates that the reader found out, or was told.
func (s *scribe) order() statement.DateOrder {
	order, _ := statement.ParseOrder(s.was.readAs["date_order"])
	return order
}

// dayAt moves the date in a part of the source. What is none is veiled; figures
// that no calendar knows stay as wrong as they are.
func (s *scribe) dayAt(from, to int, order statement.DateOrder) {
	if out, ok := s.moved(s.source[from:to], order); ok {
		s.put(from, to, out)
		return
	}
	if strings.ContainsFunc(s.source[from:to], unicode.IsLetter) {
		s.veilAt(from, to)
	}
}

// moved writes a day, moved, in the form that it has: the parts in their order,
// as wide as they are. One with the name of a month moves by whole years.
func (s *scribe) moved(text string, order statement.DateOrder) (string, bool) {
	day, ok := s.dayOf(text, order)
	if !ok {
		return "", false
	}
	runs := digitRuns(text)
	to := day.AddDays(s.shift)
	runs = runs[:min(len(runs), 3)]
	named := len(runs) < 3 && strings.ContainsFunc(leadingDay(text), unicode.IsLetter) ||
		strings.ContainsFunc(leadingDay(text), func(r rune) bool { return unicode.IsLetter(r) && !statement.IsDayWord(r) })
	if named {
		to = day.AddDays(-fourYears * max(1, -s.shift/fourYears))
	}
	if len(runs) > 0 && runs[0].to-runs[0].from >= 6 {
		return compactDay(text, runs[0], day, to)
	}
	need := 3
	if named {
		need = 2
	}
	if len(runs) < need {
		return "", false
	}
	return partsDay(text, runs[:need], day, to, order)
}

// dayOf reads a day in an order or in that which fits. A month that languages
// mean differently does for one: it stays.
func (s *scribe) dayOf(text string, order statement.DateOrder) (sdk.Date, bool) {
	for language := -1; language < len(s.lib.Languages); language++ {
		for _, o := range []statement.DateOrder{order, statement.DayMonthYear} {
			if day, err := s.lib.Months(language).ParseDay(text, o); err == nil {
				return day, true
			}
		}
	}
	return sdk.Date{}, false
}

// leadingDay is the part of a text that a day without its time takes.
func leadingDay(text string) string {
	text, _, _ = strings.Cut(text, "T")
	text, _, _ = strings.Cut(text, ":")
	return text
}

type run struct{ from, to int }

func digitRuns(text string) []run {
	var runs []run
	for i := 0; i < len(text); {
		if text[i] < '0' || text[i] > '9' {
			i++
			continue
		}
		j := i
		for j < len(text) && text[j] >= '0' && text[j] <= '9' {
			j++
		}
		runs = append(runs, run{i, j})
		i = j
	}
	return runs
}

// compactDay writes a day of six or eight digits in a row, or more with a time.
func compactDay(text string, at run, was, is sdk.Date) (string, bool) {
	digits := text[at.from:at.to]
	for _, form := range []string{"ymd", "dmy", "mdy"} {
		for _, wide := range []bool{true, false} {
			old := inForm(was, form, wide)
			if strings.HasPrefix(digits, old) && (wide || len(digits) == 6) {
				return text[:at.from] + inForm(is, form, wide) + digits[len(old):] + text[at.to:], true
			}
		}
	}
	return "", false
}

// inForm writes a day without separators, its year with four digits or two.
func inForm(d sdk.Date, form string, wide bool) string {
	var b strings.Builder
	for _, part := range form {
		switch part {
		case 'y':
			year := pad(d.Year, 4)
			if !wide {
				year = year[2:]
			}
			b.WriteString(year)
		case 'm':
			b.WriteString(pad(int(d.Month), 2))
		case 'd':
			b.WriteString(pad(d.Day, 2))
		}
	}
	return b.String()
}

func pad(n, width int) string {
	text := ""
	for ; n > 0 || text == ""; n /= 10 {
		text = string(rune('0'+n%10)) + text
	}
	for len(text) < width {
		text = "0" + text
	}
	return text
}

// partsDay writes a day whose parts stand apart.
func partsDay(text string, runs []run, was, is sdk.Date, order statement.DateOrder) (string, bool) {
	parts := partOrder(text, runs, was, order)
	if parts == "" {
		return "", false
	}
	var b strings.Builder
	at := 0
	for i, r := range runs {
		b.WriteString(text[at:r.from])
		n := map[byte]int{'y': is.Year, 'm': int(is.Month), 'd': is.Day}[parts[i]]
		width := r.to - r.from
		if parts[i] == 'y' && width <= 2 {
			n %= 100
		}
		if width == 1 && text[r.from] != '0' {
			width = 0 // written without a zero before it
		}
		b.WriteString(pad(n, width))
		at = r.to
	}
	return b.String() + text[at:], true
}

// partOrder says which of a day's parts each run of digits is.
func partOrder(text string, runs []run, day sdk.Date, order statement.DateOrder) string {
	if len(runs) == 2 { // a month by its name
		if runs[0].to-runs[0].from == 4 {
			return "yd"
		}
		return "dy"
	}
	forms := []string{"dmy", "mdy", "ymd"}
	if order != statement.AnyOrder {
		forms = slices.Insert(forms, 0, string(order))
	}
	if runs[0].to-runs[0].from == 4 {
		forms = []string{"ymd"}
	}
	for _, form := range forms {
		fits := true
		for i, r := range runs {
			n := 0
			for _, c := range text[r.from:r.to] {
				n = n*10 + int(c-'0')
			}
			want := map[byte]int{'y': day.Year, 'm': int(day.Month), 'd': day.Day}[form[i]]
			if form[i] == 'y' && r.to-r.from <= 2 {
				want %= 100
			}
			fits = fits && n == want
		}
		if fits {
			return form
		}
	}
	return ""
}
