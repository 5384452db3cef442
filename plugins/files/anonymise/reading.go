package anonymise

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
)

// reading is what the readers say of a file, without anybody's data.
type reading struct {
	format, encoding string
	readAs           map[string]string
	shape            []string // statements, ways of transactions, lines of refusals
	asked            string   // the option, or the line, of an error
	numbers          []string // of accounts
}

// read reads a file as an import would. An error that is no question, and tells
// no place in the file, is returned.
func read(raw []byte, o Options) (*reading, error) {
	r := &reading{}
	request := sdk.ReadRequest{Filename: o.Filename, Options: o.Options}
	request.Config = o.Config
	err := files.Provider{}.ReadStatements(context.Background(), request, bytes.NewReader(raw), func(b sdk.StatementBatch) error {
		r.take(&b)
		return nil
	})
	var told *sdk.Error
	if err != nil && (!errors.As(err, &told) || told.Kind != sdk.BadRequest || r.format == "") {
		return nil, err
	}
	if told != nil {
		r.asked = fmt.Sprintf("%s, line %d", told.Field, told.Line)
	}
	return r, nil
}

func (r *reading) take(b *sdk.StatementBatch) {
	r.format, r.encoding = b.Format, b.Encoding
	if len(b.ReadAs) > 0 {
		r.readAs = b.ReadAs
	}
	r.note("statement of %d, %s, opening %t, closing %t", r.account(b.Account.Number+b.Account.Name), b.Account.Currency, b.Opening != nil,
		b.Closing != nil)
	for _, list := range [][]sdk.Transaction{b.Booked, b.Pending} {
		for i := range list {
			tx := &list[i]
			r.note("%s %s, value day %t, name %t, account %t, text %t", tx.Direction, tx.Currency, !tx.ValueDate.IsZero(),
				tx.Counterparty != "", tx.CounterNumber != "", tx.Reference != "")
		}
		r.note("–")
	}
	for _, f := range b.Findings {
		if f.Kind != sdk.FindingChoice {
			r.note("%s %s", f.Kind, f.Code)
		}
	}
	for _, refused := range b.Refused {
		r.note("refused line %d", refused.Line)
	}
}

func (r *reading) note(format string, args ...any) {
	r.shape = append(r.shape, fmt.Sprintf(format, args...))
}

// account numbers the accounts as they come.
func (r *reading) account(number string) int {
	if i := slices.Index(r.numbers, number); i >= 0 {
		return i + 1
	}
	r.numbers = append(r.numbers, number)
	return len(r.numbers)
}

// differs says how another reading differs; "" when it does not.
func (r *reading) differs(other *reading) string {
	switch {
	case r.format != other.format || r.encoding != other.encoding:
		return fmt.Sprintf("it is %s in %s, not %s in %s", other.format, other.encoding, r.format, r.encoding)
	case r.asked != other.asked:
		return fmt.Sprintf("it asks, or fails, otherwise (%q, not %q)", other.asked, r.asked)
	}
	for _, name := range []string{"date_order", "decimal", "delimiter", "skip_rows", "headings", "invert", "columns"} {
		if r.readAs[name] != other.readAs[name] {
			return fmt.Sprintf("%s is %q, not %q", name, other.readAs[name], r.readAs[name])
		}
	}
	for i, line := range r.shape {
		if i >= len(other.shape) || other.shape[i] != line {
			return fmt.Sprintf("entry %d is %q, not %q", i+1, slices.Concat(other.shape, make([]string, i+1))[i], line)
		}
	}
	if len(other.shape) != len(r.shape) {
		return fmt.Sprintf("it has %d entries, not %d", len(other.shape), len(r.shape))
	}
	return ""
}
