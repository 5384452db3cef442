package onlinesync

import (
	"context"
	"errors"
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

// consequence is what one kind of provider error means.
type consequence struct {
	state     string
	attention string
	outcome   string
	fault     fault.Kind
	message   string // id of the sentence for the user
	retry     retry
	// wholeLink: the other accounts of the connection would meet the same.
	wholeLink bool
}

// consequences maps every kind of provider error; a test holds it complete.
var consequences = map[sdk.Kind]consequence{
	sdk.NeedsUser:       {stateConnected, attentionMFA, outcomeNeedsUser, fault.User, "sync.needs_user", never, true},
	sdk.BadCredentials:  {stateError, attentionCredentials, outcomeNeedsUser, fault.User, "sync.bad_credentials", never, true},
	sdk.ConsentExpired:  {stateError, attentionConsentExpired, outcomeNeedsUser, fault.User, "sync.consent_expired", never, true},
	sdk.RateLimited:     {stateConnected, attentionRateLimited, outcomeRateLimited, fault.Unavailable, "sync.rate_limited", until, false},
	sdk.BankUnavailable: {stateConnected, attentionBankUnavailable, outcomeUnavailable, fault.Unavailable, "sync.bank_unavailable", backoff, false},
	sdk.NotSupported:    {stateError, attentionInternal, outcomeRefused, fault.User, "sync.not_supported", backoff, false},
	sdk.AutoNotAllowed:  {stateConnected, attentionAutoNotAllowed, outcomeNotAllowed, fault.User, "sync.auto_not_allowed", never, true},
	sdk.BadRequest:      {stateError, attentionInternal, outcomeRefused, fault.User, "sync.bad_request", backoff, false},
	sdk.Internal:        {stateError, attentionInternal, outcomeFailed, fault.Unavailable, "sync.provider_failed", backoff, false},
}

// consequenceOf returns what an error means.
func consequenceOf(err error) (sdk.Kind, consequence) {
	kind := kindOf(err)
	c, ok := consequences[kind]
	if !ok {
		return sdk.Internal, consequences[sdk.Internal]
	}
	return kind, c
}

// kindOf is sdk.KindOf, but a provider that gave no sign in time counts as a
// bank that does not answer.
func kindOf(err error) sdk.Kind {
	var told *sdk.Error
	if !errors.As(err, &told) && errors.Is(err, context.DeadlineExceeded) {
		return sdk.BankUnavailable
	}
	return sdk.KindOf(err)
}

// failure is one failure as users and the log know it.
type failure struct {
	kind sdk.Kind
	consequence
	reference string
	detail    string // the provider's own words; may be empty
	until     time.Time
	cause     error
}

// fail gives an error its reference and logs it, once.
func (a *Addon) fail(err error, attrs ...any) *failure {
	kind, c := consequenceOf(err)
	f := &failure{kind: kind, consequence: c, reference: fault.NewReference(), cause: err}
	var told *sdk.Error
	if errors.As(err, &told) {
		f.detail, f.until = tidy(told.Message), told.Until
	}
	attrs = append(attrs, "reference", f.reference, "kind", string(kind), "error", err)
	a.opt.Log.Error("synchronisation", attrs...)
	return f
}

// words is the failure in a user's language, with the provider's own words.
func (f *failure) words(lang string) string {
	args := fault.Args{"until": "", "detail": f.detail}
	text := fault.Localize(&fault.Error{Kind: fault.User, Message: f.message, ID: f.message, Args: args}, lang)
	if !f.until.IsZero() {
		text += " (" + f.until.UTC().Format("2006-01-02 15:04 MST") + ")"
	}
	if f.detail != "" {
		text += " — " + f.detail
	}
	return text
}

// fault is the failure as the answer to a call.
func (f *failure) asFault(lang string) error {
	return &fault.Error{Kind: f.fault, Message: f.words(lang), Reference: f.reference, Cause: f.cause}
}

// nextTry is when to try again; zero for never by itself. failures counts those
// in a row, this one included.
func (f *failure) nextTry(now time.Time, failures int64, interval time.Duration) time.Time {
	switch f.retry {
	case never:
		return time.Time{}
	case until:
		if f.until.After(now) {
			return f.until
		}
	}
	wait := 15 * time.Minute
	for range min(max(failures-1, 0), 10) {
		wait *= 2
	}
	return now.Add(min(wait, interval))
}
