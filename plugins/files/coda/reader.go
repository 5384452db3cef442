package coda

import (
	"io"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/textline"
	"github.com/girosync/girosync/plugins/sdk"
)

const format = "coda"

// Is reports whether a file that begins with head is CODA: its first line is a
// header record.
func Is(head []byte) bool {
	line, _, _ := strings.Cut(strings.TrimLeft(string(head[:min(len(head), 4*width)]), "\r\n"), "\n")
	line = strings.TrimRight(line, "\r")
	return strings.HasPrefix(line, "00000") && utf8.RuneCountInString(line) == width &&
		strings.Trim(line[5:11], "0123456789") == "" && (line[len(line)-1] == '1' || line[len(line)-1] == '2')
}

// Read reads a file of UTF-8 text and emits its statements in batches. A
// movement that cannot be read is refused with its line. A file without trailer
// is BadRequest.
func Read(r io.Reader, emit func(sdk.StatementBatch) error) error {
	d := &document{lines: textline.New(r, "CODA"), out: statement.NewBuilder(emit)}
	for {
		text, err := d.lines.Next()
		if err == io.EOF {
			return d.finish()
		}
		if err != nil {
			return err
		}
		if strings.Trim(text, " \x1a") == "" {
			continue
		}
		if err := d.take(newRecord(text, d.lines.Line())); err != nil {
			return err
		}
	}
}

// document is a file being read.
type document struct {
	lines  *textline.Reader
	out    *statement.Builder
	move   *movement // being gathered
	debit  *big.Rat  // sums of the movements of one file
	credit *big.Rat
	ended  bool // the last record was a trailer
	begun  bool // the old balance is in sum
	sum    statement.Sum
	moves  int  // in sum
	lost   bool // a movement's amount could not be read

	duplicate bool // the header says so; told with the first statement below it
}

func (d *document) take(r record) error {
	d.ended = false
	switch r.kind() {
	case "0":
		d.debit, d.credit = new(big.Rat), new(big.Rat)
		d.duplicate = r.at(17, 17) == "D"
		return d.book()
	case "1":
		return d.opening(r)
	case "21":
		return d.movement(r)
	case "22", "23", "31", "32", "33":
		if d.move != nil {
			d.move.more(r)
		}
	case "8":
		return d.closing(r)
	case "9":
		d.ended = true
		return d.trailer(r)
	}
	return nil
}

// opening takes 1: account, old balance, holder, number of the statement.
func (d *document) opening(r record) error {
	if err := d.book(); err != nil {
		return err
	}
	if err := d.out.Begin(format); err != nil {
		return err
	}
	if d.duplicate {
		d.duplicate = false
		if err := d.out.Find(statement.Doubt(statement.DuplicateFile, nil,
			"the bank marks the file as a duplicate of one that it sent before")); err != nil {
			return err
		}
	}
	number, currency := ownAccount(&r)
	d.begun, d.sum, d.moves, d.lost = false, statement.Sum{}, 0, false
	d.out.Account = sdk.Account{ID: number, Number: number, Currency: currency, Owner: r.words(65, 90), Name: r.words(91, 125)}
	d.out.Number = strings.TrimSpace(r.at(3, 5))
	balance, err := balanceOf(&r, 43, currency)
	if err != nil {
		return d.out.Refuse(r.line, "old balance: %v", err)
	}
	balance.Kind = sdk.Opening
	d.out.Opening, d.begun = balance, true
	d.sum.AddText(balance.Amount)
	if number == "" {
		return d.out.Refuse(r.line, "account: no number is known in %q", statement.Clip(r.words(2, 42), 60))
	}
	return nil
}

// ownAccount reads the account of record 1 in the structure that its second
// character names. Some banks leave that out, or write an IBAN whatever it says:
// an IBAN is known by its form, and so are the twelve digits of a Belgian number
// behind no known structure. What is neither is no number.
func ownAccount(r *record) (number, currency string) {
	switch r.at(2, 2) {
	case "1", "3":
		number = r.at(6, 39)
	case "2":
		number = r.at(6, 36)
	case "0":
		number = r.at(6, 17)
	}
	if first, _, _ := strings.Cut(strings.TrimSpace(r.at(6, 39)), " "); isIBAN(first) {
		number = first
	} else if belgian := r.at(6, 17); number == "" && r.at(18, 18) == " " && strings.Trim(belgian, "0123456789") == "" {
		number = belgian
	}
	for _, from := range []int{40, 19} {
		if currency = statement.Currency(r.at(from, from+2)); currency != "" {
			break
		}
	}
	if fields := strings.Fields(number); len(fields) > 0 {
		number = fields[0]
	}
	return statement.AccountNumber(number), currency
}

