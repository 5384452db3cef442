package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// explain tells what was taken for what, and why. given is what the user
// chose; rows are the first of the table. Nothing is told but headings, and the
// words of columns that hold no one's data.
func (l *layout) explain(given Mapping, rows []Row) []sdk.Finding {
	body := rows[min(l.body, len(rows)):]
	list := l.explainHeadings(given)
	for _, role := range roles() {
		for _, at := range l.columns[role] {
			list = append(list, l.explainColumn(given, role, at))
		}
	}
	if !l.isEnough() {
		return list
	}
	list = append(list, l.explainAccount()...)
	list = append(list, l.explainDates(given, body), l.explainMark(given, body), l.explainSign(given, body))
	if steps := l.steps(body); l.has(Balance) && links(steps) > 0 && l.proven(steps) {
		list = append(list, statement.Choice(statement.SignProof, map[string]string{"rows": strconv.Itoa(len(steps))},
			"signs: proven by the balances of the first %d rows, each of which follows from the one before", len(steps)))
	}
	if said := l.meanings(body, Status, l.sayState); said != "" {
		list = append(list, statement.Choice(statement.StateChoice, map[string]string{"words": said}, "states: %s", said))
	}
	return list
}

func (l *layout) explainHeadings(given Mapping) []sdk.Finding {
	if l.listed != "" {
		return []sdk.Finding{statement.Choice(statement.LayoutChoice, map[string]string{"layout": l.listed},
			"headings: none; the rows fit the layout “%s”", l.listed)}
	}
	if l.NoHeadings || len(l.headings) == 0 {
		return []sdk.Finding{statement.Choice(statement.HeadingsChoice, nil, "headings: none")}
	}
	values := map[string]string{"line": strconv.Itoa(l.row.Line), "above": strconv.Itoa(max(0, l.row.Line-1))}
	text := fmt.Sprintf("headings: line %d", l.row.Line)
	if name := l.language(newNaming(l.library(), l.headings)); name != "" {
		values["language"] = name
		text += ", most of them known in " + name
	}
	if l.row.Line > 1 {
		text += "; passed over before it: " + statement.Things(l.row.Line-1, "line", "lines")
	}
	return []sdk.Finding{statement.Choice(statement.HeadingsChoice, values, "%s", text)}
}

// language names the language that knows most of the headings.
func (l *layout) language(n *naming) string {
	at := slices.Index(n.place, 0)
	if at < 0 || !slices.ContainsFunc(n.known, func(list []words.Heading) bool {
		return slices.ContainsFunc(list, func(h words.Heading) bool { return h.Language == at })
	}) {
		return ""
	}
	return nameOf(l.library().Languages[at])
}

func nameOf(language *words.Language) string {
	if language.Name != "" {
		return language.Name
	}
	return language.Language
}

func (l *layout) explainColumn(given Mapping, role Role, at int) sdk.Finding {
	values := map[string]string{"role": string(role), "column": strconv.Itoa(at + 1)}
	text := fmt.Sprintf("%s: column %d", strings.ReplaceAll(string(role), "_", " "), at+1)
	if at < len(l.headings) && l.headings[at] != "" {
		values["heading"] = l.headings[at]
		text += fmt.Sprintf(" “%s”", l.headings[at])
	}
	why, language := l.whyColumn(given, role, at)
	if language != "" {
		values["language"] = language
	}
	return statement.Choice(statement.ColumnChoice, values, "%s, %s", text, why)
}

// whyColumn says why a column has a role.
func (l *layout) whyColumn(given Mapping, role Role, at int) (why, language string) {
	switch {
	case len(given.Columns) > 0:
		return "chosen", ""
	case l.listed != "":
		return "as the layout says", ""
	case at >= len(l.headings):
		return "by its content", ""
	}
	n := newNaming(l.library(), l.headings)
	best := -1
	for _, h := range n.known[at] {
		if h.Role == string(role) && (best < 0 || n.place[h.Language] < n.place[best]) {
			best = h.Language
		}
	}
	if best < 0 && (role == Counterparty || role == CounterNumber || role == Account) {
		return "by its heading and what it holds", ""
	}
	if best < 0 {
		return "by its content", ""
	}
	language = nameOf(l.library().Languages[best])
	return "a heading in " + language, language
}

