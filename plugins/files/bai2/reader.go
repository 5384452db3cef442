package bai2

import (
	"bytes"
	"io"
	"math/big"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/textline"
	"github.com/girosync/girosync/plugins/sdk"
)

const format = "bai2"

// Is reports whether a file that begins with head is a BAI2 report: it begins
// with a file header, 01, whose fourth field is a date.
func Is(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	if !bytes.HasPrefix(head, []byte("01,")) {
		return false
	}
	fields := bytes.SplitN(head[:min(len(head), 256)], []byte(","), 6)
	return len(fields) == 6 && len(fields[3]) == 6 && strings.Trim(string(fields[3]), "0123456789") == ""
}

// Read reads a file of UTF-8 text and emits its statements in batches. A
// detail that cannot be read is refused with its line. A file without trailer
// is BadRequest.
func Read(r io.Reader, emit func(sdk.StatementBatch) error) error {
	d := &document{in: records{lines: textline.New(r, "BAI2")}, out: statement.NewBuilder(emit)}
	for {
		next, err := d.in.next()
		if err == io.EOF {
			return d.finish()
		}
		if err != nil {
			return err
		}
		if err := d.take(next); err != nil {
			return err
		}
	}
}

// document is a file being read.
type document struct {
	in    records
	out   *statement.Builder
	group group
	unit  unit // of the account
	open  bool // between 03 and 49
	total *big.Int
	ended bool // the file trailer was read
}

// group is what a group header says.
type group struct {
	day      sdk.Date
	currency string
	skipped  bool // its entries are not to be booked
}

func (d *document) take(r *record) error {
	switch r.code {
	case "02":
		return d.header(r)
	case "03":
		return d.account(r)
	case "16":
		return d.detail(r)
	case "49":
		return d.trailer(r)
	case "99":
		d.ended = true
	}
	return nil
}

// header takes 02: receiver, originator, status, day, time, currency.
func (d *document) header(r *record) error {
	f := r.fields()
	d.group = group{currency: statement.Currency(f.at(5))}
	day, err := statement.ParseShort(f.at(3))
	if err != nil {
		d.group.skipped = true
		return d.fileRefusal(r.line, "group: %v", err)
	}
	d.group.day = day
	switch f.at(2) {
	case "2":
		d.group.skipped = true
		return d.fileRefusal(r.line, "group: it takes back what was reported before; nothing of it is booked")
	case "4":
		d.group.skipped = true
		return d.fileRefusal(r.line, "group: it is a test only; nothing of it is booked")
	}
	return nil
}

// fileRefusal reports what concerns no account.
func (d *document) fileRefusal(line int, text string, args ...any) error {
	if err := d.out.Begin(format); err != nil {
		return err
	}
	if err := d.out.Refuse(line, text, args...); err != nil {
		return err
	}
	return d.out.End()
}

// account takes 03: number, currency, then balances and summaries.
func (d *document) account(r *record) error {
	if d.group.skipped {
		return nil
	}
	if err := d.out.Begin(format); err != nil {
		return err
	}
	f := r.fields()
	d.open, d.total = true, new(big.Int)
	currency := statement.Currency(f.at(1))
	if currency == "" {
		currency = d.group.currency
	}
	if currency == "" {
		currency = "USD" // the standard's default
	}
	d.unit = unitOf(currency)
	number := statement.AccountNumber(f.at(0))
	d.out.Account = sdk.Account{ID: number, Number: number, Currency: currency}
	if d.group.day.IsZero() {
		return d.out.Refuse(r.line, "account: no group says of which day it is")
	}
	return d.summaries(r.line, f[min(len(f), 2):])
}

// summaries takes triples of type, amount and count, each with its availability.
func (d *document) summaries(line int, f fields) error {
	for len(f) > 0 {
		code := f.at(0)
		if code == "" {
			f = f[1:]
			continue
		}
		amount, err := d.unit.amount(f.at(1))
		if f.at(1) != "" && err != nil {
			if err := d.out.Refuse(line, "balance or summary %s: %v", statement.Clip(code, 3), err); err != nil {
				return err
			}
		}
		d.add(f.at(1))
		if f.at(1) != "" && err == nil {
			d.balance(code, amount)
		}
		_, _, f = availability(f[min(len(f), 3):])
	}
	return nil
}

func (d *document) balance(code string, amount statement.Amount) {
	b := &sdk.Balance{Amount: amount.String(), Currency: d.unit.currency, Date: d.group.day}
	switch code {
	case "010":
		b.Kind, d.out.Opening = sdk.Opening, b
	case "015":
		b.Kind, d.out.Closing = sdk.Closing, b
	case "030":
		b.Kind = sdk.Interim
		d.out.Account.Balances = append(d.out.Account.Balances, *b)
	case "045":
		b.Kind = sdk.Available
		d.out.Account.Balances = append(d.out.Account.Balances, *b)
	}
}

// add counts an amount towards the account's control total.
func (d *document) add(text string) {
	if n, ok := new(big.Int).SetString(strings.TrimPrefix(text, "+"), 10); ok && d.total != nil && len(text) < 40 {
		d.total.Add(d.total, n)
	}
}

func (d *document) detail(r *record) error {
	if d.group.skipped {
		return nil
	}
	if !d.open {
		return d.fileRefusal(r.line, "transaction: it stands outside an account")
	}
	e := parseEntry(r)
	d.add(e.amount)
	if e.code == "890" { // words only
		return nil
	}
	if d.group.day.IsZero() {
		return d.out.Refuse(r.line, "transaction: no group says of which day it is")
	}
	tx, err := e.transaction(d.unit, d.group.day)
	if err != nil {
		return d.out.Refuse(r.line, "transaction: %v", err)
	}
	return d.out.Book(tx, e.bankRef)
}

// trailer takes 49, whose total covers every amount of the account.
func (d *document) trailer(r *record) error {
	if !d.open {
		return nil
	}
	d.open = false
	told, ok := new(big.Int).SetString(strings.TrimPrefix(r.fields().at(0), "+"), 10)
	if ok && told.Cmp(d.total) != 0 {
		if err := d.out.Refuse(r.line, "account: the file gives %v as its control total, but its amounts add up to %v: "+
			"something is missing or was changed", told, d.total); err != nil {
			return err
		}
	}
	return d.out.End()
}

func (d *document) finish() error {
	if err := d.out.Finish(format, d.in.lines.Line()); err != nil {
		return err
	}
	if !d.ended {
		return &sdk.Error{Kind: sdk.BadRequest, Line: d.in.lines.Line(), Message: "BAI2 file: it ends before its trailer (99)"}
	}
	return nil
}
