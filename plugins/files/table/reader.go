package table

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// Read reads rows as transactions and emits them in batches of that format.
// extra are further options that belong to the reading, such as the delimiter;
// they are told with ReadAs. A row that cannot be read is refused with its line.
// What the mapping leaves open and the first rows do not show is BadRequest
// with the option's name in Field, after a batch that tells the headings.
func Read(format string, src Source, m Mapping, extra map[string]string, emit func(sdk.StatementBatch) error) error {
	h, err := look(src)
	if err != nil {
		return err
	}
	l, question := settle(h.head, m)
	if m.Explain {
		emit = statement.Ahead(emit, l.explain(m, h.head)...)
	}
	if question != nil {
		as := withExtra(l.readAs(), extra)
		if err := emit(sdk.StatementBatch{Format: format, ReadAs: as}); err != nil {
			return err
		}
		question.Message = strings.ToUpper(format) + " file: " + question.Message
		return question
	}
	as := withExtra(l.readAs(), extra)
	l.fix()
	if format != "csv" {
		l.wide = 0 // cells do not move
	}
	t := &reading{format: format, layout: l}
	t.out = statement.NewBuilder(func(b sdk.StatementBatch) error {
		b.ReadAs = as
		t.part.sent = true
		return emit(b)
	})
	t.part, t.single = t.partOf(l.title), true
	for i := range max(0, min(l.body-1, len(h.head))) {
		t.loose.look(l, &h.head[i])
	}
	return t.rows(h)
}

func withExtra(as, extra map[string]string) map[string]string {
	for name, value := range extra {
		if value != "" {
			as[name] = value
		}
	}
	return as
}

// settle completes a mapping with what the first rows show. The layout is
// never nil; with a question it holds what is known.
func settle(rows []Row, m Mapping) (*layout, *sdk.Error) {
	l := &layout{Mapping: m}
	if len(m.Columns) > 0 {
		var err error
		if l, err = chosen(rows, m); err != nil {
			return l, ask("columns", "%v", err)
		}
	} else if found, ok := detect(rows, m); ok {
		l = found
	} else {
		return unknown(rows, m)
	}
	if l.other > 0 {
		return l, tablesDiffer(l.other)
	}
	body := rows[min(l.body, len(rows)):]
	l.guessOther(body)
	return l, l.confirmOther(body, l.settleBody(body))
}

// settleBody finds out what the rows below the headings tell.
func (l *layout) settleBody(body []Row) *sdk.Error {
	if question := l.surveyWidth(body); question != nil {
		return question
	}
	if question := l.survey(body); question != nil {
		return question
	}
	l.surveyEnds(body)
	if question := l.prove(body); question != nil {
		return question
	}
	return l.askStates(body)
}

func ask(option, text string, args ...any) *sdk.Error {
	return &sdk.Error{Kind: sdk.BadRequest, Field: option, Message: fmt.Sprintf(text, args...)}
}

// shown lists headings in a sentence.
func shown(headings []string) string {
	return statement.Clip(strings.Join(headings, " | "), 300)
}

// survey finds out the order of dates and the decimal mark.
func (l *layout) survey(rows []Row) *sdk.Error {
	days := statement.Days{Months: l.monthNames()}
	var marks statement.Marks
	for i := range rows {
		for _, role := range []Role{Date, ValueDate} {
			if c := rows[i].at(l.column(role)); c.Day.IsZero() && c.serial(rows[i].Epoch).IsZero() {
				days.Add(c.Text)
			}
		}
		for _, role := range []Role{Amount, Debit, Credit, Balance} {
			if c := rows[i].at(l.column(role)); !c.Number {
				marks.Add(c.Text)
			}
		}
	}
	if l.DateOrder == statement.AnyOrder {
		order, ok := days.Order()
		if l.sixYear && days.MayBeYearFirst() {
			order, ok = statement.YearMonthDay, true
		}
		six := l.sixDigits(rows)
		if len(six) > 0 {
			order, ok = statement.OrderOfSix(six, l.sixYear)
		}
		switch {
		case len(six) > 0 && !ok:
			return askOrder(six[0])
		case ok && order == statement.AnyOrder && l.dayFirst && days.Depends():
			l.DateOrder = statement.DayMonthYear // these are the same either way, and later ones may not be
		case ok:
			l.DateOrder = order
		case l.dayFirst:
			l.DateOrder = statement.DayMonthYear
		case days.MayBeYearFirst():
			return askOrder(days.Doubtful)
		default:
			return ask("date_order", "the date %s can be read as day/month or as month/day, and no other date decides: choose the order "+
				"of dates (dmy or mdy)", days.Doubtful)
		}
	}
	if l.Mark == statement.NoMark {
		mark, ok := marks.Mark()
		if !ok {
			return ask("decimal", "the amount %s can be read with decimals or with thousands, and no other amount decides: "+
				"choose the decimal separator", marks.Doubtful)
		}
		l.Mark = mark
	}
	return nil
}

