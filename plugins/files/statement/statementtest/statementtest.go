package statementtest

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Read is a format's reader.
type Read func(r io.Reader, emit func(sdk.StatementBatch) error) error

// Batches reads text and returns what the reader emitted before it ended.
func Batches(read Read, text string) ([]sdk.StatementBatch, error) {
	var all []sdk.StatementBatch
	err := read(strings.NewReader(text), func(b sdk.StatementBatch) error {
		all = append(all, b)
		return nil
	})
	return all, err
}

// Lines shows batches: the statement, its transactions, its refusals.
func Lines(batches []sdk.StatementBatch) []string {
	var lines []string
	for _, b := range batches {
		lines = append(lines, fmt.Sprintf("%s %s %s %s%s%s", b.Format, b.Account.Number, b.Account.Currency, b.Number, balance(b.Opening),
			balance(b.Closing)))
		for i := range b.Booked {
			lines = append(lines, "  "+Line(&b.Booked[i]))
		}
		for i := range b.Pending {
			lines = append(lines, "  pending "+Line(&b.Pending[i]))
		}
		for _, r := range b.Refused {
			lines = append(lines, fmt.Sprintf("  refused line %d: %s", r.Line, r.Reason))
		}
	}
	return lines
}

func balance(b *sdk.Balance) string {
	if b == nil {
		return ""
	}
	return fmt.Sprintf(" %s %s %s %s", b.Kind, b.Date, b.Amount, b.Currency)
}

// Line shows a transaction without its details.
func Line(tx *sdk.Transaction) string {
	value := ""
	if tx.ValueDate != tx.Date && !tx.ValueDate.IsZero() {
		value = " (" + tx.ValueDate.String() + ")"
	}
	line := fmt.Sprintf("%s%s %s %s %s | %s | %s | %s", tx.Date, value, tx.Direction, tx.Amount, tx.Currency, tx.Counterparty,
		tx.CounterNumber, tx.Reference)
	if tx.OriginalCurrency != "" {
		line += fmt.Sprintf(" | %s %s at %s", tx.OriginalAmount, tx.OriginalCurrency, tx.Rate)
	}
	return line
}

// Details shows a transaction's details and ids, sorted.
func Details(tx *sdk.Transaction) []string {
	var facts []string
	for name, value := range tx.Details {
		facts = append(facts, name+"="+value)
	}
	for name, value := range map[string]string{"ID": tx.ID, "EndToEndID": tx.EndToEndID, "Code": tx.Code} {
		if value != "" {
			facts = append(facts, name+"="+value)
		}
	}
	sort.Strings(facts)
	return facts
}

// Findings shows what batches tell beside transactions: kind, code, values.
func Findings(batches []sdk.StatementBatch) []string {
	var lines []string
	for _, b := range batches {
		for _, f := range b.Findings {
			line := string(f.Kind) + " " + f.Code
			for _, name := range slices.Sorted(maps.Keys(f.Values)) {
				line += " " + name + "=" + f.Values[name]
			}
			lines = append(lines, line)
		}
	}
	return lines
}
