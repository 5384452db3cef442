package sdk

import (
	"errors"
	"fmt"
	"time"
)

// Kind is what an error means for the connection.
type Kind string

// Error kinds. The host maps each to what a user sees and to when it tries again.
const (
	NeedsUser       Kind = "needs_user"       // a second factor or a confirmation
	BadCredentials  Kind = "bad_credentials"  // never retried by itself
	ConsentExpired  Kind = "consent_expired"  // the user must renew
	RateLimited     Kind = "rate_limited"     // see Until
	BankUnavailable Kind = "bank_unavailable" // retried later
	NotSupported    Kind = "not_supported"    // the provider cannot do this
	AutoNotAllowed  Kind = "auto_not_allowed" // only with a user present
	BadRequest      Kind = "bad_request"      // what was sent is wrong; see Field
	Internal        Kind = "internal"         // a defect of the provider
)

// Kinds lists every kind, for tables that must be complete.
func Kinds() []Kind {
	return []Kind{NeedsUser, BadCredentials, ConsentExpired, RateLimited,
		BankUnavailable, NotSupported, AutoNotAllowed, BadRequest, Internal}
}

// Error is a provider's failure. Message is shown to users: no secret, no stack.
type Error struct {
	Kind    Kind
	Message string
	// Until is when a rate limit ends; zero when unknown.
	Until time.Time
	// Field names the input at fault, for BadRequest in a flow.
	Field string
	// Line is where a file is at fault, 1-based, for BadRequest in a file.
	Line int
	// Reference is the bank's or vendor's own, for their support.
	Reference string
	// Cause is for the log only; it does not cross the process border.
	Cause error
}

// Error is for logs: kind, message and cause.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Kind, e.Message, e.Cause)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Message)
}

// Unwrap is Cause.
func (e *Error) Unwrap() error { return e.Cause }

// ErrGone is in the chain of an [Internal] error that came because the
// provider's process ended during the call, or cannot be started just now. It
// says nothing about the bank, and the same call may be made again: after
// [Error].Until when that is set, else at once.
var ErrGone = errors.New("the connection to the provider broke")

// Errorf makes an error of a kind. A %w operand becomes its cause's chain.
func Errorf(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// FieldErrorf makes a [BadRequest] for one named input of a flow.
func FieldErrorf(field, format string, args ...any) *Error {
	err := Errorf(BadRequest, format, args...)
	err.Field = field
	return err
}

// KindOf returns the kind of err: Internal when it is none of ours, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
