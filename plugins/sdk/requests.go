package sdk

import "time"

// FlowKind says why a connect flow runs.
type FlowKind string

// Flow kinds.
const (
	FlowConnect   FlowKind = "connect"
	FlowUpdate    FlowKind = "update"
	FlowReconnect FlowKind = "reconnect"
	FlowMFA       FlowKind = "mfa"
)

// StartConnectRequest begins a flow.
type StartConnectRequest struct {
	Call
	Kind          FlowKind
	InstitutionID string
	AccountKind   string // "personal", "business", or empty
	Phone         string
	RedirectURL   string // where the bank sends the user back to
	State         string // opaque; the redirect must bring it back as "state"
	// WebhookURL is where the provider may be told of news over HTTP, for
	// services that take the address with each connection; empty when the host
	// cannot be reached. What arrives there comes to HandleWebhook.
	WebhookURL string
}

// ContinueConnectRequest brings the user's answer to a step.
type ContinueConnectRequest struct {
	Call
	InstitutionID string
	// FlowState is what the last ConnectAnswer left.
	FlowState []byte
	// Values are the answers by field name; for a redirect, the query that
	// came back; for StepAccounts, "accounts" holds the chosen ids, comma-separated;
	// for StepWait, empty.
	Values      map[string]string
	RedirectURL string
	WebhookURL  string // as in StartConnectRequest
}

// ConnectAnswer is a step for the user (Step set), or a finished connection
// (Done set). Exactly one is set.
type ConnectAnswer struct {
	Step *Step
	// FlowState is given back with the next ContinueConnect. The host keeps it
	// in memory only.
	FlowState []byte
	Done      *Connection
}

// Connection is the result of a finished flow.
type Connection struct {
	Secret []byte // opaque; sealed by the host
	// ExternalID is the provider's id for it, as webhooks name it. Connections of one
	// id share a consent: it is ended with the last of them. A renewal that brings
	// another id has brought another consent, and the host ends the old one.
	ExternalID   string
	Accounts     []Account
	Chosen       []string   // ids of the accounts that the user chose; nil means all
	ConsentUntil time.Time  // zero: open-ended
	HistoryFrom  Date       // the oldest day that may be asked; zero: unknown
	NextRefresh  time.Time  // when a refresh may be asked; zero: now
	Empty        NoAccounts // why there are no accounts
	Holder       Holder     // whose accounts they are, where the provider knows; else as asked
}

// StepKind says what a step asks of the user.
type StepKind string

// Step kinds.
const (
	StepForm     StepKind = "form"     // fill in Fields
	StepRedirect StepKind = "redirect" // go to URL and come back
	StepWait     StepKind = "wait"     // confirm elsewhere; poll after PollAfter
	StepAccounts StepKind = "accounts" // choose among Accounts
	StepMessage  StepKind = "message"  // read Text and go on
)

// Step is one screen of a flow.
type Step struct {
	Kind      StepKind
	Title     string
	Text      string
	Fields    []Field
	URL       string
	PollAfter time.Duration
	Accounts  []Account
	ExpiresAt time.Time  // zero: the host's default
	Empty     NoAccounts // of StepAccounts: why there are none
}

// FieldKind is how a field is typed in.
type FieldKind string

// Field kinds.
const (
	TextField    FieldKind = "text"
	SecretField  FieldKind = "secret"
	OTPField     FieldKind = "otp"
	ChoiceField  FieldKind = "choice"
	BooleanField FieldKind = "boolean"
	PhoneField   FieldKind = "phone"
)

// Field is one input of a form, or one setting.
type Field struct {
	Name     string
	Label    string
	Kind     FieldKind
	Required bool
	Help     string
	Default  string
	Choices  []Choice
}

// Choice is one option of a ChoiceField.
type Choice struct {
	Value string
	Label string
}

// ListAccountsRequest asks for all accounts of a connection.
type ListAccountsRequest struct{ Call }

// FetchRequest asks for one account's transactions.
type FetchRequest struct {
	Call
	AccountID string
	Cursor    []byte // of the last complete fetch; nil for the first
	From, To  Date   // inclusive; zero From means as far back as allowed
	// PageSize is the host's wish for transactions per batch.
	PageSize int
}

// RefreshRequest asks the provider to contact the bank.
type RefreshRequest struct {
	Call
	AccountIDs []string // empty: all
}

// RefreshAnswer says what came of it.
type RefreshAnswer struct {
	RefreshedAt time.Time // zero: not known yet
	NextAllowed time.Time // zero: at once
}

// WebhookRequest is a raw HTTP notification.
type WebhookRequest struct {
	Call
	Method  string
	Path    string
	Query   string
	Headers map[string][]string
	Body    []byte
}

// WebhookAnswer says which connections have news.
type WebhookAnswer struct {
	Events []WebhookEvent
	// Status and Body answer the sender; Status 0 means 200.
	Status int
	Body   []byte
}

// WebhookEvent is one connection's news.
type WebhookEvent struct {
	ExternalID string // Connection.ExternalID
	Kind       WebhookKind
	Message    string // for users, in words; may be empty
	// ConsentUntil says of a [WebhookConsent] that the connection works until
	// then; zero: it does not work any more.
	ConsentUntil time.Time
}

// WebhookKind says what a host should do.
type WebhookKind string

// Webhook kinds.
const (
	WebhookUpdate  WebhookKind = "update"  // there is news, or the connection works again: fetch
	WebhookConsent WebhookKind = "consent" // the user must renew, now or until ConsentUntil
	WebhookRevoked WebhookKind = "revoked" // the consent was taken back at the bank or the service
)

// ReadRequest says what is known of a file.
type ReadRequest struct {
	Call
	Filename string
	// Options steer ambiguous formats, such as "date_order" or a CSV mapping.
	Options map[string]string
}
