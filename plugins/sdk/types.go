package sdk

import "time"

// Call is what every request carries.
type Call struct {
	// Config is the provider's own configuration, by key. Values may be secret.
	Config map[string]string
	// Now is the host's clock. A provider uses it in place of its own.
	Now time.Time
	// UserPresent says that a person waits for the answer. Unattended calls
	// count against the limits that banks set.
	UserPresent bool
	// UserIP is the address of that person, when known.
	UserIP string
	// Language is the user's, such as "en_US" or "nl_NL".
	Language string
	// Secret is what the connection's last answer left; nil before the first.
	Secret []byte
	// SaveSecret hands a rotated secret to the host and returns once the host has
	// made it durable; an error says that it has not. It may be called at any
	// time during the call, also after the context has ended: the host then waits
	// a few seconds for it. It is never nil. The last secret saved is the one
	// that counts.
	SaveSecret func(secret []byte) error
}

// Description says what a provider is and can do.
type Description struct {
	Name        string // machine name, as in the binary's: "demo"
	DisplayName string
	Version     string // of the provider, semantic
	Website     string
	Regions     []string // ISO 3166-1 alpha-2 codes; empty means everywhere
	// Capabilities is filled in by serve from the interfaces implemented.
	Capabilities []Capability
	// StableIDs: a transaction's id never changes and is unique in its account.
	StableIDs bool
	// ReportsPending: pending transactions are told, complete, in each fetch.
	ReportsPending bool
	// LookBack is how far before the last known day a fetch should begin, to
	// catch what banks book late. Zero leaves it to the host.
	LookBack time.Duration
	// ReportsChanges: what is removed or changed upstream is told in
	// [Batch].Removed and [Batch].Modified. Without it a host finds out by
	// comparing what it is told with what it knows.
	ReportsChanges bool
	// UnattendedPerDay limits calls per account and kind without a user
	// present; 0 leaves it to the host.
	UnattendedPerDay int
	// RefreshesPerDay limits refreshes of a connection, with and without a user;
	// 0 is not limited, or unknown. A bank's own ([Institution].RefreshesPerDay)
	// goes before it.
	RefreshesPerDay int
	// HistoryDays is how far back banks give transactions at most; 0 is not
	// limited, or unknown. A bank's own ([Institution].HistoryDays) goes before it.
	HistoryDays int
	// AccountKinds are the kinds of accounts that it brings; empty is any.
	AccountKinds []AccountKind
	// PassesUserPresent: whether a user waits ([Call].UserPresent) reaches the
	// bank, which then does not count the call as an unattended one.
	PassesUserPresent bool
	// RenewsWithoutBreak: a flow of kind [FlowReconnect] leaves the old consent as
	// it is until the new one works, so that it may be begun before the old ends.
	RenewsWithoutBreak bool
	// Settings are the configuration keys that the provider understands.
	Settings []Field
	// Addresses are what the provider must reach, each as host:port or as a URL;
	// see [ParseAddress]. One that is the Default of a setting counts while the
	// setting leads nowhere else; see AddressesFor.
	Addresses []string
	// Price is who pays for it, and Cost says what, in a sentence; both are read before
	// a provider is chosen, as is Retention: what the service keeps of bank data, and for
	// how long.
	Price     PriceClass
	Cost      Words
	Retention Words
	// Checklist and Declarations are what holds for every institution; see there.
	Checklist    []Words
	Declarations []Declaration
}

// Capability names a power beyond the required ones.
type Capability string

// The capabilities known to this version of the protocol.
const (
	CanListInstitutions Capability = "list_institutions"
	CanRefresh          Capability = "refresh"
	CanRevoke           Capability = "revoke"
	CanHandleWebhook    Capability = "handle_webhook"
	CanReadStatements   Capability = "read_statements"
)

// Status of an institution at its provider.
type Status string

// Institution statuses.
const (
	Stable   Status = "stable"
	Beta     Status = "beta"
	Disabled Status = "disabled"
)

// Institution is one bank that a provider reaches.
type Institution struct {
	ID              string // the provider's own, opaque
	Name            string
	Countries       []string // ISO 3166-1 alpha-2
	BIC             string
	Website         string
	LogoURL         string
	Status          Status
	AutoSyncAllowed bool
	HistoryDays     int // 0: not limited, or unknown
	RefreshesPerDay int // 0: not limited, or unknown
	AccountKinds    []AccountKind
	// Holders are whose accounts can be connected; empty is unknown, or makes no
	// difference. Where there are several the user is asked, and the answer is in
	// [StartConnectRequest].AccountKind.
	Holders []Holder
	// Checklist is what must be prepared at the bank before a connection is made, such
	// as an opt-in, a sentence for each.
	Checklist []Words
	// Declarations are what a user has to declare before a connection is made. The host
	// records who accepted which text when, and asks again for another version.
	Declarations []Declaration
}

// AccountKind is what an account is.
type AccountKind string

// Account kinds.
const (
	Checking   AccountKind = "checking"
	Savings    AccountKind = "savings"
	CreditCard AccountKind = "credit_card"
	Loan       AccountKind = "loan"
	Investment AccountKind = "investment"
	OtherKind  AccountKind = "other"
)

