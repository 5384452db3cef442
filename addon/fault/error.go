package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Args are the named values of a translated message.
type Args map[string]any

// Error is a failure with a kind. Make one with [New] or [Say]; never change
// one that was returned.
type Error struct {
	Kind Kind
	// Message is the English text for the user, complete with its values.
	Message string
	// ID names the message in the catalogue (locale/*.toml), "" when it is
	// English only; Args are the values that its translation names.
	ID   string
	Args Args
	// Reference is the name of this one failure, see [NewReference].
	Reference string
	// Cause is for the log; it is never shown to a user.
	Cause error
	// Way leads to what has to be done first; nil where there is none.
	Way *Way
}

// Way is an action that a front end offers with a refusal. Odoo's RedirectWarning.
type Way struct {
	Action map[string]any
	Button string // what the button says
}

// New makes a fault from an English message.
//
// The format is fmt.Errorf's. What a final ": %w" stands for becomes the cause
// and stays out of the user's message; to show an error's text, print it with
// %v or %s.
func New(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	cause := causeOf(err)
	message := err.Error()
	if strings.HasSuffix(format, ": %w") {
		shown := "%!w(<nil>)" // how fmt shows a cause of nil
		if cause != nil {
			shown = cause.Error()
		}
		message = strings.TrimSuffix(message, ": "+shown)
	}
	return &Error{Kind: kind, Message: message, Cause: cause}
}

func causeOf(err error) error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return e.Unwrap()
	case interface{ Unwrap() []error }:
		causes := e.Unwrap()
		return causes[len(causes)-1]
	}
	return nil
}

// Say makes a fault from a message of the catalogue, which users read in their
// own language. An id that the catalogue lacks stands for itself; a test over
// all sources catches it.
func Say(kind Kind, id string, args Args) *Error {
	return &Error{Kind: kind, Message: translate("en", id, args, id), ID: id, Args: args}
}

// Because returns a copy with a cause.
func (e *Error) Because(cause error) *Error {
	with := *e
	with.Cause = cause
	return &with
}

// Toward returns a copy that leads somewhere.
func (e *Error) Toward(action map[string]any, button string) *Error {
	with := *e
	with.Way = &Way{Action: action, Button: button}
	return &with
}

// Named returns a copy with an id and values that the catalogue need not know: a
// door may tell the same mistake in the words of its own clients.
func (e *Error) Named(id string, args Args) *Error {
	with := *e
	with.ID, with.Args = id, args
	return &with
}

// Error is the text for the log: message, then causes.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	cause := e.Cause.Error()
	if strings.Contains(cause, e.Message) {
		return cause
	}
	return e.Message + ": " + cause
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// wrapped says which operation on which key failed.
type wrapped struct {
	op  string
	key any
	err error
}

func (w *wrapped) Error() string {
	if w.key == nil || w.key == "" {
		return w.op + ": " + w.err.Error()
	}
	return fmt.Sprintf("%s %v: %v", w.op, w.key, w.err)
}

func (w *wrapped) Unwrap() error { return w.err }

// Wrap puts "op key: " before the text for the log. Kind and message of a
// fault inside stay as they are. A key of nil or "" is left out; Wrap of nil is
// nil.
func Wrap(err error, op string, key any) error {
	if err == nil {
		return nil
	}
	return &wrapped{op: op, key: key, err: err}
}

// As finds the outermost fault in err.
func As(err error) (*Error, bool) {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return e, true
	}
	return nil, false
}

// KindOf returns the kind of the outermost fault in err: "" for nil,
// Unavailable for a context that ended, Internal for any other error.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := As(err); ok {
		return e.Kind
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return Unavailable
	}
	return Internal
}

// Is reports whether err's kind is one of kinds.
func Is(err error, kinds ...Kind) bool {
	of := KindOf(err)
	for _, kind := range kinds {
		if of == kind {
			return true
		}
	}
	return false
}

// MessageOf is the English text that a user may see: the fault's own, or a
// generic one for Internal and for errors that are no faults. nil gives "".
func MessageOf(err error) string { return Localize(err, "en") }
