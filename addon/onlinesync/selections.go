package onlinesync

import "github.com/girosync/girosync/addon/orm/schema"

// Values of account.online.link's state.
const (
	stateConnected    = "connected"
	stateError        = "error"
	stateDisconnected = "disconnected"
)

var linkStates = []schema.Option{
	{Value: stateConnected, Label: "Connected"},
	{Value: stateError, Label: "Error"},
	{Value: stateDisconnected, Label: "Disconnected"},
}

// Values of account.online.link's attention: what somebody should look at.
const (
	attentionNone            = "none"
	attentionMFA             = "mfa"
	attentionCredentials     = "credentials"
	attentionConsentExpiring = "consent_expiring"
	attentionConsentExpired  = "consent_expired"
	attentionAutoNotAllowed  = "auto_sync_not_allowed"
	attentionRateLimited     = "rate_limited"
	attentionBankUnavailable = "bank_unavailable"
	attentionBlocked         = "blocked"
	attentionBySupport       = "disconnected_by_support"
	attentionLegacy          = "legacy"
	attentionNotEntitled     = "not_entitled"
	attentionInternal        = "internal"
)

var attentions = []schema.Option{
	{Value: attentionNone, Label: "None"},
	{Value: attentionMFA, Label: "Confirmation needed"},
	{Value: attentionCredentials, Label: "Credentials refused"},
	{Value: attentionConsentExpiring, Label: "Consent expires soon"},
	{Value: attentionConsentExpired, Label: "Consent expired"},
	{Value: attentionAutoNotAllowed, Label: "Automatic synchronisation not allowed"},
	{Value: attentionRateLimited, Label: "Too many requests"},
	{Value: attentionBankUnavailable, Label: "Bank unavailable"},
	{Value: attentionBlocked, Label: "Blocked"},
	{Value: attentionBySupport, Label: "Disconnected by support"},
	{Value: attentionLegacy, Label: "Legacy"},
	{Value: attentionNotEntitled, Label: "Not entitled"},
	{Value: attentionInternal, Label: "Provider error"},
}

// parked are the attentions under which nothing is fetched unattended: only a
// user can change what is wrong.
var parked = []any{attentionMFA, attentionCredentials, attentionConsentExpired, attentionAutoNotAllowed,
	attentionBlocked, attentionBySupport, attentionLegacy, attentionNotEntitled}

// Values of account.online.run's trigger.
const (
	triggerScheduled = "scheduled"
	triggerManual    = "manual"
	triggerWebhook   = "webhook"
	triggerFile      = "file"
	triggerCatchUp   = "catch_up"
)

var triggers = []schema.Option{
	{Value: triggerScheduled, Label: "Scheduled"},
	{Value: triggerManual, Label: "Manual"},
	{Value: triggerWebhook, Label: "Notified by the provider"},
	{Value: triggerFile, Label: "Statement file"},
	{Value: triggerCatchUp, Label: "Catching up"},
}

// Values of account.online.run's state.
const (
	runQueued  = "queued"
	runRunning = "running"
	runDone    = "done"
)

var runStates = []schema.Option{
	{Value: runQueued, Label: "Queued"},
	{Value: runRunning, Label: "Running"},
	{Value: runDone, Label: "Done"},
}

// Values of account.online.run's outcome.
const (
	outcomeOK          = "ok"
	outcomeNothingNew  = "nothing_new"
	outcomeNeedsUser   = "needs_user"
	outcomeRateLimited = "rate_limited"
	outcomeNotAllowed  = "not_allowed"
	outcomeUnavailable = "bank_unavailable"
	outcomeRefused     = "refused"
	outcomeFailed      = "failed"
)

var outcomes = []schema.Option{
	{Value: outcomeOK, Label: "New transactions"},
	{Value: outcomeNothingNew, Label: "Nothing new"},
	{Value: outcomeNeedsUser, Label: "Waits for a user"},
	{Value: outcomeRateLimited, Label: "Too many requests"},
	{Value: outcomeNotAllowed, Label: "Not allowed automatically"},
	{Value: outcomeUnavailable, Label: "Bank unavailable"},
	{Value: outcomeRefused, Label: "Refused"},
	{Value: outcomeFailed, Label: "Failed"},
}

// Values of account.online.flow's state.
const (
	flowAsking    = "asking"
	flowWaiting   = "waiting"
	flowDone      = "done"
	flowFailed    = "failed"
	flowCancelled = "cancelled"
	flowExpired   = "expired"
)

var flowStates = []schema.Option{
	{Value: flowAsking, Label: "Asking"},
	{Value: flowWaiting, Label: "Waiting"},
	{Value: flowDone, Label: "Done"},
	{Value: flowFailed, Label: "Failed"},
	{Value: flowCancelled, Label: "Cancelled"},
	{Value: flowExpired, Label: "Expired"},
}

var flowKinds = []schema.Option{
	{Value: "connect", Label: "Connect"},
	{Value: "update", Label: "Update credentials"},
	{Value: "reconnect", Label: "Reconnect"},
	{Value: "mfa", Label: "Confirm"},
}

var providerStates = []schema.Option{
	{Value: "stopped", Label: "Stopped"}, {Value: "starting", Label: "Starting"}, {Value: "running", Label: "Running"},
	{Value: "crashed", Label: "Crashed"}, {Value: "refused", Label: "Refused"},
}

var institutionStatuses = []schema.Option{
	{Value: "stable", Label: "Stable"}, {Value: "beta", Label: "Beta"}, {Value: "disabled", Label: "Disabled"},
}

var accountKinds = []schema.Option{
	{Value: "checking", Label: "Checking"}, {Value: "savings", Label: "Savings"}, {Value: "credit_card", Label: "Credit card"},
	{Value: "loan", Label: "Loan"}, {Value: "investment", Label: "Investment"}, {Value: "other", Label: "Other"},
}

var transactionStatuses = []schema.Option{
	{Value: "pending", Label: "Pending"}, {Value: "posted", Label: "Posted"}, {Value: "removed", Label: "Removed"},
}
