package mt940

import (
	"fmt"
	"io"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// Read reads a file of UTF-8 text and emits its statements in batches. An
// entry or balance that cannot be read is refused with its line, and so is a
// closing balance that the entries do not come to, or that is missing. A file
// that was surely cut is BadRequest.
func Read(r io.Reader, emit func(sdk.StatementBatch) error) error {
	m := &reader{in: newFields(r), out: statement.NewBuilder(emit)}
	for {
		f, err := m.in.next()
		if err == io.EOF {
			return m.finish()
		}
		if err != nil {
			return err
		}
		if err := m.take(f); err != nil {
			return err
		}
	}
}

// reader follows one message after another.
type reader struct {
	in       *fields
	out      *statement.Builder
	open     bool   // inside a message
	interim  bool   // an MT942
	currency string // of the message
	paged    string // account and number of a statement whose next page may follow
	entry    *entry // the last :61:, still waiting for its :86:
	closed   bool   // the closing balance was seen
	closes   bool   // a statement before had one
	last     string // tag of the last field
	room     entry  // of every entry, in turn
	proof    proof
}

// proof holds a message's entries against its balances.
type proof struct {
	opened  bool // the opening balance is in sum
	opening sdk.Balance
	told    bool // something of the account: an opening balance, an entry, a report
	lost    bool // what cannot be read is missing in sum
	settled bool // a closing balance was read
	sum     statement.Sum
	entries int // in sum
	totals  totals
}

func (m *reader) take(f *field) error {
	if f.apart && !isBody(f.tag) {
		if err := m.endMessage(); err != nil {
			return err
		}
	}
	switch f.tag {
	case endOfMessage, "940", "942":
		if err := m.endMessage(); err != nil {
			return err
		}
		m.interim = f.tag == "942"
		return nil
	case "20":
		if err := m.endMessage(); err != nil {
			return err
		}
		return m.begin()
	}
	m.last = f.tag
	if !m.open {
		if err := m.begin(); err != nil {
			return err
		}
	}
	switch f.tag {
	case "25", "25P":
		m.account(f.first())
	case "28", "28C":
		m.number(f.first())
	case "13", "13D", "34F", "90C", "90D":
		return m.report(f)
	case "60F", "60M":
		return m.opening(f)
	case "61":
		return m.next(f)
	case "86":
		m.information(f)
	case "NS":
		m.national(f)
	case "62F", "62M":
		return m.closing(f)
	case "64":
		return m.available(f)
	}
	return nil
}

// isBody reports whether a field stands among a statement's entries or closes
// it, so that it belongs to the statement that a "-" before it did not end.
func isBody(tag string) bool {
	switch tag {
	case "61", "86", "NS", "62F", "62M", "64", "65":
		return true
	}
	return false
}

func (m *reader) begin() error {
	m.open, m.closed, m.currency = true, false, ""
	m.proof = proof{}
	return m.out.Begin(m.format())
}

func (m *reader) format() string {
	if m.interim {
		return "mt942"
	}
	return "mt940"
}

func (m *reader) endMessage() error {
	if !m.open {
		return nil
	}
	m.open = false
	if err := m.book(); err != nil {
		return err
	}
	m.settleAccount()
	if err := m.agreed(); err != nil {
		return err
	}
	if m.proof.opened && !m.proof.settled && !m.proof.lost && !m.interim {
		if err := m.out.Refuse(m.in.line, "statement: it has an opening balance and no closing one: something is missing, or it was cut"); err != nil {
			return err
		}
	}
	return m.out.End()
}

// wasCut reports whether the file surely ends inside a statement. Some banks
// write no closing balance, which alone is refused.
func (m *reader) wasCut() bool {
	p := &m.proof
	switch {
	case !m.open || p.settled || m.in.dash:
		return false
	case !p.told:
		return m.out.Account.Number != ""
	case m.in.block, m.in.partial && m.last != "86" && m.last != "64" && m.last != "65":
		return true
	}
	return p.opened && m.closes && !m.interim
}

func (m *reader) finish() error {
	if m.wasCut() {
		return &sdk.Error{Kind: sdk.BadRequest, Line: m.in.line,
			Message: "MT940 file: it ends inside a statement, before its closing balance (:62F:), so something is missing"}
	}
	if err := m.endMessage(); err != nil {
		return err
	}
	return m.out.Finish(m.format(), m.in.line)
}

// account takes :25:, which may carry the currency behind the number.
func (m *reader) account(id string) {
	m.out.Account.Number = statement.AccountNumber(strings.TrimLeft(id, "/"))
	m.out.Account.ID = m.out.Account.Number
}

// settleAccount takes the currency off an account number once it is known:
// "NL68INGB0000012345EUR" is the account NL68INGB0000012345.
func (m *reader) settleAccount() {
	a := &m.out.Account
	if m.currency != "" && len(a.Number) > 3 && strings.HasSuffix(a.Number, m.currency) {
		a.Number = strings.TrimSuffix(a.Number, m.currency)
		a.ID = a.Number
	}
	if a.Currency == "" {
		a.Currency = m.currency
	}
}

// number takes :28C:, whose second part counts the pages of one statement.
func (m *reader) number(text string) {
	m.out.Number, _, _ = strings.Cut(text, "/")
}

// report takes the fields that only an MT942 has.
func (m *reader) report(f *field) error {
	m.interim, m.proof.told = true, true
	m.out.Format = m.format()
	if text := f.first(); f.tag == "34F" && len(text) >= 3 && isCurrency(text[:3]) {
		m.currency = text[:3]
		m.settleAccount()
	}
	if f.tag[:2] == "90" {
		m.closed = true
		if err := m.book(); err != nil {
			return err
		}
		return m.total(f)
	}
	return nil
}

func (m *reader) opening(f *field) error {
	b, err := parseBalance(f.first())
	if err != nil {
		return m.out.Refuse(f.line, "opening balance: %v", err)
	}
	m.currency = b.Currency
	m.interim = false // only an MT940 has balances
	m.out.Format = m.format()
	m.settleAccount()
	if m.proof.told = true; !m.proof.opened {
		m.proof.opened, m.proof.opening = true, b
		m.proof.sum.AddText(b.Amount)
	}
	b.Kind = sdk.Opening
	if f.tag == "60M" {
		if m.paged == m.page() {
			return nil // the page before said it
		}
		b.Kind = sdk.Interim
	}
	m.out.Opening = &b
	return nil
}

// page names the statement that this message is a page of.
func (m *reader) page() string { return m.out.Account.Number + " " + m.out.Number }

func (m *reader) closing(f *field) error {
	if err := m.book(); err != nil {
		return err
	}
	m.closed = true
	b, err := parseBalance(f.first())
	if err != nil {
		m.proof.lost = true
		return m.out.Refuse(f.line, "closing balance: %v", err)
	}
	m.proof.settled, m.closes = true, true
	if m.currency == "" {
		m.currency = b.Currency
	}
	m.settleAccount()
	if b.Currency == "" {
		b.Currency = m.currency
	}
	b.Kind, m.paged = sdk.Closing, ""
	if f.tag == "62M" {
		b.Kind, m.paged = sdk.Interim, m.page()
	}
	m.out.Closing = &b
	if !m.proof.opened {
		return nil
	}
	m.out.Follow(&m.proof.opening, &b)
	if m.proof.lost {
		return nil
	}
	if !m.proof.sum.Is(b.Amount) {
		return m.out.Refuse(f.line, "statement: its closing balance is %s, but the opening one and the entries come to %s: something is "+
			"missing or was changed", b.Amount, &m.proof.sum)
	}
	return m.out.Find(statement.ClosingAgrees(m.proof.entries))
}

func (m *reader) available(f *field) error {
	b, err := parseBalance(f.first())
	if err != nil {
		return m.out.Refuse(f.line, "available balance: %v", err)
	}
	b.Kind = sdk.Available
	m.out.Account.Balances = []sdk.Balance{b}
	return nil
}

// next takes :61: after booking the entry before it.
func (m *reader) next(f *field) error {
	if err := m.book(); err != nil {
		return err
	}
	m.settleAccount()
	m.proof.told = true
	m.room.reset(f.line)
	if err := m.room.parse(f); err != nil {
		m.proof.lost = true
		return m.out.Refuse(f.line, "entry: %v", err)
	}
	if m.astray(&m.room) {
		m.proof.lost = true
		return m.out.Refuse(f.line, "entry: date %q: no such day, and far from the statement's", f.lines[0][:6])
	}
	m.entry = &m.room
	return nil
}

// farAway is more days than lie between a statement's opening and its entries.
const farAway = 180

// astray reports whether a value date that no calendar has is far from the
// statement's days: then it is no February of thirty days, but a wrong year.
func (m *reader) astray(e *entry) bool {
	if e.exists || !m.proof.opened || m.proof.opening.Date.IsZero() {
		return false
	}
	away := e.date.DaysSince(m.proof.opening.Date)
	return away > farAway || away < -farAway
}

// information takes :86:, which belongs to the entry before it, if any.
func (m *reader) information(f *field) {
	if m.entry == nil || m.closed {
		return
	}
	m.entry.remember(f)
	m.entry.fields = append(m.entry.fields, len(m.entry.information))
	m.entry.information = m.entry.keep(m.entry.information, f.lines)
}

// national takes :NS:, which tells of the account before the entries and of
// the entry behind one.
func (m *reader) national(f *field) {
	if m.entry != nil && !m.closed {
		m.entry.remember(f)
		m.entry.national = m.entry.keep(m.entry.national, f.lines)
		return
	}
	for _, line := range f.lines {
		if owner, ok := strings.CutPrefix(line, "22"); ok {
			m.out.Account.Owner = statement.Words(owner)
			return
		}
	}
}

// book hands over the entry that is complete, if there is one.
func (m *reader) book() error {
	e := m.entry
	if e == nil {
		return nil
	}
	m.entry = nil
	tx := e.transaction(m.out.Account, m.currency)
	m.proof.totals.add(e)
	if e.expected {
		return m.out.Pend(tx, e.bankRef)
	}
	m.proof.sum.Add(e.amount)
	m.proof.entries++
	return m.out.Book(tx, e.bankRef)
}

// parseBalance reads a balance: mark, date, currency, amount. Some banks leave
// out the currency.
func parseBalance(text string) (sdk.Balance, error) {
	if len(text) < 8 || (text[0] != 'C' && text[0] != 'D') {
		return sdk.Balance{}, fmt.Errorf("%q is no balance", statement.Clip(text, 40))
	}
	date, err := statement.ParseShort(text[1:7])
	if err != nil {
		return sdk.Balance{}, err
	}
	rest, currency := text[7:], ""
	if len(rest) > 3 && isCurrency(rest[:3]) {
		currency, rest = rest[:3], rest[3:]
	}
	amount, err := statement.ParseAmount(rest)
	if err != nil {
		return sdk.Balance{}, err
	}
	amount.Negative = amount.Negative != (text[0] == 'D')
	return sdk.Balance{Amount: amount.String(), Currency: currency, Date: date}, nil
}

func isCurrency(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
