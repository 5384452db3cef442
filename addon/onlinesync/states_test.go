package onlinesync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// failed is what a user sees of a failure: the run's outcome, the connection's state
// and attention, and when it is tried again by itself; 0 for never.
type failed struct {
	Outcome, State, Attention string
	First, Second             time.Duration
}

// expected is what each kind of failure means, whoever asked.
var expected = map[sdk.Kind]failed{
	sdk.NeedsUser:       {"needs_user", "connected", "mfa", 0, 0},
	sdk.BadCredentials:  {"needs_user", "error", "credentials", 0, 0},
	sdk.ConsentExpired:  {"needs_user", "error", "consent_expired", 0, 0},
	sdk.RateLimited:     {"rate_limited", "connected", "rate_limited", time.Hour, time.Hour},
	sdk.BankUnavailable: {"bank_unavailable", "connected", "bank_unavailable", 15 * time.Minute, 30 * time.Minute},
	sdk.NotSupported:    {"refused", "error", "internal", 15 * time.Minute, 30 * time.Minute},
	sdk.BadRequest:      {"refused", "error", "internal", 15 * time.Minute, 30 * time.Minute},
	sdk.Internal:        {"failed", "error", "internal", 15 * time.Minute, 30 * time.Minute},
	sdk.AutoNotAllowed:  {"not_allowed", "connected", "auto_sync_not_allowed", 0, 0}, // the last: it stays after a success
}

// state is how a connection is, as far as failures go.
func (r *rig) state(link float64, run object) failed {
	r.t.Helper()
	l := r.link(link)
	out := failed{Outcome: fmt.Sprint(run["outcome"]), State: l["state"].(string), Attention: l["attention"].(string)}
	if next, ok := l["next_refresh"].(string); ok {
		at, err := time.Parse(time.DateTime, next)
		if err != nil {
			r.t.Fatal(err)
		}
		out.First = at.Sub(r.now)
	}
	return out
}

// messagesOn counts the messages on a connection.
func (r *rig) messagesOn(link float64) int {
	return r.count("mail.message", leaf("model", "=", "account.online.link"), leaf("res_id", "=", link))
}

// TestStatesTellTheTruth lets every kind of failure happen to a run of each trigger:
// twice in a row, with another host in between, and then a success.
func TestStatesTellTheTruth(t *testing.T) {
	for _, trigger := range []string{"scheduled", "manual", "webhook"} {
		t.Run(trigger, func(t *testing.T) {
			r := newRig(t, ormtest.SQLite)
			s, link := scripted(r, iban)
			r.sync(link)
			for _, kind := range sdk.Kinds() {
				if kind != sdk.AutoNotAllowed {
					r.passThrough(s, link, trigger, kind)
				}
			}
			r.passThrough(s, link, trigger, sdk.AutoNotAllowed)
			r.call("account.online.link", "write", []any{link}, object{"auto_sync": false})
			if run := r.sync(link); run["outcome"] != "nothing_new" || r.link(link)["attention"] != "none" {
				t.Errorf("by hand alone: %v, %v", run, r.link(link))
			}
		})
	}
}

// ask makes a run of a trigger, when it is due, and works on it; nil where none
// begins.
func (r *rig) ask(link float64, trigger string) object {
	r.t.Helper()
	before := r.lastRun()
	switch trigger {
	case "manual":
		r.call("account.online.link", "action_fetch_transactions", []any{link})
	case "webhook":
		r.later(time.Minute)
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
	default:
		if next, ok := r.link(link)["next_refresh"].(string); ok {
			at, err := time.Parse(time.DateTime, next)
			if err != nil {
				r.t.Fatal(err)
			}
			r.later(at.Sub(r.now))
		}
		if err := r.addon.Sweep(r.t.Context(), r.db); err != nil {
			r.t.Fatal(err)
		}
	}
	if r.lastRun() == before {
		return nil
	}
	r.work()
	return r.run(r.lastRun())
}

