package mt940

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// maxInformation bounds the text of :86: kept for one entry, in bytes; the
// standard allows 390 characters.
const maxInformation = 16 << 10

// entry is one :61: with what follows it.
type entry struct {
	line        int
	value, date sdk.Date
	exists      bool             // the value date as written does
	amount      statement.Amount // negative when it leaves the account
	reversal    bool
	expected    bool // announced only (MT942)
	code        string
	customerRef string
	bankRef     string
	behind      string // what stands behind the reference on the same line
	extra       string // the supplementary details, on the lines below
	information []string
	fields      []int // where in it each :86: begins
	national    []string
	kept        int // bytes of the two
	raw         []byte
}

var (
	errShort  = errors.New("the line is too short")
	errNoType = errors.New("it ends behind the amount, before its type: it was cut")
)

// reset empties an entry, and keeps its room for the next.
func (e *entry) reset(line int) {
	*e = entry{line: line, information: e.information[:0], fields: e.fields[:0], national: e.national[:0], raw: e.raw[:0]}
}

// parse reads :61:.
//
//	value date (6), entry date (4, optional), mark, funds code (optional),
//	amount, type (4), reference (16) // bank's reference
//	supplementary details
func (e *entry) parse(f *field) error {
	if len(f.lines) > 1 {
		e.extra = statement.Words(statement.Clip(strings.Join(f.lines[1:], " "), statement.MaxText))
	}
	e.remember(f)
	text := f.lines[0]
	if len(text) < 8 {
		return errShort
	}
	var err error
	if e.value, err = statement.ParseShort(text[:6]); err != nil {
		return err
	}
	e.exists = e.value.Day == twoDigits(text[4:6])
	rest := text[6:]
	if len(rest) >= 4 && isDigits(rest[:4]) {
		e.date = bookingDate(e.value, rest[:4])
		rest = rest[4:]
	} else {
		e.date = e.value
	}
	rest, err = e.mark(strings.TrimLeft(rest, " "))
	if err != nil {
		return err
	}
	if rest, err = e.money(rest); err != nil {
		return err
	}
	if rest == "" {
		return errNoType
	}
	e.references(rest)
	return nil
}

// bookingDate completes a month and day with the year that brings it nearest
// to the value date; an impossible day gives the value date.
func bookingDate(value sdk.Date, monthDay string) sdk.Date {
	month, day := time.Month(twoDigits(monthDay)), twoDigits(monthDay[2:])
	best := value
	distance := 1 << 30
	for year := value.Year - 1; year <= value.Year+1; year++ {
		d := sdk.Date{Year: year, Month: month, Day: day}
		if !d.Valid() {
			continue
		}
		away := d.DaysSince(value)
		if away < 0 {
			away = -away
		}
		if away < distance {
			best, distance = d, away
		}
	}
	return best
}

func twoDigits(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// mark reads which way the money goes, and the funds code behind it.
func (e *entry) mark(text string) (rest string, err error) {
	switch {
	case strings.HasPrefix(text, "RC"), strings.HasPrefix(text, "RD"):
		e.reversal = true
		e.amount.Negative = text[1] == 'C'
		rest = text[2:]
	case strings.HasPrefix(text, "EC"), strings.HasPrefix(text, "ED"):
		e.expected = true
		e.amount.Negative = text[1] == 'D'
		rest = text[2:]
	case strings.HasPrefix(text, "C"), strings.HasPrefix(text, "D"):
		e.amount.Negative = text[0] == 'D'
		rest = text[1:]
	default:
		return "", fmt.Errorf("%q is no credit or debit mark", statement.Clip(text, 2))
	}
	if rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' {
		rest = rest[1:] // the third letter of the currency
	}
	return strings.TrimLeft(rest, " "), nil
}

// money reads the amount.
func (e *entry) money(text string) (rest string, err error) {
	end := 0
	for end < len(text) && (isDigit(text[end]) || text[end] == ',' || text[end] == '.') {
		end++
	}
	amount, err := statement.ParseAmount(text[:end])
	if err != nil {
		return "", err
	}
	e.amount.Digits = amount.Digits
	return strings.TrimLeft(text[end:], " "), nil
}

