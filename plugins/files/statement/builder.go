package statement

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/girosync/girosync/plugins/sdk"
)

// What a batch may hold: enough to be quick, and far below a message's limit.
const (
	maxBatch      = 1000
	maxBatchBytes = 1 << 20
	// MaxRaw bounds a transaction's evidence, in bytes.
	MaxRaw = 8 << 10
	// maxSeen bounds the ids remembered per statement; a statement with more
	// transactions gives the rest no id, and a host tells them apart by content.
	maxSeen = 1 << 20
)

// Head is what a statement says of itself. A reader fills it in before the
// first transaction, but for Closing, which may come at any time.
type Head struct {
	Format  string
	Number  string
	Account sdk.Account
	Opening *sdk.Balance
	Closing *sdk.Balance
}

// Builder gathers one statement after another and emits each as batches of at
// most 1,000 transactions. Opening is on a statement's first batch, or on the
// last where it was not known before; Closing is on the last. A batch whose account has neither number nor
// transactions only brings refusals that concern the file.
type Builder struct {
	Head
	emit  func(sdk.StatementBatch) error
	batch sdk.StatementBatch
	bytes int
	sent  bool
	seen  map[uint64]uint32
	count int // transactions of this statement so far
	total int // batches emitted that hold more than findings

	room    int  // transactions in the last full batch
	begins  bool // the opening balance was emitted
	booked  int  // of the transactions
	sum     Sum  // of them
	foreign bool // some are in another currency than the account

	between   *span  // of this statement, when Follow told it
	trail     uint64 // hash of the entries
	spans     int    // in all sequences
	sequences map[string]*sequence
	order     []*sequence
}

// NewBuilder returns a builder that gives its batches to emit.
func NewBuilder(emit func(sdk.StatementBatch) error) *Builder {
	return &Builder{emit: emit}
}

// Begin starts a statement; an unfinished one is ended first.
func (b *Builder) Begin(format string) error {
	if err := b.End(); err != nil {
		return err
	}
	b.Head = Head{Format: format}
	b.seen = nil
	b.sent, b.begins, b.foreign = false, false, false
	b.count, b.booked, b.sum, b.trail = 0, 0, Sum{}, 0
	return nil
}

// Finish ends the last statement of a file, and tells of statements that do not
// follow each other. A file that told nothing at all gets a refusal that says so,
// since an import must not pass in silence.
func (b *Builder) Finish(format string, line int) error {
	if err := b.End(); err != nil {
		return err
	}
	if b.total > 0 {
		return b.tellGaps(format)
	}
	b.Head = Head{Format: format}
	if err := b.Refuse(line, "the file holds no statement"); err != nil {
		return err
	}
	return b.End()
}

// Book adds a booked transaction. The bank's own reference for it, if any,
// makes its id (see identity). The builder keeps tx.
func (b *Builder) Book(tx sdk.Transaction, bankRef string) error {
	clip(&tx)
	b.identify(&tx, bankRef)
	b.booked++
	b.sum.AddSigned(tx.Amount, tx.Direction == sdk.Out)
	b.trail = trace(b.trail, &tx)
	b.foreign = b.foreign || tx.Currency != b.Account.Currency && tx.Currency != "" && b.Account.Currency != ""
	if b.batch.Booked == nil && b.room > 0 {
		b.batch.Booked = make([]sdk.Transaction, 0, b.room)
	}
	b.batch.Booked = append(b.batch.Booked, tx)
	return b.grown(&tx)
}

// Withdraw takes back the one booked transaction of which is holds, if it was not
// emitted yet. Of several none is taken.
func (b *Builder) Withdraw(is func(*sdk.Transaction) bool) (taken sdk.Transaction, ok bool) {
	at := -1
	for i := range b.batch.Booked {
		if !is(&b.batch.Booked[i]) {
			continue
		}
		if at >= 0 {
			return taken, false
		}
		at = i
	}
	if at < 0 {
		return taken, false
	}
	taken = b.batch.Booked[at]
	b.batch.Booked = slices.Delete(b.batch.Booked, at, at+1)
	b.booked--
	b.sum.AddSigned(taken.Amount, taken.Direction != sdk.Out)
	return taken, true
}

// Pend adds a transaction that is not booked yet.
func (b *Builder) Pend(tx sdk.Transaction, bankRef string) error {
	clip(&tx)
	b.identify(&tx, bankRef)
	b.batch.Pending = append(b.batch.Pending, tx)
	return b.grown(&tx)
}

// Refuse reports an entry that cannot be read, at a line (1-based; 0 unknown).
func (b *Builder) Refuse(line int, format string, args ...any) error {
	reason := Clip(fmt.Sprintf(format, args...), maxFact)
	b.batch.Refused = append(b.batch.Refused, sdk.Refusal{Line: line, Reason: reason})
	b.bytes += len(reason) + 16
	return b.flushIfFull()
}

// Find tells a finding of the statement, or of the file where none is begun.
func (b *Builder) Find(f sdk.Finding) error {
	if len(b.batch.Findings) >= sdk.MaxFindings {
		if err := b.flush(false); err != nil {
			return err
		}
	}
	f.Text = Clip(f.Text, sdk.MaxFindingText)
	b.batch.Findings = append(b.batch.Findings, f)
	return nil
}