func askOrder(date string) *sdk.Error {
	return ask("date_order", "the date %s can be read with the year, the day or the month first, and no other date decides: choose "+
		"the order of dates (ymd, dmy or mdy)", date)
}

// sixDigits lists the days that are written as six digits.
func (l *layout) sixDigits(rows []Row) (list []string) {
	for i := range rows {
		c := rows[i].at(l.column(Date))
		if c.Day.IsZero() && c.serial(rows[i].Epoch).IsZero() && statement.IsSixDigits(c.Text) && l.movement(&rows[i]) {
			list = append(list, strings.TrimSpace(c.Text))
		}
	}
	return list
}

// reading is a table being read.
type reading struct {
	format string
	*layout
	out     *statement.Builder
	begun   bool
	account sdk.Account // of the statement that is open
	balance trail
	said    *sdk.Balance // a closing balance that a row told
	held    heldRow      // the last row, whose text may go on in the next
	lost    bool         // the row before was left out, and so is the text below it
	line    int
	part    part
	sums    sums
	loose   loose
	whole   bool // not cut by a limit of rows
	ended   bool // the last row was read
	single  bool // no statement was closed yet
	passed  passed
	days    [2]knownDay  // the last date and value date
	named   knownAccount // the last account
}

// heldRow is a transaction that is not booked yet.
type heldRow struct {
	set     bool
	tx      sdk.Transaction
	id      string
	pending bool
}

func (t *reading) rows(src Source) error {
	t.whole = true
	for n, read := 0, 0; !t.ended; n++ {
		if t.Limit > 0 && read >= t.Limit {
			t.whole = false
			break
		}
		row, err := src.Next()
		if t.ended = err == io.EOF; t.ended {
			break
		}
		if err != nil {
			return err
		}
		t.line = row.Line
		if n < t.body || row.blank() {
			continue
		}
		read++
		if err := t.row(&row); err != nil {
			return err
		}
	}
	if err := t.close(); err != nil {
		return err
	}
	return t.out.Finish(t.format, t.line)
}

// close gives the statement its closing balance.
func (t *reading) close() error {
	if err := t.release(); err != nil {
		return err
	}
	if err := t.endTitles(); err != nil {
		return err
	}
	if err := t.findings(); err != nil {
		return err
	}
	t.balance, t.sums, t.said, t.passed, t.single = trail{}, sums{}, nil, passed{}, !t.begun
	return nil
}

// release books the row that was held.
func (t *reading) release() error {
	if !t.held.set {
		return nil
	}
	h := t.held
	t.held = heldRow{}
	if h.pending {
		return t.out.Pend(h.tx, h.id)
	}
	return t.out.Book(h.tx, h.id)
}

// row books a row. One with neither date nor amount goes on with the text of
// the row before it, or is a remark.
func (t *reading) row(r *Row) error {
	if done, err := t.aside(r); done || err != nil {
		return err
	}
	if t.otherHeadings(r) {
		return tablesDiffer(r.Line)
	}
	state := t.stateOf(t.cell(r, Status))
	t.lost = true // until the row is booked, a text below it is no other row's
	switch state {
	case words.Rejected:
		t.passed.rejected++
		return nil
	case words.None:
		t.balance.miss()
		return t.out.Refuse(r.Line, "row: its status %q does not tell whether it is booked", t.cell(r, Status))
	}
	if err := t.open(r); err != nil {
		return err
	}
	if r.Cut && len(r.Cells) < len(t.headings) || t.cutAmount(r) || t.cutDay(r) || t.cutSign(r) {
		t.balance.miss()
		return t.out.Refuse(r.Line, "row: the file ends inside it")
	}
	if t.wide > 0 && len(r.Cells) > t.wide && r.length() > t.wide {
		t.balance.miss()
		return t.out.Refuse(r.Line, "row: it has %d values, and those above it %d at most: the delimiter may be part of a text", r.length(), t.wide)
	}
	if !t.sameProduct(r) {
		t.balance.miss()
		return t.out.Refuse(r.Line, "row: it is of the product %q, and those before it of %q", t.cell(r, Product), t.product)
	}
	tx, err := t.transaction(r)
	if err != nil {
		t.balance.miss()
		return t.out.Refuse(r.Line, "row: %v", err)
	}
	if err := t.release(); err != nil {
		return err
	}
	t.lost = false
	t.held = heldRow{set: true, tx: tx, id: t.cell(r, ID), pending: state == words.Pending || t.part.pending}
	if !t.held.pending {
		size := statement.Size(tx.Amount)
		t.sums.add(&tx, size)
		told := r.at(t.column(Balance))
		if t.before {
			told = Cell{}
		}
		t.balance.add(&tx, size, told, t.layout, r.Line)
	}
	return nil
}