// Account is one bank account of a connection.
type Account struct {
	ID       string // the provider's id in this connection
	StableID string // same across consents, when the provider has one
	Name     string
	Number   string // IBAN, or the bank's own account number
	Currency string // ISO 4217; required
	Kind     AccountKind
	Owner    string
	Balances []Balance
}

// AccountList is the answer of ListAccounts.
type AccountList struct {
	Accounts []Account
	Empty    NoAccounts // why there are none
}

// BalanceKind says which balance is meant. A host prefers booked ones.
type BalanceKind string

// Balance kinds.
const (
	Opening   BalanceKind = "opening" // booked, before the first entry of Date
	Closing   BalanceKind = "closing" // booked, after the last entry of Date
	Interim   BalanceKind = "interim" // booked, at some moment of Date
	Available BalanceKind = "available"
)

// Balance is an amount on a day. A credit limit is never part of it.
type Balance struct {
	Kind     BalanceKind
	Amount   string // decimal, signed: negative is overdrawn
	Currency string
	Date     Date
}

// Direction says which way money goes, seen by the account's holder.
type Direction string

// Directions.
const (
	In  Direction = "in"  // credit: money comes into the account
	Out Direction = "out" // debit: money leaves it
)

// Transaction is one movement on an account.
type Transaction struct {
	// ID is the provider's, empty when it gives none.
	ID string
	// Aliases are other ids that the same transaction has or had.
	Aliases []string
	// PendingID is the id that it had while pending, when known.
	PendingID string
	Date      Date // booking date; for a pending one, the day it occurred
	ValueDate Date // zero when unknown
	// Amount is a decimal with "." and without sign, in Currency.
	Amount    string
	Direction Direction
	Currency  string // ISO 4217; empty means the account's
	// OriginalAmount, OriginalCurrency and Rate tell of a foreign payment.
	OriginalAmount   string
	OriginalCurrency string
	Rate             string
	Counterparty     string // name of the other party
	CounterNumber    string // its account number
	Reference        string // what the holder reads: description, remittance text
	EndToEndID       string
	Code             string // the bank's transaction code
	// Details are further facts, as name and value.
	Details map[string]string
	// Raw is the provider's own record, JSON or text, kept as evidence.
	Raw []byte
}

// Batch is a part of the answer to a fetch. A host counts nothing as known
// until the last batch (HasMore false) has come.
type Batch struct {
	Booked   []Transaction
	Pending  []Transaction
	Modified []Transaction // booked ones told before, with new values
	Removed  []string      // ids that no longer exist
	Balances []Balance
	// Cursor is opaque; the last batch's is given back with the next fetch.
	Cursor []byte
	// HasMore says that another batch follows in this stream.
	HasMore bool
	// Of is the expected number of transactions in the whole fetch; 0 unknown.
	Of int
	// From and To bound what this fetch covers completely, both inclusive;
	// zero when the provider cannot say.
	From, To Date
	// HistoryFrom is the oldest day the bank gives, when it cut the request.
	HistoryFrom Date
	// RefreshedAt is when the provider last heard from the bank.
	RefreshedAt time.Time
}

// StatementBatch is a part of one account's statement in a file.
type StatementBatch struct {
	Format   string // "camt.053", "mt940", "ofx", …
	Account  Account
	Opening  *Balance
	Closing  *Balance
	Number   string // the statement's own number or id
	Booked   []Transaction
	Pending  []Transaction
	Refused  []Refusal
	Encoding string
	// ReadAs are the options (see ReadRequest.Options) that the reader found
	// out by itself; given back, they read the same file the same way.
	ReadAs map[string]string
	// Findings are told as soon as they are known, at the latest with the last
	// batch of the statement. A host shows them before it imports.
	Findings []Finding
}

// FindingKind says what a finding means for who decides whether to import.
type FindingKind string

// Finding kinds.
const (
	// FindingProof: the file itself shows that what was read is right.
	FindingProof FindingKind = "proof"
	// FindingDoubt: something in the file does not agree, or what should prove it
	// is missing. What surely is wrong is refused instead.
	FindingDoubt FindingKind = "doubt"
	// FindingChoice: what was taken for what, and why.
	FindingChoice FindingKind = "choice"
)

// Finding is something that a reader found out about a statement, beside its
// transactions.
//
// A host that knows the code says it in the user's language, by Code and Values;
// any other shows Text. The values "statements", "entries" and "rows" are
// counts: findings that differ in nothing else are told as one, with the sums.
type Finding struct {
	Kind FindingKind
	// Code is made of lower case letters, digits and "_", at most
	// MaxFindingCode: "balance_column".
	Code string
	// Text says it in English, for whoever does not know the code: "the balance
	// column agrees with all 214 rows". What exceeds MaxFindingText is cut.
	Text string
	// Values are what Text says in figures and names, such as rows 214; names are
	// made like codes, values cut like texts. Amounts are decimals with ".", days
	// are YYYY-MM-DD.
	Values map[string]string
}

// Bounds of findings. What a batch, or a finding, has beyond them is left out.
const (
	MaxFindings      = 200 // in one batch
	MaxFindingCode   = 60  // bytes
	MaxFindingText   = 500 // bytes
	MaxFindingValues = 20
)

// Refusal is an entry of a file that could not be read.
type Refusal struct {
	Line   int // 1-based; 0 when unknown
	Reason string
}
