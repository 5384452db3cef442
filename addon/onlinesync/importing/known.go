package importing

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Status is where a transaction stands in the ledger.
type Status string

// Statuses.
const (
	Pending Status = "pending"
	Posted  Status = "posted"
	Removed Status = "removed"
)

// Ident is one id of a transaction, in the space of ids of a source (the
// provider's name): ids of two sources say nothing about each other.
type Ident struct{ Source, ID string }

// Alias is a further id of a transaction. A retired one is recognised, but
// says nothing any more: the id that it had while pending, for example.
type Alias struct {
	Ident
	Retired bool
}

// Known is one row of the identity ledger.
type Known struct {
	ID int64
	Ident
	Aliases     []Alias // oldest first
	Fingerprint string
	Occurrence  int
	Status      Status
	Date        schema.Date
	ValueDate   schema.Date
	Amount      decimal.Decimal // trailing zeros trimmed
	Text        string
	Partner     string
	Counter     string
	// Line is the statement line that it became; 0 when none.
	Line int64
	// Deleted: a user deleted the line, and it stays deleted.
	Deleted bool
	// Asked: a question about it is open, so that nothing is guessed of it.
	Asked bool
	// Into is the row of the same transaction that stands for this one; 0 for none.
	Into int64
	// Run is the synchronisation that made the row.
	Run int64
}

// Told is what one complete fetch of one account told. The order of its parts
// does not matter. Join makes it of pages.
type Told struct {
	Source string
	// StableIDs: an id never changes and is unique in its account.
	StableIDs bool
	// From and To bound the days of which every booked transaction is told;
	// zero when only differences are.
	From, To schema.Date
	// Differences: only what changed since the last fetch is told.
	Differences bool
	// Anew: the consent is another one than at the last complete fetch, so that
	// ids told before may mean nothing any more.
	Anew bool
	// Asked is the first day that was asked for; a source may tell more.
	Asked schema.Date
	// Over is the last day that was over, everywhere, when the bank was asked:
	// only up to it may be concluded from what is not told. "" for none.
	Over schema.Date
	// PendingComplete: what is not among Pending is not pending any more.
	PendingComplete bool

	Booked   []Entry
	Pending  []Entry
	Modified []Entry // booked ones told before
	Removed  []string
	// Through is the last day that a file is about; "" where it does not say.
	Through schema.Date
	// Shared are ids that several transactions share, as pages showed.
	Shared map[string]bool
	// Floor is the first day that may be imported; "" for none. What lies
	// before it is left out, unless it is known already.
	Floor schema.Date
	// Part bounds the days of a part of a file, where other parts tell of those
	// before or after: about what is known of them nothing is asked. "" is open.
	Part Interval
	// Run is the synchronisation that was told this; rows that it made itself,
	// before it was interrupted, do not count as known.
	Run int64
}

// Plan is what an import does, in the order of booking dates.
type Plan struct {
	New      []New      // ledger rows to make; posted ones become lines
	Postings []Match    // known ones without a line that now are posted
	Changes  []Match    // posted ones that say something else now
	Pendings []Match    // pending ones that say something else now, or came back
	Removals []*Known   // posted ones that the bank took back
	Drops    []Drop     // pending ones that never posted by themselves
	Aliases  []NewAlias // ids to remember, besides those of postings
	Retired  []NewAlias // ids that were taken back, of rows that others still tell
	Doubts   []Doubt    // questions about known ones; New and Postings carry their own
	Told     []*Known   // posted ones that were told, about which a question may be open
	// Known counts the booked entries that were known; Skipped those before Floor.
	Known, Skipped int
}

// New is a transaction seen for the first time.
type New struct {
	*Entry
	Status      Status
	Ident       Ident // of the row: unique in the account, or without ID
	Fingerprint string
	Occurrence  int
	Reason      Reason
	Doubt       *Doubt
}

// Match is a known transaction and what is now told of it.
type Match struct {
	*Known
	Now *Entry
	// Fingerprint and Occurrence replace the known ones.
	Fingerprint string
	Occurrence  int
	Reason      Reason
	// Aliases of a posting must be written with it: without its new id, the
	// posted transaction would be taken for another one.
	Aliases []Alias
	Doubt   *Doubt
}

// Drop ends a pending transaction that did not post by itself.
type Drop struct {
	*Known
	Why DropReason
	// Into is the transaction that it turned out to be; nil for none.
	Into *Known
}

// DropReason says why a pending transaction ended.
type DropReason string

// Why pending transactions end.
const (
	Vanished        DropReason = "vanished"   // a complete answer tells it no more
	TakenBack       DropReason = "taken_back" // the provider said that it is gone
	PostedElsewhere DropReason = "posted_elsewhere"
)

// NewAlias is an id to remember for a known transaction, or for the New one
// at index Row when Known is 0.
type NewAlias struct {
	Alias
	Known int64
	Row   int
}

// Reason says why an entry was taken for a transaction; Words turns it into a
// sentence. It is kept with the line as evidence.
type Reason string

// Reasons.
const (
	FirstSeen       Reason = "first_seen"
	SameID          Reason = "same_id"
	SamePendingID   Reason = "same_pending_id"
	SameFingerprint Reason = "same_fingerprint"
	PendingPosted   Reason = "pending_posted"
	OtherSource     Reason = "other_source"
	SameDay         Reason = "same_day"
)
