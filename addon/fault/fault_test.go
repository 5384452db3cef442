package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
)

func TestNew(t *testing.T) {
	tests := []struct {
		name         string
		err          *fault.Error
		message, log string
		cause        error
	}{
		{"plain", fault.New(fault.User, "Journal %s is archived", "BNK1"), "Journal BNK1 is archived", "Journal BNK1 is archived", nil},
		{"final cause is for the log only",
			fault.New(fault.Unavailable, "The database %q cannot be opened: %w", "acme", io.ErrUnexpectedEOF),
			`The database "acme" cannot be opened`, `The database "acme" cannot be opened: unexpected EOF`, io.ErrUnexpectedEOF},
		{"a cause elsewhere is part of the text", fault.New(fault.Value, "%w in the domain", io.EOF), "EOF in the domain",
			"EOF in the domain: EOF", io.EOF},
		{"shown on purpose", fault.New(fault.Value, "bad domain: %v", io.EOF), "bad domain: EOF", "bad domain: EOF", nil},
		{"no cause after all", fault.New(fault.User, "No: %w", nil), "No", "No", nil},
		{"cause added", fault.New(fault.User, "No").Because(io.EOF), "No", "No: EOF", io.EOF},
		{"several causes", fault.New(fault.User, "%w and then: %w", io.EOF, io.ErrNoProgress), "EOF and then",
			"EOF and then: " + io.ErrNoProgress.Error(), io.ErrNoProgress},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fault.MessageOf(test.err); got != test.message {
				t.Errorf("message %q, want %q", got, test.message)
			}
			if got := test.err.Error(); got != test.log {
				t.Errorf("log %q, want %q", got, test.log)
			}
			if test.err.Cause != test.cause {
				t.Errorf("cause %v, want %v", test.err.Cause, test.cause)
			}
		})
	}
}

func TestWrapKeepsKindAndMessage(t *testing.T) {
	inner := fault.New(fault.Missing, "Record does not exist or has been deleted.")
	err := fault.Wrap(fault.Wrap(inner, "read line", 7), "search_read", nil)
	if got, want := err.Error(), "search_read: read line 7: Record does not exist or has been deleted."; got != want {
		t.Errorf("log %q, want %q", got, want)
	}
	if got := fault.KindOf(err); got != fault.Missing {
		t.Errorf("kind %q", got)
	}
	if got := fault.MessageOf(err); got != inner.Message {
		t.Errorf("message %q", got)
	}
	if !errors.Is(err, inner) {
		t.Error("the inner fault is lost")
	}
	if fault.Wrap(nil, "op", 1) != nil {
		t.Error("Wrap(nil) is an error")
	}
}

func TestKindOf(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"nil", nil, ""},
		{"stranger", io.EOF, fault.Internal},
		{"deadline", fmt.Errorf("plugin: %w", context.DeadlineExceeded), fault.Unavailable},
		{"cancelled", context.Canceled, fault.Unavailable},
		{"outermost wins", fault.New(fault.User, "a: %w", fault.New(fault.Denied, "b")), fault.User},
		{"joined", errors.Join(io.EOF, fault.New(fault.Key, "res.nothing")), fault.Key},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fault.KindOf(test.err); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if !fault.Is(io.EOF, fault.User, fault.Internal) || fault.Is(io.EOF, fault.User) || fault.Is(nil, fault.Internal) {
		t.Error("Is disagrees with KindOf")
	}
}

func TestInternalHidesItsMessage(t *testing.T) {
	secret := "table users has no column hunter2"
	for _, err := range []error{errors.New(secret), fault.New(fault.Internal, "%s", secret), fault.Wrap(errors.New(secret), "op", "key")} {
		for _, lang := range fault.Languages() {
			text := fault.Localize(fault.WithReference(err, "GS-AAAA-BBBB"), lang)
			if strings.Contains(text, "hunter2") || !strings.Contains(text, "GS-AAAA-BBBB") {
				t.Errorf("%s: %q", lang, text)
			}
			if text := fault.Localize(err, lang); strings.Contains(text, "hunter2") || text == "" {
				t.Errorf("%s: %q", lang, text)
			}
		}
	}
}

func TestWithReference(t *testing.T) {
	inner := fault.Say(fault.Unauthenticated, "fault.unauthenticated", nil)
	err := fault.WithReference(fault.Wrap(inner, "log in", "admin"), "GS-2222-3333")
	again := fault.WithReference(fault.Wrap(err, "call", nil), "GS-9999-9999")
	if got := fault.ReferenceOf(again); got != "GS-2222-3333" {
		t.Errorf("reference %q was replaced", got)
	}
	if got := fault.ReferenceOf(fault.New(fault.User, "outer: %w", err)); got != "GS-2222-3333" {
		t.Errorf("reference under another fault: %q", got)
	}
	if got := fault.KindOf(again); got != fault.Unauthenticated {
		t.Errorf("kind %q", got)
	}
	if got := fault.Localize(again, "nl_NL"); got != "Toegang geweigerd" {
		t.Errorf("message %q", got)
	}
	if got, want := again.Error(), "call: log in admin: Access Denied"; got != want {
		t.Errorf("log %q, want %q", got, want)
	}
	if inner.Reference != "" {
		t.Error("the original was changed")
	}
	if fault.WithReference(nil, "GS-1") != nil || fault.ReferenceOf(nil) != "" || fault.ReferenceOf(io.EOF) != "" {
		t.Error("nothing has a reference")
	}
}

func TestNewReference(t *testing.T) {
	shape := regexp.MustCompile(`^GS-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$`)
	seen := map[string]bool{}
	for range 2000 {
		reference := fault.NewReference()
		if !shape.MatchString(reference) {
			t.Fatalf("%q has another shape", reference)
		}
		if seen[reference] {
			t.Fatalf("%q came twice", reference)
		}
		seen[reference] = true
	}
}

func TestKindsAreAllDifferent(t *testing.T) {
	kinds := fault.Kinds()
	slices.Sort(kinds)
	if got := len(slices.Compact(kinds)); got != 14 {
		t.Errorf("%d kinds, want 14", got)
	}
	var bad []fault.Kind
	for _, kind := range fault.Kinds() {
		if kind.BadCall() {
			bad = append(bad, kind)
		}
	}
	if want := []fault.Kind{fault.Value, fault.Type, fault.Key, fault.Attribute, fault.NotFound}; !slices.Equal(bad, want) {
		t.Errorf("bad calls %v, want %v", bad, want)
	}
}
