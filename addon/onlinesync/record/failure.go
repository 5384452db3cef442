package record

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/plugins/sdk"
)

// retry says when a failed connection is tried again unattended.
type retry int

const (
	never   retry = iota // until a user acted
	backoff              // later and later
	until                // when the limit ends, else as backoff
)

// Who must act upon a failure, as clients and support are told.
const (
	ActorUser     = "user"     // whoever uses the connection
	ActorBank     = "bank"     // nobody here; it is tried again
	ActorProvider = "provider" // its author, if it stays; it is tried again
	ActorOperator = "operator" // the administrator of this host
)

// consequence is what one kind of provider error means.
type consequence struct {
	State     string
	Attention string
	Outcome   string
	Actor     string
	fault     fault.Kind
	message   string // id of the sentence for the user: what happened, who must act, what comes next
	retry     retry
	// wholeLink: the other accounts of the connection would meet the same.
	WholeLink bool
}

// consequences maps every kind of provider error; a test holds it complete.
var consequences = map[sdk.Kind]consequence{
	sdk.NeedsUser: {StateConnected, AttentionMFA, OutcomeNeedsUser, ActorUser, fault.User, "sync.needs_user", never, true},
	sdk.BadCredentials: {StateError, AttentionCredentials, OutcomeNeedsUser, ActorUser, fault.User, "sync.bad_credentials", never,
		true},
	sdk.ConsentExpired: {StateError, AttentionConsentExpired, OutcomeNeedsUser, ActorUser, fault.User, "sync.consent_expired", never,
		true},
	sdk.RateLimited: {StateConnected, AttentionRateLimited, OutcomeRateLimited, ActorBank, fault.Unavailable, "sync.rate_limited",
		until, false},
	sdk.BankUnavailable: {StateConnected, AttentionBankUnavailable, OutcomeUnavailable, ActorBank, fault.Unavailable,
		"sync.bank_unavailable", backoff, false},
	sdk.NotSupported: {StateError, AttentionInternal, OutcomeRefused, ActorProvider, fault.User, "sync.not_supported", backoff, false},
	sdk.AutoNotAllowed: {StateConnected, AttentionAutoNotAllowed, OutcomeNotAllowed, ActorUser, fault.User, "sync.auto_not_allowed",
		never, true},
	sdk.BadRequest: {StateError, AttentionInternal, OutcomeRefused, ActorProvider, fault.User, "sync.bad_request", backoff, false},
	sdk.Internal: {StateError, AttentionInternal, OutcomeFailed, ActorProvider, fault.Unavailable, "sync.provider_failed", backoff,
		false},
}

// ErrSilent ends a call whose provider gave no sign for too long, and ErrNotStarted
// is the cause of what could not be asked, since its provider's program does not
// start. The host has words of its own for them.
var (
	ErrSilent     = errors.New("the provider gave no sign for too long")
	ErrNotStarted = errors.New("the provider cannot be started")
)

// ownDetails are the host's own words for what happened, by their cause.
var ownDetails = map[error]string{ErrSilent: "sync.provider_silent", ErrNotStarted: "sync.provider_not_started"}

// ErrSecretLost: the stored secret of a connection cannot be opened by the
// host's key set. It means the same as credentials that the bank refuses: the
// user has to give them again.
var ErrSecretLost = errors.New("the stored credentials cannot be opened")

// consequenceOf returns what an error means.
func consequenceOf(err error) (sdk.Kind, consequence) {
	kind := KindOf(err)
	c, ok := consequences[kind]
	if !ok {
		return sdk.Internal, consequences[sdk.Internal]
	}
	if errors.Is(err, ErrSecretLost) {
		c.message, c.Actor = "sync.secret_lost", ActorOperator
	}
	return kind, c
}

// KindOf is sdk.KindOf, but a provider that gave no sign in time counts as a
// bank that does not answer, and a lost secret as bad credentials.
func KindOf(err error) sdk.Kind {
	var told *sdk.Error
	if errors.Is(err, ErrSecretLost) {
		return sdk.BadCredentials
	}
	if !errors.As(err, &told) && errors.Is(err, context.DeadlineExceeded) {
		return sdk.BankUnavailable
	}
	return sdk.KindOf(err)
}