// aside takes a row that is no transaction, and reports whether it is none.
func (t *reading) aside(r *Row) (bool, error) {
	if t.isHeading(r) {
		return true, t.nextPart(r)
	}
	if r.Title {
		return true, t.keepTitle(r)
	}
	if kind := t.tellsBalance(r); kind != words.None {
		return true, t.takeBalance(r, kind)
	}
	if t.isSum(r) {
		return true, t.takeBalance(r, words.Turnover)
	}
	if t.remark(r) {
		if r.alone() && t.library().Title(title(r)) != words.None {
			return true, t.keepTitle(r)
		}
		t.goOn(r)
		return true, nil
	}
	if t.isTitle(r) {
		return true, t.keepTitle(r)
	}
	return false, t.endTitles()
}

func (t *reading) remark(r *Row) bool {
	if !r.at(t.column(Date)).blank() {
		return false
	}
	for _, role := range []Role{Amount, Debit, Credit} {
		if c := r.at(t.column(role)); !c.blank() && statement.Currency(c.Text) == "" { // the unit of what stands below
			return false
		}
	}
	return true
}

// goOn adds a row that holds text alone to the text of the row before it.
func (t *reading) goOn(r *Row) {
	if !t.held.set || t.lost || !t.has(Reference) {
		return
	}
	for at, c := range r.Cells {
		if !c.blank() && !slices.Contains(t.columns[Reference], at) {
			return
		}
	}
	if text := t.reference(r); text != "" {
		t.held.tx.Reference = statement.Clip(t.held.tx.Reference+" "+text, statement.MaxText)
		t.held.tx.Raw = append(t.held.tx.Raw, t.raw(r)...)
	}
}

// open begins another statement when the row is about another account.
func (t *reading) open(r *Row) error {
	a := t.accountOf(r)
	if t.begun && a.ID == t.account.ID && a.Currency == t.account.Currency {
		return nil
	}
	if t.begun {
		if err := t.close(); err != nil {
			return err
		}
	}
	if err := t.out.Begin(t.format); err != nil {
		return err
	}
	t.begun, t.account = true, a
	t.out.Account = a
	return nil
}

// accountOf returns the account that a row says it is about. A name is told as
// a name: a host must ask which account that is.
func (t *reading) accountOf(r *Row) sdk.Account {
	a := sdk.Account{Currency: t.currencyAt(r)}
	said := t.cell(r, Account)
	if said == "" {
		t.nameAccount(&a)
		return a
	}
	if t.named.text != said {
		t.named = knownAccount{text: said, number: statement.AccountNumber(said)}
		if !isNumber(t.named.number) {
			t.named.number = ""
		}
	}
	if number := t.named.number; number != "" {
		a.ID, a.Number = number, number
		return a
	}
	a.ID, a.Name = said, said
	return a
}

// knownAccount is a text of the column of accounts, and the number in it.
type knownAccount struct{ text, number string }

// isNumber reports whether an account is told by a number: four digits or
// more, and no more letters than an IBAN's.
func isNumber(s string) bool {
	digits, letters := 0, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'A' && c <= 'Z':
			letters++
		case c != '-' && c != '.' && c != '/':
			return false
		}
	}
	return digits >= 4 && letters <= digits
}

func (t *reading) currencyAt(r *Row) string {
	if c := statement.Currency(t.cell(r, Currency)); c != "" {
		return c
	}
	return t.currency
}

func (t *reading) cell(r *Row, role Role) string { return r.at(t.column(role)).text() }
