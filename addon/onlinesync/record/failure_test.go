package record

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Every kind of provider error has a consequence, in values that fields_get
// lists and in words of both languages.
func TestEveryKindHasAConsequence(t *testing.T) {
	in := func(options []schema.Option, value string) bool {
		return slices.ContainsFunc(options, func(o schema.Option) bool { return o.Value == value })
	}
	for _, kind := range sdk.Kinds() {
		c, ok := consequences[kind]
		if !ok {
			t.Errorf("%s: none", kind)
			continue
		}
		if !in(LinkStates, c.State) || !in(Attentions, c.Attention) || !in(Outcomes, c.Outcome) ||
			!slices.Contains(fault.Kinds(), c.fault) {
			t.Errorf("%s: %+v", kind, c)
		}
		if c.Attention == AttentionNone || c.Outcome == OutcomeOK || c.Outcome == OutcomeNothingNew {
			t.Errorf("%s looks like success: %+v", kind, c)
		}
		f := &Failure{Kind: kind, consequence: c}
		if en, nl := f.Words("en"), f.Words("nl"); en == c.message || en == nl || strings.Contains(en, "<no value>") {
			t.Errorf("%s: %q, %q", kind, en, nl)
		}
		if parkedNow := slices.Contains(Parked, any(c.Attention)); parkedNow != (c.retry == never) {
			t.Errorf("%s: parked %v, retry %v", kind, parkedNow, c.retry)
		}
	}
	if len(consequences) != len(sdk.Kinds()) {
		t.Errorf("%d consequences for %d kinds", len(consequences), len(sdk.Kinds()))
	}
	if kind, _ := consequenceOf(errors.New("anything")); kind != sdk.Internal {
		t.Errorf("a stranger is %s", kind)
	}
	if kind, _ := consequenceOf(&sdk.Error{Kind: "of the future"}); kind != sdk.Internal {
		t.Errorf("an unknown kind is %s", kind)
	}
}

func TestNextTry(t *testing.T) {
	now := time.Date(2026, 6, 17, 9, 0, 0, 0, time.UTC)
	interval := 12 * time.Hour
	tests := []struct {
		name     string
		f        Failure
		failures int64
		want     time.Duration
	}{
		{"first", Failure{consequence: consequence{retry: backoff}}, 1, 15 * time.Minute},
		{"second", Failure{consequence: consequence{retry: backoff}}, 2, 30 * time.Minute},
		{"never later than the schedule", Failure{consequence: consequence{retry: backoff}}, 400, interval},
		{"until the limit ends", Failure{consequence: consequence{retry: until}, Until: now.Add(time.Hour)}, 1, time.Hour},
		{"a limit without end", Failure{consequence: consequence{retry: until}}, 3, time.Hour},
		{"a limit that ended", Failure{consequence: consequence{retry: until}, Until: now.Add(-time.Hour)}, 1, 15 * time.Minute},
	}
	for _, test := range tests {
		if got := test.f.NextTry(now, test.failures, interval).Sub(now); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	if !(&Failure{consequence: consequence{retry: never}}).NextTry(now, 1, interval).IsZero() {
		t.Error("never is sometimes")
	}
}
