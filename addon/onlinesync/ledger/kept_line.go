package ledger

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// keptLine is what a statement line says besides its ledger row. It is kept with
// the row when the line goes, so that a line made again is the one that it was.
type keptLine struct {
	EndToEnd string            `json:"ref,omitempty"`
	Code     string            `json:"transaction_type,omitempty"`
	Details  map[string]string `json:"details,omitempty"` // also the amount in the currency that was paid in
}

// Details that detailsOf adds to those of the bank.
const (
	OriginalAmount   = "original_amount"
	OriginalCurrency = "original_currency"
	ExchangeRate     = "exchange_rate" // of one unit of the original currency
)

// KeepLines keeps with ledger rows what lines that are about to go say. Rows of
// which nothing need be kept are left alone.
func KeepLines(env *orm.Env, ids []int64) error {
	said, err := env.SearchRead(record.Lines, domain.All(domain.Where("id", domain.In, record.IDs(ids)),
		domain.Where("online_account_id", domain.Ne, nil)),
		[]string{"ref", "transaction_type", "transaction_details"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	by := map[string][]int64{} // lines by what is kept of them
	for row := range said.All() {
		k := keptLine{EndToEnd: row.Str("ref"), Code: row.Str("transaction_type"), Details: DetailsIn(row.JSON("transaction_details"))}
		if text, err := json.Marshal(k); err == nil && string(text) != "{}" {
			by[string(text)] = append(by[string(text)], row.ID())
		}
	}
	for text, ids := range by {
		rows, err := env.Search(record.Transactions, domain.Where("line_id", domain.In, record.IDs(ids)), orm.SearchOptions{})
		if err != nil {
			return err
		}
		if err := env.Write(record.Transactions, rows, orm.Values{"kept_line": json.RawMessage(text)}); err != nil {
			return err
		}
	}
	return nil
}

// DetailsIn reads a line's details; nil when a user wrote something else there.
func DetailsIn(text json.RawMessage) map[string]string {
	var details map[string]string
	if json.Unmarshal(text, &details) != nil {
		return nil
	}
	return details
}

// KeptFields are the ledger's fields that keptEntry reads.
var KeptFields = []string{"identifier", "date", "value_date", "amount", "payment_ref", "partner_name", "account_number", "kept_line",
	"source", "fingerprint"}

// KeptEntry is what the bank told of a ledger row whose line is gone.
func KeptEntry(env *orm.Env, row orm.Row) (*importing.Entry, error) {
	entries, err := KeptEntries(env, []orm.Row{row})
	if err != nil {
		return nil, err
	}
	return entries[0], nil
}

// KeptEntries is what the bank told of ledger rows whose lines are gone, in their
// order. Each has the newest id under which it is posted, not the one that it had
// while it was pending.
func KeptEntries(env *orm.Env, rows []orm.Row) ([]*importing.Entry, error) {
	newest := map[int64]string{}
	sources := make(map[int64]string, len(rows))
	for chunk := range slices.Chunk(rows, bulk) {
		ids := make([]int64, len(chunk))
		for i, row := range chunk {
			ids[i], sources[row.ID()] = row.ID(), row.Str("source")
		}
		aliases, err := env.SearchRead(record.Aliases, domain.All(domain.Where("transaction_id", domain.In, record.IDs(ids)),
			domain.Where("retired", domain.Ne, true)), []string{"transaction_id", "source", "identifier"}, orm.SearchOptions{Order: "id"})
		if err != nil {
			return nil, err
		}
		for a := range aliases.All() {
			if of := a.Ref("transaction_id"); a.Str("source") == sources[of] {
				newest[of] = a.Str("identifier")
			}
		}
	}
	entries := make([]*importing.Entry, len(rows))
	for i, row := range rows {
		id := cmp.Or(newest[row.ID()], row.Str("identifier"))
		var err error
		if entries[i], err = keptEntry(row, strings.TrimSuffix(id, "~"+row.Str("fingerprint"))); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func keptEntry(row orm.Row, id string) (*importing.Entry, error) {
	var kept keptLine
	if text := row.JSON("kept_line"); len(text) > 0 {
		if err := json.Unmarshal(text, &kept); err != nil {
			return nil, fault.Wrap(err, "kept line of transaction", row.ID())
		}
	}
	e := &importing.Entry{ID: id, Date: row.Date("date"), ValueDate: row.Date("value_date"),
		Amount: row.Decimal("amount"),
		Text:   row.Str("payment_ref"), Partner: row.Str("partner_name"), Counter: row.Str("account_number"), EndToEnd: kept.EndToEnd,
		Code: kept.Code}
	PaidIn(e, kept.Details)
	return e, nil
}

// PaidIn gives an entry the details of a line, and from them the amount in the
// currency that was paid in.
func PaidIn(e *importing.Entry, details map[string]string) {
	e.Details = maps.Clone(details)
	if amount, ok := record.Amount(details[OriginalAmount]); ok && details[OriginalCurrency] != "" {
		e.Foreign, e.ForeignCurrency = amount, details[OriginalCurrency]
		for _, ours := range []string{OriginalAmount, OriginalCurrency, ExchangeRate} {
			delete(e.Details, ours)
		}
	}
}
