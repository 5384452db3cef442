package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

const (
	begins    = "CASHBOOK 1"
	batchSize = 1000 // entries that are given to the host at a time
)

var (
	entry   = regexp.MustCompile(`^(\S+) ([+-])(\d+(?:\.\d+)?) ([^|]*)\|(.*)$`)
	account = regexp.MustCompile(`^ACCOUNT ([A-Z0-9]+) ([A-Z]{3})$`)
	balance = regexp.MustCompile(`^(FROM|TO) (\S+) (-?\d+(?:\.\d+)?)$`)
)

// ReadStatements reads a cash book. A file that does not begin as one is
// somebody else's: BadRequest without a line, and nothing emitted. An entry that
// cannot be read is refused and the rest goes on; what makes the whole file
// doubtful ends it, BadRequest with the line.
func (cashbook) ReadStatements(ctx context.Context, _ sdk.ReadRequest, file io.Reader, emit func(sdk.StatementBatch) error) error {
	r := reading{lines: bufio.NewScanner(file), emit: emit}
	if !r.next() || r.text != begins {
		return sdk.Errorf(sdk.BadRequest, "no cash book")
	}
	for r.next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.line(); err != nil {
			return err
		}
	}
	if err := r.lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return err // the host stopped sending
	}
	if r.lines.Err() != nil {
		r.number++
		return r.damaged("the line is too long")
	}
	if r.batch.Closing == nil {
		return r.damaged("the cash book ends without its closing balance (TO)")
	}
	return r.flush()
}

// reading is one file being read; it holds one batch.
type reading struct {
	lines  *bufio.Scanner
	number int
	text   string
	batch  sdk.StatementBatch
	emit   func(sdk.StatementBatch) error
}

func (r *reading) next() bool {
	if !r.lines.Scan() {
		return false
	}
	r.number++
	r.text = strings.TrimSpace(r.lines.Text())
	return true
}

func (r *reading) line() error {
	if r.text == "" {
		return nil
	}
	if m := account.FindStringSubmatch(r.text); m != nil {
		r.batch.Account = sdk.Account{ID: m[1], Number: m[1], Currency: m[2]}
		return nil
	}
	if r.batch.Account.Number == "" {
		return r.damaged("the account must come first (ACCOUNT number currency)")
	}
	if r.batch.Closing != nil {
		return r.damaged("nothing may follow the closing balance")
	}
	if m := balance.FindStringSubmatch(r.text); m != nil {
		return r.balance(m[1], m[2], m[3])
	}
	t, err := r.entry()
	if err != nil {
		r.batch.Refused = append(r.batch.Refused, sdk.Refusal{Line: r.number, Reason: err.Error()})
	} else {
		r.batch.Booked = append(r.batch.Booked, t)
	}
	if len(r.batch.Booked)+len(r.batch.Refused) < batchSize {
		return nil
	}
	return r.flush()
}

func (r *reading) entry() (sdk.Transaction, error) {
	m := entry.FindStringSubmatch(r.text)
	if m == nil {
		return sdk.Transaction{}, errors.New(`not "DAY ±AMOUNT PARTY | TEXT"`)
	}
	day, err := sdk.ParseDate(m[1])
	if err != nil {
		return sdk.Transaction{}, fmt.Errorf("%s is no day", m[1])
	}
	t := sdk.Transaction{Date: day, Amount: m[3], Direction: sdk.In, Counterparty: strings.TrimSpace(m[4]), Reference: strings.TrimSpace(m[5]), Raw: []byte(r.text)}
	if m[2] == "-" {
		t.Direction = sdk.Out
	}
	return t, nil
}

func (r *reading) balance(which, on, amount string) error {
	day, err := sdk.ParseDate(on)
	if err != nil {
		return r.damaged(on + " is no day")
	}
	b := &sdk.Balance{Kind: sdk.Opening, Amount: amount, Currency: r.batch.Account.Currency, Date: day}
	if which == "FROM" {
		r.batch.Opening = b
		return nil
	}
	b.Kind, r.batch.Closing = sdk.Closing, b
	return nil
}

func (r *reading) damaged(why string) error {
	return &sdk.Error{Kind: sdk.BadRequest, Message: why, Line: r.number}
}

// flush gives the host what was read so far.
func (r *reading) flush() error {
	r.batch.Format = "cashbook"
	batch := r.batch
	r.batch = sdk.StatementBatch{Account: batch.Account}
	return r.emit(batch)
}
