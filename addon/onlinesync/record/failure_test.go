package record

import (
	"context"
	"errors"
	"log/slog"
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

// actors are the words by which a sentence names who must act.
var actors = map[string]map[string]string{
	"en": {ActorUser: "Press ", ActorBank: "Your bank", ActorProvider: "The provider", ActorOperator: "your administrator"},
	"nl": {ActorUser: "Druk ", ActorBank: "Uw bank", ActorProvider: "aanbieder", ActorOperator: "uw beheerder"},
}

// steps are the words that say what comes next.
var steps = map[string][]string{
	"en": {"Press ", "press ", "We try again", "we try again", "we ask it again", "Ask your"},
	"nl": {"Druk ", "druk ", "We proberen het", "we proberen het", "we vragen het opnieuw", "Vraag uw"},
}

// Every failure says in every language what happened, who must act, and what comes
// next: a sentence at least for each, and without a gap.
func TestEveryFailureSaysWhoMustActAndWhatComesNext(t *testing.T) {
	failures := []error{ErrSecretLost, &sdk.Error{Kind: sdk.BankUnavailable, Cause: ErrSilent},
		&sdk.Error{Kind: sdk.Internal, Cause: ErrNotStarted}, errors.New("anything"), context.DeadlineExceeded}
	for _, kind := range sdk.Kinds() {
		failures = append(failures, &sdk.Error{Kind: kind})
	}
	for _, cause := range failures {
		f := Fail(slog.New(slog.DiscardHandler), cause)
		said := map[string]string{}
		for lang := range actors {
			text := f.Words(lang)
			said[lang] = text
			names := func(word string) bool { return strings.Contains(text, word) }
			if f.message == "sync.auto_not_allowed" { // its button is a switch
				names = func(string) bool { return strings.Contains(text, "Switch off") || strings.Contains(text, "Zet ") }
			}
			if !names(actors[lang][f.Actor]) {
				t.Errorf("%v, %s: %q does not name the %s", cause, lang, text, f.Actor)
			}
			if !slices.ContainsFunc(steps[lang], func(step string) bool { return strings.Contains(text, step) }) {
				t.Errorf("%v, %s: %q does not say what comes next", cause, lang, text)
			}
			if !strings.Contains(text, ". ") || strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
				t.Errorf("%v, %s: %q", cause, lang, text)
			}
		}
		if said["en"] == said["nl"] {
			t.Errorf("%v: both languages say %q", cause, said["en"])
		}
	}
	for _, attention := range Attentions {
		if (ActorOf(attention.Value) == "") != (MessageOf(attention.Value) == "") {
			t.Errorf("%s: actor %q, message %q", attention.Value, ActorOf(attention.Value), MessageOf(attention.Value))
		}
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
