package onlinesync_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestTheSupportBundleTellsWhatHappenedAndNothingElse plants a canary in whatever may
// hold something private, and looks for it in all that the bundle says (S64, S55).
func TestTheSupportBundleTellsWhatHappenedAndNothingElse(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, sdk.Account{ID: "a1", Name: "Canaryowner", Number: iban.Number, Owner: "Canaryholder", Currency: "EUR",
		Kind: sdk.Checking})
	s.secret = "Canarysecret"
	r.call("account.online.link", "write", []any{link}, object{"name": "Canaryname"})
	booked := tx("Canaryid", "2026-06-01", "-1234.56", "Canarytext")
	booked.Counterparty, booked.CounterNumber, booked.Raw = "Canaryperson", "NL20INGB0001234567", []byte(`{"x":"Canaryraw"}`)
	told := with(all(booked), balance(sdk.Interim, "2026-06-16", "7654.32"))
	told.Cursor = []byte("Canarycursor")
	s.tell("a1", told)
	r.sync(link)
	limited := &sdk.Error{Kind: sdk.RateLimited, Message: "Canarywords of Canaryperson about 1234.56 on " + iban.Number,
		Until: r.now.Add(time.Hour), Reference: "req-7f3a"}
	s.failWith("a1", limited)
	r.sync(link)
	reference := r.link(link)["error_reference"].(string)
	bundle := r.call("account.online.link", "action_support_bundle", []any{link}).(object)
	text, err := json.Marshal(bundle)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"Canary", "1234.56", "7654.32", iban.Number, "0001234567", "token", "admin"} {
		if i := strings.Index(string(text), private); i >= 0 {
			t.Errorf("%q is in it: …%s…", private, text[max(0, i-60):min(len(text), i+60)])
		}
	}
	for _, told := range []string{reference, "req-7f3a", "NL…4300", `"rate_limited"`, `"refreshes_per_day"`, `"grade"`,
		"2026-06-17 10:30:00", `"window_to":"2026-06-17"`, `"created":1`} {
		if !strings.Contains(string(text), told) {
			t.Errorf("it lacks %s", told)
		}
	}
	if len(text) > 100_000 || len(bundle["runs"].([]any)) != 2 {
		t.Errorf("%d bytes, %d runs", len(text), len(bundle["runs"].([]any)))
	}
	read := bundle["text"].(string)
	if !strings.HasPrefix(read, "Connection 1 with Scripted Bank through script: connected, rate_limited.") ||
		!regexp.MustCompile(`(?m)^  run 2: rate_limited, done, manual, begun 2026-06-17 09:30:00`).MatchString(read) {
		t.Errorf("to be read:\n%s", read)
	}
	if strings.Contains(read, "not supported") {
		t.Error("a stable bank is called unsupported")
	}
	for _, word := range []any{reference, bundle["connections"].([]any)[0].(object)["client_id"]} {
		if found := r.call("account.online.link", "find_support_bundle", word).(object); len(found["connections"].([]any)) != 1 {
			t.Errorf("by %v: %v", word, found)
		}
	}
	if _, err := r.try("account.online.link", "find_support_bundle", "GS-0000-0000"); !fault.Is(err, fault.User) {
		t.Errorf("of what there is not: %v", err)
	}
}

// A bundle stays small however long a connection has been there, and says that a
// beta bank is not supported.
func TestABundleOfABetaBankIsSmallAndSaysThatNobodySupportsIt(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	link := r.connect("demo-beta", -1, object{"acknowledge_beta": true})
	r.work()
	for range 25 {
		r.sync(link)
	}
	bundle := r.call("account.online.link", "action_support_bundle", []any{link}).(object)
	if n := len(bundle["runs"].([]any)); n != 20 {
		t.Errorf("%d runs", n)
	}
	if c := bundle["connections"].([]any)[0].(object); c["supported"] != false ||
		!strings.Contains(fmt.Sprint(bundle["head"]), "in beta") || len(bundle["notices"].([]any)) != 1 ||
		!strings.Contains(bundle["text"].(string), "beta: not supported") {
		t.Errorf("connection: %v, head: %v", c, bundle["head"])
	}
	r.banks["demo"] = failing{r.banks["demo"]}
	if run := r.sync(link); !strings.Contains(run["error_message"].(string), "is in beta") {
		t.Errorf("a failure: %v", run)
	}
}

// failing is a provider whose bank is away.
type failing struct{ sdk.Provider }

func (failing) FetchTransactions(context.Context, sdk.FetchRequest, func(sdk.Batch) error) error {
	return sdk.Errorf(sdk.BankUnavailable, "away")
}
