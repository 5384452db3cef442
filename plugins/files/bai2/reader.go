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
	lines int   // of the account, for its trailer
	parts parts // of the account
	sums  totals
	ended bool // the file trailer was read
}

// totals are what the trailers of accounts and groups gave, for those of group
// and file to be held against.
type totals struct {
	group        *big.Int // nil outside a group
	file         *big.Int
	accounts     int  // in the group
	groups       int  // in the file
	groupUnknown bool // an account gave no total that can be read
	fileUnknown  bool // or a group
}

// group is what a group header says.
type group struct {
	day      sdk.Date
	currency string
	skipped  bool // its entries are not to be booked
	final    bool // it tells a whole day
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
	case "98":
		return d.groupTrailer(r)
	case "99":
		d.ended = true
		return d.fileTrailer(r)
	}
	return nil
}

// header takes 02: receiver, originator, status, day, time, currency.
func (d *document) header(r *record) error {
	d.sums.fileUnknown = d.sums.fileUnknown || d.sums.group != nil // a group without trailer
	d.sums.group, d.sums.accounts, d.sums.groupUnknown = new(big.Int), 0, false
	d.sums.groups++
	f := r.fields()
	d.group = group{currency: statement.Currency(f.at(5)), final: f.at(6) != "1" && f.at(6) != "3"}
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
	d.sums.accounts++
	d.sums.groupUnknown = d.sums.groupUnknown || d.open // an account without trailer
	if d.group.skipped {
		return nil
	}
	if err := d.out.Begin(format); err != nil {
		return err
	}
	f := r.fields()
	d.open, d.total, d.parts = true, new(big.Int), parts{}
	d.lines = r.lines()
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
	case "100", "400":
		d.parts.tell(code, amount)
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
	d.lines += r.lines()
	if e.code == "890" { // words only
		return nil
	}
	if d.group.day.IsZero() {
		return d.out.Refuse(r.line, "transaction: no group says of which day it is")
	}
	tx, err := e.transaction(d.unit, d.group.day)
	if err != nil {
		d.parts.lost = true
		return d.out.Refuse(r.line, "transaction: %v", err)
	}
	d.parts.add(&tx)
	return d.out.Book(tx, e.bankRef)
}

// trailer takes 49, whose total covers every amount of the account.
func (d *document) trailer(r *record) error {
	told, ok := number(r.fields().at(0))
	if d.sums.groupUnknown = d.sums.groupUnknown || !ok; ok && d.sums.group != nil {
		d.sums.group.Add(d.sums.group, told)
	}
	if !d.open {
		return nil
	}
	d.open = false
	if ok && told.Cmp(d.total) != 0 {
		if err := d.out.Refuse(r.line, "account: the file gives %v as its control total, but its amounts add up to %v: "+
			"something is missing or was changed", told, d.total); err != nil {
			return err
		}
	}
	if err := d.findings(r, ok && told.Cmp(d.total) == 0); err != nil {
		return err
	}
	return d.out.End()
}

// number reads a total of at most forty digits.
func number(text string) (*big.Int, bool) {
	if text = strings.TrimPrefix(text, "+"); len(text) > 40 {
		return nil, false
	}
	return new(big.Int).SetString(text, 10)
}

// groupTrailer takes 98: the sum of its accounts' totals, and their number.
func (d *document) groupTrailer(r *record) error {
	if d.sums.group == nil {
		return nil
	}
	f := r.fields()
	told, ok := number(f.at(0))
	if d.sums.fileUnknown = d.sums.fileUnknown || !ok; ok {
		if d.sums.file == nil {
			d.sums.file = new(big.Int)
		}
		d.sums.file.Add(d.sums.file, told)
	}
	sum := d.sums.group
	d.sums.group = nil
	return d.prove(r.line, "group", "accounts", f, ok && !d.sums.groupUnknown && !d.open, sum, d.sums.accounts)
}

// fileTrailer takes 99: the sum of its groups' totals, and their number.
func (d *document) fileTrailer(r *record) error {
	f := r.fields()
	_, ok := number(f.at(0))
	known := ok && !d.sums.fileUnknown && d.sums.group == nil && d.sums.file != nil
	return d.prove(r.line, "file", "groups", f, known, d.sums.file, d.sums.groups)
}

// prove holds a trailer's total and count against what went before it.
func (d *document) prove(line int, what, parts string, f fields, known bool, sum *big.Int, count int) error {
	if told, ok := counted(f.at(1)); ok && told > count {
		return d.note(line, "%s: its trailer counts %d %s, but there are %d: something is missing or was changed", what, told, parts, count)
	}
	if told, ok := number(f.at(0)); known && ok && told.Cmp(sum) != 0 {
		return d.note(line, "%s: it gives %v as its control total, but its %s come to %v: something is missing or was changed", what, told,
			parts, sum)
	}
	return nil
}

// note refuses what concerns no single account.
func (d *document) note(line int, text string, args ...any) error {
	if err := d.out.End(); err != nil {
		return err
	}
	return d.fileRefusal(line, text, args...)
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