func (l *layout) explainAccount() []sdk.Finding {
	switch {
	case l.has(Account):
		return nil
	case l.own != "":
		where := map[string]string{"where": "above"}
		return []sdk.Finding{statement.Choice(statement.AccountChoice, where, "account: named above the table")}
	}
	return []sdk.Finding{statement.Choice(statement.AccountChoice, map[string]string{"where": "none"},
		"account: the file names none, so it is the journal's")}
}

func (l *layout) explainDates(given Mapping, rows []Row) sdk.Finding {
	days := statement.Days{Months: l.monthNames()}
	for i := range rows {
		days.Add(rows[i].at(l.column(Date)).Text)
		days.Add(rows[i].at(l.column(ValueDate)).Text)
	}
	_, decided := days.Order()
	switch {
	case given.DateOrder != statement.AnyOrder:
		return statement.ChoseOrder(l.DateOrder, "chosen")
	case l.listed != "":
		return statement.ChoseOrder(l.DateOrder, "as the layout says")
	case decided:
		return statement.ChoseOrder(l.DateOrder, "the only order in which all of the first dates are days")
	}
	return statement.ChoseOrder(l.DateOrder, "as the language of the headings writes them; no date decides")
}

func (l *layout) explainMark(given Mapping, rows []Row) sdk.Finding {
	switch {
	case given.Mark != statement.NoMark:
		return statement.ChoseMark(l.Mark, "chosen")
	case l.listed != "" && l.Mark != statement.NoMark:
		return statement.ChoseMark(l.Mark, "as the layout or the amounts say")
	}
	return statement.ChoseMark(l.Mark, "by amounts that can be read in one way only")
}

// explainSign tells which way amounts go.
func (l *layout) explainSign(given Mapping, rows []Row) sdk.Finding {
	rule, text := "", ""
	values := map[string]string{}
	switch {
	case l.has(Sign):
		rule, text = "words", fmt.Sprintf("column %d says which way an amount goes", l.column(Sign)+1)
		if said := l.meanings(rows, Sign, l.saySign); said != "" {
			values["words"] = said
			text += ": " + said
		}
		if len(given.DebitWords) == 0 && len(l.DebitWords) > 0 && l.listed == "" {
			text += ", learned from the balances"
		}
	case l.has(Debit) || l.has(Credit):
		rule, text = "columns", "debits and credits stand in columns of their own"
	case l.unsigned(rows):
		rule, text = "none", "no amount of the first rows has one, so they come in"
	default:
		rule, text = "amounts", "each amount has its own"
	}
	if l.has(Fee) {
		text += "; the fee is taken off"
	}
	if l.Invert {
		text += "; turned round, "
		if l.charges {
			text += "since a payment of what the card owes has a minus"
		} else {
			text += "as chosen"
		}
	}
	values["rule"] = rule
	return statement.Choice(statement.SignChoice, values, "signs: %s", text)
}

// mostWords bounds the words of a column that are told.
const mostWords = 8

// meanings lists the words of a column and what they were taken for.
func (l *layout) meanings(rows []Row, role Role, say func(text string) string) string {
	if !l.has(role) {
		return ""
	}
	var list []string
	for _, text := range l.texts(rows, l.column(role)) {
		if said := say(text); said != "" && !slices.Contains(list, said) && len(list) < mostWords {
			list = append(list, said)
		}
	}
	return strings.Join(list, ", ")
}

func (l *layout) saySign(text string) string {
	if len(l.DebitWords) == 0 && l.unknownSign(text) {
		return ""
	}
	if l.isDebit(signWord(text)) {
		return fmt.Sprintf("“%s” is a debit", statement.Clip(text, 40))
	}
	return fmt.Sprintf("“%s” is a credit", statement.Clip(text, 40))
}

func (l *layout) sayState(text string) string {
	switch l.library().State(text) {
	case words.Booked:
		return fmt.Sprintf("“%s” is booked", statement.Clip(text, 40))
	case words.Pending:
		return fmt.Sprintf("“%s” is pending", statement.Clip(text, 40))
	case words.Rejected:
		return fmt.Sprintf("“%s” is left out", statement.Clip(text, 40))
	}
	return ""
}

// proven reports whether all balances agree with the amounts as they are read.
func (l *layout) proven(steps []step) bool {
	return agree(steps, func(s step) int64 {
		if l.has(Fee) {
			return l.turn(s.amount, s.word) - s.fee
		}
		return l.turn(s.amount, s.word)
	})
}