// ProveClosing holds the opening balance and what was booked against the closing
// one, and tells what came of it; nothing where the file does not tell both. Where
// the file need not tell the whole of what lies between them, they may prove the
// entries, yet deny nothing. It is called once, before End, by readers that do not
// refuse such a statement.
func (b *Builder) ProveClosing(whole bool) (proven bool, err error) {
	o, c := b.Opening, b.Closing
	if o == nil || c == nil || b.foreign || o.Currency != c.Currency && o.Currency != "" && c.Currency != "" {
		return false, nil
	}
	come := b.sum
	come.AddText(o.Amount)
	switch {
	case come.Is(c.Amount):
		return true, b.Find(ClosingAgrees(b.booked))
	case whole:
		return false, b.Find(ClosingDiffers(o.Amount, c.Amount, &come, b.booked))
	}
	return false, nil
}

// End finishes the statement and emits what is left of it. Ending twice is no
// error.
func (b *Builder) End() error {
	if err := b.follow(); err != nil {
		return err
	}
	begun := b.Format != "" && !b.blank()
	if !begun && len(b.batch.Refused)+len(b.batch.Findings) == 0 {
		b.Head = Head{Format: b.Format}
		return nil
	}
	told := b.sent && b.empty() && b.Closing == nil
	if !told {
		if err := b.flush(true); err != nil {
			return err
		}
	}
	b.Head = Head{}
	return nil
}

// Begun reports whether the statement has transactions.
func (b *Builder) Begun() bool { return b.count > 0 }

// blank reports whether nothing is known of this statement.
func (b *Builder) blank() bool {
	return b.count == 0 && b.Account.Number == "" && b.Opening == nil && b.Closing == nil
}

func (b *Builder) empty() bool {
	return len(b.batch.Booked) == 0 && len(b.batch.Pending) == 0 && len(b.batch.Refused) == 0 && len(b.batch.Findings) == 0
}

// clip bounds the texts of a transaction.
func clip(tx *sdk.Transaction) {
	tx.Reference = Clip(tx.Reference, MaxText)
	tx.Counterparty = Clip(tx.Counterparty, MaxName)
	tx.CounterNumber = Clip(tx.CounterNumber, MaxName)
	tx.EndToEndID = Clip(tx.EndToEndID, MaxName)
	tx.Code = Clip(tx.Code, MaxName)
	tx.Raw = tx.Raw[:min(len(tx.Raw), MaxRaw)]
}

func (b *Builder) identify(tx *sdk.Transaction, bankRef string) {
	b.count++
	id := identity(bankRef, tx)
	if id == "" {
		return
	}
	if b.seen == nil {
		b.seen = make(map[uint64]uint32)
	}
	key := hash(id)
	times, known := b.seen[key]
	if !known && len(b.seen) >= maxSeen {
		return
	}
	b.seen[key] = times + 1
	if times > 0 {
		id += "/" + strconv.Itoa(int(times)+1)
	}
	tx.ID = id
}

// hash is FNV-1a: the same in every run, so that ids are too.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func (b *Builder) grown(tx *sdk.Transaction) error {
	b.bytes += len(tx.Raw) + len(tx.Reference) + len(tx.Counterparty) + 256 + 48*len(tx.Details)
	if b.Account.Currency == "" {
		b.Account.Currency = tx.Currency
	}
	return b.flushIfFull()
}

func (b *Builder) flushIfFull() error {
	n := len(b.batch.Booked) + len(b.batch.Pending) + len(b.batch.Refused)
	if n < maxBatch && b.bytes < maxBatchBytes {
		return nil
	}
	b.room = len(b.batch.Booked)
	return b.flush(false)
}

// flush emits the batch in hand.
func (b *Builder) flush(last bool) error {
	out := b.batch
	out.Format, out.Number, out.Account = b.Format, Clip(b.Number, MaxName), b.Account
	out.Account.ID, out.Account.Number = Clip(out.Account.ID, MaxName), Clip(out.Account.Number, MaxName)
	out.Account.Name, out.Account.Owner = Clip(out.Account.Name, MaxName), Clip(out.Account.Owner, MaxName)
	if !b.sent || last && !b.begins {
		out.Opening = openingAt(b.Opening, out.Booked, last)
		b.begins = b.Opening != nil
	}
	if last {
		out.Closing = b.Closing
	}
	b.batch = sdk.StatementBatch{}
	b.bytes = 0
	b.sent = true
	if out.Account.Number != "" || len(out.Booked)+len(out.Pending)+len(out.Refused) > 0 ||
		out.Opening != nil || out.Closing != nil {
		b.total++
	}
	return b.emit(out)
}

// openingAt returns the opening balance with the day before whose first entry
// it holds. Banks date it either that day or the day of the last statement;
// in the second case, which shows by all entries being later, the next day is
// the first for which the balance is an opening one. When more entries follow
// than booked holds, they count as later only if booked ascends.
func openingAt(opening *sdk.Balance, booked []sdk.Transaction, whole bool) *sdk.Balance {
	if opening == nil || opening.Date.IsZero() || len(booked) == 0 {
		return opening
	}
	for i := range booked {
		descends := i > 0 && booked[i].Date.Before(booked[i-1].Date)
		if !booked[i].Date.After(opening.Date) || (descends && !whole) {
			return opening
		}
	}
	moved := *opening
	moved.Date = moved.Date.AddDays(1)
	return &moved
}

// Sent reports whether a part of the statement was emitted, so that it is too
// late to tell its opening balance.
func (b *Builder) Sent() bool { return b.sent }