func (r *rig) passThrough(s *script, link float64, trigger string, kind sdk.Kind) {
	t, want := r.t, expected[kind]
	t.Helper()
	what := func(when string) string { return fmt.Sprintf("%s, %s, %s", kind, trigger, when) }
	messages := r.messagesOn(link)
	told := &sdk.Error{Kind: kind, Message: "no"}
	if kind == sdk.RateLimited {
		told.Until = r.now.Add(26 * time.Hour)
	}
	s.failWith("", told)
	r.laterFor(trigger)
	run := r.ask(link, trigger)
	first := r.link(link)
	got := r.state(link, run)
	if kind == sdk.RateLimited {
		got.First = want.First // until the bank's own time
		if first["next_refresh"] != first["next_refresh_allowed"] {
			t.Errorf("%s: next %v, allowed %v", what("first"), first["next_refresh"], first["next_refresh_allowed"])
		}
	}
	if diff := cmp.Diff(failed{want.Outcome, want.State, want.Attention, want.First, 0}, got); diff != "" {
		t.Errorf("%s: %s", what("first"), diff)
	}
	reference := first["error_reference"]
	if reference == false || run["error_reference"] != reference || !strings.Contains(fmt.Sprint(first["error_message"]), "no") {
		t.Errorf("%s: %v, run %v", what("first"), first, run)
	}
	// Another host: what was met must not be in memory alone.
	r.addon = onlinesync.New(r.options)
	asked := s.fetched()
	again := r.ask(link, map[bool]string{true: "manual", false: trigger}[want.First == 0])
	if got := r.state(link, again); kind != sdk.RateLimited && got.First != want.Second {
		t.Errorf("%s: tried again after %v, want %v", what("second"), got.First, want.Second)
	}
	if second := r.link(link); second["error_reference"] != reference || r.messagesOn(link) != messages+1 {
		t.Errorf("%s: reference %v, was %v; %d new messages", what("second"), second["error_reference"], reference,
			r.messagesOn(link)-messages)
	}
	if s.fetched() == asked && kind != sdk.RateLimited {
		t.Errorf("%s: nobody asked", what("second"))
	}
	s.failWith("", nil)
	r.later(30 * time.Hour)
	well := r.ask(link, "manual")
	state, attention := r.state(link, well), "none"
	if kind == sdk.AutoNotAllowed {
		attention, state.First = "auto_sync_not_allowed", 12*time.Hour
	}
	if diff := cmp.Diff(failed{"nothing_new", "connected", attention, 12 * time.Hour, 0}, state); diff != "" {
		t.Errorf("%s: %s", what("after a success"), diff)
	}
	if l := r.link(link); l["error_reference"] != false || l["error_message"] != false || well["error_reference"] != false {
		t.Errorf("%s: %v", what("after a success"), l)
	}
}

// laterFor lets the bank's last words, and a notification's pause, be over.
func (r *rig) laterFor(trigger string) {
	if trigger != "scheduled" {
		r.later(time.Minute)
	}
}

// An account in a currency that nobody knows harms itself alone.
func TestAnUnknownCurrencyHarmsItsAccountAlone(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, sdk.Account{ID: "odd", Name: "Points", Currency: "ZZZ", Kind: sdk.Savings}, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "1", "comes in")))
	if run := r.sync(link); run["outcome"] != "ok" || run["created"] != 1.0 {
		t.Errorf("run: %v", run)
	}
	if ids := r.call("account.online.link", "action_fetch_accounts", []any{link}).([]any); len(ids) != 1 {
		t.Errorf("accounts: %v", ids)
	}
	if n := r.count("mail.message", leaf("model", "=", "account.online.link"), leaf("body", "ilike", "Points"),
		leaf("body", "ilike", "ZZZ")); n != 1 {
		t.Errorf("%d messages about it", n)
	}
}

// programs are providers whose programs are in a state that a test sets.
type programs struct {
	providers
	state string
}

func (p *programs) List() []provider.Info {
	list := p.providers.List()
	for i := range list {
		list[i].State = p.state
	}
	return list
}

// The row of a provider follows its program, and one that is refused stays so until
// it is looked at anew.
func TestAProvidersRowFollowsItsProgram(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	scripted(r, iban)
	p := &programs{r.banks, "running"}
	r.options.Providers = p
	r.addon = onlinesync.New(r.options)
	row := func() any {
		if err := r.addon.Sweep(t.Context(), r.db); err != nil {
			t.Fatal(err)
		}
		return r.rows("account.online.provider", []any{leaf("name", "=", "script")}, "state")[0]["state"]
	}
	for _, state := range []string{"stopped", "starting", "running", "crashed", "stopped"} {
		if p.state = state; row() != state {
			t.Errorf("the program is %s, the row says %v", state, row())
		}
	}
	other := *p
	other.state = "running"
	r.options.Providers = &other
	second := r.addon
	r.addon = onlinesync.New(r.options)
	if row() != "running" {
		t.Error("what runs on another host is not told")
	}
	if r.addon = second; row() != "running" {
		t.Error("two hosts contradict each other")
	}
}
