package wire

import "github.com/girosync/girosync/plugins/sdk"

// A provider may emit as much at once as it likes. What goes into one message
// is bounded here, far below MaxMessage.
const (
	pageItems = 5000
	pageBytes = 8 << 20
)

// pages cuts a list into pieces of at most pageItems and about pageBytes.
// Every item lands in exactly one piece, in order.
func pages[T any](items []T, size func(*T) int) [][]T {
	var cut [][]T
	start, bytes := 0, 0
	for i := range items {
		n := size(&items[i])
		if i > start && (i-start == pageItems || bytes+n > pageBytes) {
			cut = append(cut, items[start:i])
			start, bytes = i, 0
		}
		bytes += n
	}
	if start < len(items) {
		cut = append(cut, items[start:])
	}
	return cut
}

// batchPages cuts a batch. Only the last piece has what holds for the whole.
func batchPages(b sdk.Batch) []sdk.Batch {
	if smallBatch(b) {
		return []sdk.Batch{b}
	}
	var cut []sdk.Batch
	for _, p := range pages(b.Booked, transactionSize) {
		cut = append(cut, sdk.Batch{Booked: p, HasMore: true, Of: b.Of})
	}
	for _, p := range pages(b.Pending, transactionSize) {
		cut = append(cut, sdk.Batch{Pending: p, HasMore: true, Of: b.Of})
	}
	for _, p := range pages(b.Modified, transactionSize) {
		cut = append(cut, sdk.Batch{Modified: p, HasMore: true, Of: b.Of})
	}
	for _, p := range pages(b.Removed, func(id *string) int { return len(*id) }) {
		cut = append(cut, sdk.Batch{Removed: p, HasMore: true, Of: b.Of})
	}
	b.Booked, b.Pending, b.Modified, b.Removed = nil, nil, nil, nil
	return append(cut, b)
}

func smallBatch(b sdk.Batch) bool {
	if len(b.Booked)+len(b.Pending)+len(b.Modified)+len(b.Removed) > pageItems {
		return false
	}
	bytes := 0
	for _, list := range [][]sdk.Transaction{b.Booked, b.Pending, b.Modified} {
		for i := range list {
			bytes += transactionSize(&list[i])
		}
	}
	return bytes <= pageBytes
}

// statementPages cuts a statement. Each piece names format, account and number;
// the opening balance comes with the first, all else with the last.
func statementPages(b sdk.StatementBatch) []sdk.StatementBatch {
	if smallBatch(sdk.Batch{Booked: b.Booked, Pending: b.Pending}) {
		return []sdk.StatementBatch{b}
	}
	head := sdk.StatementBatch{Format: b.Format, Account: b.Account, Number: b.Number, Encoding: b.Encoding, ReadAs: b.ReadAs}
	head.Opening, b.Opening = b.Opening, nil
	var cut []sdk.StatementBatch
	for _, p := range pages(b.Booked, transactionSize) {
		piece := head
		piece.Booked = p
		cut = append(cut, piece)
		head.Opening = nil
	}
	for _, p := range pages(b.Pending, transactionSize) {
		piece := head
		piece.Pending = p
		cut = append(cut, piece)
		head.Opening = nil
	}
	b.Booked, b.Pending = nil, nil
	return append(cut, b)
}

// transactionSize is about what a transaction takes on the wire, in bytes.
func transactionSize(t *sdk.Transaction) int {
	n := 128 + len(t.Raw) + len(t.Reference) + len(t.Counterparty)
	for k, v := range t.Details {
		n += len(k) + len(v) + 8
	}
	return n
}