// references reads the type and the two references. A bank without its own may
// write a name behind the sixteen characters of the customer's.
func (e *entry) references(text string) {
	e.code = statement.Clip(text, 4)
	rest := text[len(e.code):]
	e.code = strings.TrimSpace(e.code)
	if customer, bank, ok := strings.Cut(rest, "//"); ok {
		e.customerRef, e.bankRef = strings.TrimSpace(customer), strings.TrimSpace(bank)
		return
	}
	const width = 16
	if len(rest) > width && !looksLikeAccount(strings.TrimSpace(rest)) {
		cut := len(statement.Clip(rest, width))
		e.behind = statement.Words(rest[cut:])
		rest = rest[:cut]
	}
	e.customerRef = strings.TrimSpace(rest)
}

// keep adds lines as far as the bound allows.
func (e *entry) keep(to []string, lines []string) []string {
	for _, line := range lines {
		if e.kept+len(line) > maxInformation {
			break
		}
		e.kept += len(line) + 1
		to = append(to, line)
	}
	return to
}

// remember keeps a field as evidence.
func (e *entry) remember(f *field) {
	for i, line := range f.lines {
		if len(e.raw)+len(line)+8 > statement.MaxRaw {
			return
		}
		if i == 0 {
			e.raw = append(e.raw, ":"+f.tag+":"...)
		}
		e.raw = append(e.raw, line...)
		e.raw = append(e.raw, '\n')
	}
}

// transaction makes what the host gets.
func (e *entry) transaction(account sdk.Account, currency string) sdk.Transaction {
	tx := sdk.Transaction{
		Date: e.date, ValueDate: e.value,
		Amount: e.amount.Digits, Direction: sdk.In,
		Currency: currency,
		Code:     e.code,
		Raw:      bytes.Clone(e.raw),
	}
	if e.amount.Negative {
		tx.Direction = sdk.Out
	}
	var s said
	s.fact("customer_reference", statement.Reference(e.customerRef))
	s.fact("bank_reference", statement.Reference(e.bankRef))
	if e.reversal {
		s.fact("reversal", "true")
	}
	e.said(&s)
	e.supplement(&s)
	tx.EndToEndID = statement.Reference(s.endToEnd)
	tx.Reference = e.text(&s)
	tx.Counterparty, tx.CounterNumber = e.party(&s, account)
	if s.text != "" && e.behind != "" && tx.Counterparty != e.behind {
		s.fact("additional_information", e.behind)
	}
	s.foreign(&tx)
	tx.Details = s.details
	return tx
}

// supplement takes the lines below :61:, which tell more, beside :86: as without
// it: words such as /OCMT/ and /CHGS/, or text.
func (e *entry) supplement(s *said) {
	switch {
	case e.extra == "" || looksLikeAccount(e.extra):
	case hasWords(e.extra):
		text := s.text
		s.text = ""
		s.words(e.extra)
		if text != "" {
			if s.text != s.details["structured_reference"] {
				s.fact("additional_information", s.text)
			}
			s.text = text
		}
	case s.text != "":
		s.fact("additional_information", e.extra)
	}
}

// text returns what the holder reads: what :86: says, else what :61: does.
func (e *entry) text(s *said) string {
	extra := e.extra
	if hasWords(extra) || looksLikeAccount(extra) {
		extra = ""
	}
	for _, text := range [...]string{s.text, extra, e.behind, s.booking, statement.Reference(e.customerRef)} {
		if text != "" {
			return text
		}
	}
	return ""
}

// party returns the other party's name and account number, never the holder's
// (row 37). Where :86: is silent, some banks put them into :61:.
func (e *entry) party(s *said, account sdk.Account) (name, number string) {
	name, number = s.name, statement.AccountNumber(s.number)
	if number == "" && looksLikeAccount(e.extra) {
		number = statement.AccountNumber(e.extra)
	}
	if name == "" && e.behind != "" {
		name = e.behind
		if number == "" && isDigits(strings.TrimPrefix(e.customerRef, "P")) {
			number = statement.AccountNumber(strings.TrimPrefix(e.customerRef, "P"))
		}
	}
	if number == account.Number || strings.HasSuffix(account.Number, "/"+number) {
		number = "" // ":25:" may have the bank before the number
	}
	if account.Owner != "" && strings.EqualFold(name, account.Owner) {
		name = ""
	}
	return name, number
}

// looksLikeAccount reports whether s is an IBAN, or the digits of a number with
// at most one letter before them.
func looksLikeAccount(s string) bool {
	if len(s) < 6 || len(s) > 34 || strings.ContainsAny(s, " /") {
		return false
	}
	if isDigits(s) || (s[0] == 'P' && isDigits(s[1:])) {
		return true
	}
	return len(s) >= 15 && isCurrency(s[:2]) && isDigits(s[2:4])
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
