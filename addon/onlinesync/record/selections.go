package record

import (
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Values of account.online.link's state.
const (
	StateConnected    = "connected"
	StateError        = "error"
	StateDisconnected = "disconnected"
)

// LinkStates are the values of account.online.link's state.
var LinkStates = []schema.Option{
	{Value: StateConnected, Label: "Connected"},
	{Value: StateError, Label: "Error"},
	{Value: StateDisconnected, Label: "Disconnected"},
}

// Values of account.online.link's attention: what somebody should look at.
const (
	AttentionNone            = "none"
	AttentionMFA             = "mfa"
	AttentionCredentials     = "credentials"
	AttentionConsentExpiring = "consent_expiring"
	AttentionConsentExpired  = "consent_expired"
	AttentionAutoNotAllowed  = "auto_sync_not_allowed"
	AttentionRateLimited     = "rate_limited"
	AttentionBankUnavailable = "bank_unavailable"
	AttentionBlocked         = "blocked"
	AttentionBySupport       = "disconnected_by_support"
	AttentionLegacy          = "legacy"
	AttentionNotEntitled     = "not_entitled"
	AttentionInternal        = "internal"
)

// Attentions are the values of account.online.link's attention.
var Attentions = []schema.Option{
	{Value: AttentionNone, Label: "None"},
	{Value: AttentionMFA, Label: "Confirmation needed"},
	{Value: AttentionCredentials, Label: "Credentials refused"},
	{Value: AttentionConsentExpiring, Label: "Consent expires soon"},
	{Value: AttentionConsentExpired, Label: "Consent expired"},
	{Value: AttentionAutoNotAllowed, Label: "Automatic synchronisation not allowed"},
	{Value: AttentionRateLimited, Label: "Too many requests"},
	{Value: AttentionBankUnavailable, Label: "Bank unavailable"},
	{Value: AttentionBlocked, Label: "Blocked"},
	{Value: AttentionBySupport, Label: "Disconnected by support"},
	{Value: AttentionLegacy, Label: "Legacy"},
	{Value: AttentionNotEntitled, Label: "Not entitled"},
	{Value: AttentionInternal, Label: "Provider error"},
}

// Parked are the attentions under which nothing is fetched unattended: only a
// user can change what is wrong.
var Parked = []any{AttentionMFA, AttentionCredentials, AttentionConsentExpired, AttentionAutoNotAllowed,
	AttentionBlocked, AttentionBySupport, AttentionLegacy, AttentionNotEntitled}

// Values of account.online.run's trigger.
const (
	TriggerScheduled = "scheduled"
	TriggerManual    = "manual"
	TriggerWebhook   = "webhook"
	TriggerFile      = "file"
	TriggerCatchUp   = "catch_up"
)

// Triggers are what may begin an account.online.run.
var Triggers = []schema.Option{
	{Value: TriggerScheduled, Label: "Scheduled"},
	{Value: TriggerManual, Label: "Manual"},
	{Value: TriggerWebhook, Label: "Notified by the provider"},
	{Value: TriggerFile, Label: "Statement file"},
	{Value: TriggerCatchUp, Label: "Catching up"},
}

// Values of account.online.run's state.
const (
	RunQueued  = "queued"
	RunRunning = "running"
	RunDone    = "done"
)

// RunStates are the values of account.online.run's state.
var RunStates = []schema.Option{
	{Value: RunQueued, Label: "Queued"},
	{Value: RunRunning, Label: "Running"},
	{Value: RunDone, Label: "Done"},
}

// Values of account.online.run's outcome.
const (
	OutcomeOK          = "ok"
	OutcomeNothingNew  = "nothing_new"
	OutcomeNeedsUser   = "needs_user"
	OutcomeRateLimited = "rate_limited"
	OutcomeNotAllowed  = "not_allowed"
	OutcomeUnavailable = "bank_unavailable"
	OutcomeRefused     = "refused"
	OutcomeFailed      = "failed"
)

// Outcomes are how an account.online.run may end.
var Outcomes = []schema.Option{
	{Value: OutcomeOK, Label: "New transactions"},
	{Value: OutcomeNothingNew, Label: "Nothing new"},
	{Value: OutcomeNeedsUser, Label: "Waits for a user"},
	{Value: OutcomeRateLimited, Label: "Too many requests"},
	{Value: OutcomeNotAllowed, Label: "Not allowed automatically"},
	{Value: OutcomeUnavailable, Label: "Bank unavailable"},
	{Value: OutcomeRefused, Label: "Refused"},
	{Value: OutcomeFailed, Label: "Failed"},
}

// Values of account.online.flow's state.
const (
	FlowAsking    = "asking"
	FlowWaiting   = "waiting"
	FlowDone      = "done"
	FlowFailed    = "failed"
	FlowCancelled = "cancelled"
	FlowExpired   = "expired"
)

// FlowStates are the values of account.online.flow's state.
var FlowStates = []schema.Option{
	{Value: FlowAsking, Label: "Asking"},
	{Value: FlowWaiting, Label: "Waiting"},
	{Value: FlowDone, Label: "Done"},
	{Value: FlowFailed, Label: "Failed"},
	{Value: FlowCancelled, Label: "Cancelled"},
	{Value: FlowExpired, Label: "Expired"},
}

// FlowKinds are what an account.online.flow is for.
var FlowKinds = []schema.Option{
	{Value: "connect", Label: "Connect"},
	{Value: "update", Label: "Update credentials"},
	{Value: "reconnect", Label: "Reconnect"},
	{Value: "mfa", Label: "Confirm"},
}

// ProviderStates are what may have become of a provider's program.
var ProviderStates = []schema.Option{
	{Value: "stopped", Label: "Stopped"}, {Value: "starting", Label: "Starting"}, {Value: "running", Label: "Running"},
	{Value: "crashed", Label: "Crashed"}, {Value: "refused", Label: "Refused"},
}

// PriceClasses are who pays for a provider.
var PriceClasses = []schema.Option{
	{Value: string(sdk.Free), Label: "Free"}, {Value: string(sdk.HostPays), Label: "Paid by the operator"},
	{Value: string(sdk.UserPays), Label: "Paid by the user"},
}

// Holders are whose accounts a connection brings.
var Holders = []schema.Option{
	{Value: string(sdk.Personal), Label: "Personal"}, {Value: string(sdk.Business), Label: "Business"},
}

// WhyNoAccounts are the reasons why a connection has none.
var WhyNoAccounts = []schema.Option{
	{Value: string(sdk.NotCovered), Label: "The consent covers none of this bank"},
	{Value: string(sdk.NotOfKind), Label: "The bank has none of the kind that was asked for"},
	{Value: "unknown", Label: "The bank tells none"},
}

// InBeta is the status of an institution that its provider does not fully
// support: there is no technical support for it (S54, S55).
const InBeta = "beta"

// InstitutionStatuses are the values of account.online.institution's status.
var InstitutionStatuses = []schema.Option{
	{Value: "stable", Label: "Stable"}, {Value: InBeta, Label: "Beta"}, {Value: "disabled", Label: "Disabled"},
}

// AccountKinds are the kinds of bank accounts.
var AccountKinds = []schema.Option{
	{Value: "checking", Label: "Checking"}, {Value: "savings", Label: "Savings"}, {Value: "credit_card", Label: "Credit card"},
	{Value: "loan", Label: "Loan"}, {Value: "investment", Label: "Investment"}, {Value: "other", Label: "Other"},
}

// TransactionStatuses are the values of account.online.transaction's status.
var TransactionStatuses = []schema.Option{
	{Value: "pending", Label: "Pending"}, {Value: "posted", Label: "Posted"}, {Value: "removed", Label: "Removed"},
}

// States of a review.
const (
	ReviewOpen     = "open"
	ReviewAccepted = "accepted"
	ReviewRejected = "rejected"
	ReviewObsolete = "obsolete"
)

// ReviewStates are the values of account.online.review's state.
var ReviewStates = []schema.Option{
	{Value: ReviewOpen, Label: "Open"}, {Value: ReviewAccepted, Label: "Accepted"}, {Value: ReviewRejected, Label: "Rejected"},
	{Value: ReviewObsolete, Label: "Settled by Itself"},
}

// Kinds of reviews besides the doubts of the import: what the bank did to a
// line that somebody works with.
const (
	ChangedHeld = "changed_held"
	RemovedHeld = "removed_held"
)

// ReviewKinds are what an account.online.review may ask.
var ReviewKinds = []schema.Option{
	{Value: string(importing.AmountChanged), Label: "Posted with another amount?"},
	{Value: string(importing.OtherDay), Label: "Told by another source on another day?"},
	{Value: string(importing.Reissued), Label: "Told again under another id?"},
	{Value: string(importing.Corrected), Label: "Corrected by the bank?"},
	{Value: string(importing.NotTold), Label: "Taken back by the bank?"},
	{Value: TypedByHand, Label: "Typed by hand before?"},
	{Value: ChangedHeld, Label: "Changed by the bank, but edited, reconciled or locked"},
	{Value: RemovedHeld, Label: "Removed by the bank, but edited, reconciled or locked"},
}

// TypedByHand asks whether a line that a user typed is one that the bank tells
// now (complaint 46: suggested, never assumed).
const TypedByHand = "typed_by_hand"

// OpenReviews is the domain of what is still asked about an account.
func OpenReviews(account int64) domain.Node {
	return domain.All(domain.Where("account_id", domain.Eq, account), domain.Where("state", domain.Eq, ReviewOpen))
}