// Failure is one failure as users and the log know it.
type Failure struct {
	Kind sdk.Kind
	consequence
	Reference string
	Detail    string // the provider's own words; may be empty
	detailID  string // of the host's own words, in place of these
	Until     time.Time
	Vendor    string // the provider's own reference, such as a request id; may be empty
	Beta      string // the name of an institution in beta, whose failure it is; else ""
	cause     error
}

// Fail gives an error its reference and logs it, once.
func Fail(log *slog.Logger, err error, attrs ...any) *Failure {
	return fail(log, err, fault.NewReference(), attrs)
}

// FailOf is Fail for an error of a connection. One trouble has one reference while
// it lasts, which a user can tell on the first day and on the fifth.
func FailOf(link *Link, log *slog.Logger, err error, attrs ...any) *Failure {
	reference := link.Reference
	if _, c := consequenceOf(err); reference == "" || c.State != link.State || c.Attention != link.Attention {
		reference = fault.NewReference()
	}
	f := fail(log, err, reference, append([]any{"link", link.ID, "provider", link.Provider}, attrs...))
	f.Beta = link.Beta
	return f
}

func fail(log *slog.Logger, err error, reference string, attrs []any) *Failure {
	kind, c := consequenceOf(err)
	f := &Failure{Kind: kind, consequence: c, Reference: reference, cause: err}
	var told *sdk.Error
	if errors.As(err, &told) {
		f.Detail, f.Until, f.Vendor = Tidy(told.Message), told.Until, Tidy(told.Reference)
	}
	for cause, id := range ownDetails {
		if errors.Is(err, cause) {
			f.detailID = id
		}
	}
	attrs = append(attrs, "reference", f.Reference, "kind", string(kind), "error", err)
	if f.Vendor != "" {
		attrs = append(attrs, "provider_reference", f.Vendor)
	}
	log.Log(context.Background(), c.level(), "synchronisation", attrs...)
	return f
}

// level is an operator's: what a user or a bank must put right is not their error.
func (c consequence) level() slog.Level {
	if c.Attention == AttentionInternal {
		return slog.LevelError
	}
	return slog.LevelWarn
}

// Words is the failure in a user's language, with the provider's own words, and
// with a notice where nobody supports the bank (S55).
func (f *Failure) Words(lang string) string {
	args := fault.Args{"until": "", "detail": f.Detail}
	text := fault.Localize(&fault.Error{Kind: fault.User, Message: f.message, ID: f.message, Args: args}, lang)
	if !f.Until.IsZero() {
		text += " (" + f.Until.UTC().Format("2006-01-02 15:04 MST") + ")"
	}
	detail := f.Detail
	if f.detailID != "" {
		detail = SayIn(lang, f.detailID, nil)
	}
	if detail != "" {
		text += " — " + detail
	}
	if f.Beta != "" {
		text += "\n" + SayIn(lang, "sync.beta_unsupported", fault.Args{"institution": f.Beta})
	}
	return text
}

// AsFault is the failure as the answer to a call.
func (f *Failure) AsFault(lang string) error {
	return &fault.Error{Kind: f.fault, Message: f.Words(lang), Reference: f.Reference, Cause: f.cause}
}

// NextTry is when to try again; zero for never by itself. failures counts those
// in a row, this one included.
func (f *Failure) NextTry(now time.Time, failures int64, interval time.Duration) time.Time {
	switch f.retry {
	case never:
		return time.Time{}
	case until:
		if f.Until.After(now) {
			return f.Until
		}
	}
	wait := 15 * time.Minute
	for range min(max(failures-1, 0), 10) {
		wait *= 2
	}
	return now.Add(min(wait, interval))
}

// ActorOf is who must act upon an attention; "" for nobody.
func ActorOf(attention string) (actor string) {
	for _, kind := range sdk.Kinds() {
		if c := consequences[kind]; c.Attention == attention {
			actor = c.Actor
		}
	}
	return actor
}

// MessageOf is the id of the sentence that an attention means, without what a
// provider said of it; "" for none.
func MessageOf(attention string) (id string) {
	for _, kind := range sdk.Kinds() { // of several, the last is the general one
		if c := consequences[kind]; c.Attention == attention {
			id = c.message
		}
	}
	return id
}