// isIBAN reports whether s has the form of one: a country, two digits, and
// letters or digits.
func isIBAN(s string) bool {
	const letters, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	return len(s) >= 15 && len(s) <= 34 && strings.Trim(s[:2], letters) == "" && strings.Trim(s[2:4], digits) == "" &&
		strings.Trim(s[4:], letters+digits) == ""
}

// balanceOf reads sign, amount and date from a position on.
func balanceOf(r *record, from int, currency string) (*sdk.Balance, error) {
	amount, err := r.amount(from, from+1)
	if err != nil {
		return nil, err
	}
	day, err := r.day(from + 16)
	if err != nil {
		return nil, err
	}
	return &sdk.Balance{Amount: amount.String(), Currency: currency, Date: day}, nil
}

// closing takes 8: the new balance.
func (d *document) closing(r record) error {
	if err := d.book(); err != nil {
		return err
	}
	balance, err := balanceOf(&r, 42, d.out.Account.Currency)
	if err != nil {
		return d.out.Refuse(r.line, "new balance: %v", err)
	}
	balance.Kind = sdk.Closing
	d.out.Closing = balance
	d.out.Follow(d.out.Opening, balance)
	if !d.begun || d.lost {
		return nil
	}
	if !d.sum.Is(balance.Amount) {
		return d.out.Refuse(r.line, "account: its new balance is %s, but the old one and the movements come to %s: something is missing or "+
			"was changed", balance.Amount, &d.sum)
	}
	return d.out.Find(statement.ClosingAgrees(d.moves))
}

// movement takes 2.1: a new movement, or a part of the one being gathered.
func (d *document) movement(r record) error {
	if m := d.move; m != nil && m.sequence == r.at(3, 6) && r.at(7, 10) != "0000" {
		m.addPart(r)
		return nil
	}
	if err := d.book(); err != nil {
		return err
	}
	d.move = &movement{sequence: r.at(3, 6), entry: entry{first: r}}
	return nil
}

// book hands over the movement that is complete, if there is one.
func (d *document) book() error {
	m := d.move
	if m == nil {
		return nil
	}
	d.move = nil
	total, err := m.first.amount(32, 33)
	if err != nil {
		d.lost = true
		return d.out.Refuse(m.first.line, "movement: %v", err)
	}
	d.add(total)
	entries := m.entries(total)
	for _, e := range entries {
		tx, reference, err := m.transaction(e, len(entries) == 1, &d.out.Account)
		if err != nil {
			if err := d.out.Refuse(e.first.line, "movement: %v", err); err != nil {
				return err
			}
			continue
		}
		if err := d.out.Book(tx, reference); err != nil {
			return err
		}
	}
	return nil
}

// add counts a movement towards the file's totals.
func (d *document) add(a statement.Amount) {
	d.sum.Add(a)
	d.moves++
	n, ok := new(big.Rat).SetString(a.Digits)
	switch {
	case !ok || d.debit == nil:
	case a.Negative:
		d.debit.Add(d.debit, n)
	default:
		d.credit.Add(d.credit, n)
	}
}

// trailer takes 9: the totals of debits and credits.
func (d *document) trailer(r record) error {
	if err := d.book(); err != nil {
		return err
	}
	agreed := 0
	for _, total := range []struct {
		name string
		from int
		sum  *big.Rat
	}{{"debits", 23, d.debit}, {"credits", 38, d.credit}} {
		told, err := r.figure(total.from)
		if err != nil || total.sum == nil {
			continue
		}
		n, ok := new(big.Rat).SetString(told.Digits)
		if ok && n.Cmp(total.sum) == 0 {
			agreed++
		} else if ok {
			err := d.out.Refuse(r.line, "file: it gives %s as the sum of all %s, but its movements add up to %s: something is missing or "+
				"was changed",
				told, total.name, total.sum.FloatString(2))
			if err != nil {
				return err
			}
		}
	}
	if agreed == 2 && !d.lost {
		if err := d.out.Find(statement.TotalsAgree(d.moves)); err != nil {
			return err
		}
	}
	return d.out.End()
}

func (d *document) finish() error {
	if err := d.book(); err != nil {
		return err
	}
	if err := d.out.Finish(format, d.lines.Line()); err != nil {
		return err
	}
	if !d.ended {
		return &sdk.Error{Kind: sdk.BadRequest, Line: d.lines.Line(), Message: "CODA file: it ends before its trailer record (9)"}
	}
	return nil
}
