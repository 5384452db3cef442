package e2e

import (
	"cmp"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// story is a provider's, being told on a host of its own.
type story struct {
	row   providerRow
	stand *standIn
	h     *host
	c     *client
	at    step   // of the flow that connects
	link  int64  // the connection
	since string // the first day that the first fetch brings; "" for all
	from  string // the first day of which the bank still tells, when it last told the truth
	// kept are the accounts that feed a journal, by the name that the stand-in has
	// for them.
	kept map[string]keptAccount
}

// keptAccount is an account that feeds a journal.
type keptAccount struct{ account, journal int64 }

// newStory starts a stand-in, and a host that uses it.
func newStory(t *testing.T, row providerRow, on database) *story {
	t.Helper()
	s := &story{row: row, stand: row.stand(t)}
	s.h = furnishedHost(t, on, slices.Concat(s.stand.env, row.env)...)
	s.h.env = append(s.h.env, "GIROSYNC_SERVER_PUBLIC_URL="+s.h.url) // providers are told where to notify
	s.h.ownPlugins(t)
	file := filepath.Join(s.h.plugin, "girosync-provider-"+row.name)
	if row.plugin != nil {
		row.plugin(t, file)
	} else {
		putPlugin(t, row.name, file)
	}
	if err := inRoot("scripts/trust", s.h.plugin); err != nil {
		t.Fatal(err)
	}
	s.h.serve(t)
	s.c = s.h.client().login(t)
	return s
}

// chapter is a step of the story; one that is about a deed tells it first.
type chapter struct {
	name string
	tell func(t *testing.T)
	deed *deed
}

// tell goes through the story. Each step stands on those before it, so that none
// is tried after one that failed.
func (s *story) tell(t *testing.T) {
	for _, step := range []chapter{
		{"connect", s.connects, nil},
		{"choose accounts", s.chooses, nil},
		{"first import", s.imports, nil},
		{"provider down", s.outlivesTrouble, nil}, // early: a provider may allow few fetches a day without a user
		{"nothing new", s.importsNothing, nil},
		{"pending posts", s.followsPosting, &s.row.posts},
		{"amended", s.followsAmendment, &s.row.amends},
		{"removed", s.followsRemoval, &s.row.removes},
		{"webhook", s.isInformed, &s.row.informs},
		{"consent ends", func(t *testing.T) { s.renewsAfter(t, s.row.ends) }, &s.row.ends},
		{"revoked upstream", func(t *testing.T) { s.renewsAfter(t, s.row.revokes) }, &s.row.revokes},
		{"killed as a token rotates", s.outlivesKill, &s.row.rotates},
		{"rate limit", s.leavesAlone, &s.row.limits},
		{"revoked by us", s.givesUp, nil},
	} {
		ok := t.Run(step.name, func(t *testing.T) {
			if d := step.deed; d != nil && (d.does == nil) == (d.cannot == "") {
				t.Fatalf("the row of %s has to tell what happens in this step, or why nothing can", s.row.name)
			}
			if step.deed != nil && step.deed.cannot != "" {
				t.Skip(s.row.name + ": " + step.deed.cannot)
			}
			step.tell(t)
		})
		if !ok {
			t.Fatalf("%q failed; the steps after it are not tried", step.name)
		}
	}
	s.h.intact(t)
}

// walk answers what a flow asks, until it asks which accounts, or is over.
func (s *story) walk(t *testing.T, at step) step {
	t.Helper()
	flow := at.FlowID
	const most = 20
	for range most {
		method, args := "poll", list{flow}
		switch {
		case at.State == "waiting" && at.Step.Type == "redirect":
			page := at.Step.URL
			if s.row.allow != nil {
				page = s.row.allow(page)
			}
			if status, body := get(page); status != http.StatusOK { // it leads to the host's callback
				t.Fatalf("back from the bank: %d %.500s", status, body)
			}
		case at.State == "waiting":
		case at.State == "asking" && at.Step.Type != "accounts":
			typed := map[string]string{}
			if s.row.typed != nil && at.Step.Type == "form" {
				typed = s.row.typed(t, s.stand)
			}
			method, args = "submit", list{flow, at.answer(typed)}
		default:
			return at
		}
		at = step{}
		s.c.call(t, &at, "account.online.flow", method, args, nil)
	}
	t.Fatalf("after %d steps the flow is %s: %+v, %v", most, at.State, at.Step, at.ErrorMessage)
	return at
}

// chosen says which of the accounts that are offered a user chooses: all but the
// second.
func chosen(i int) bool { return i != 1 }

// choose chooses among the accounts that a flow offers, and returns the connection.
func (s *story) choose(t *testing.T, at step) int64 {
	t.Helper()
	if at.State == "asking" {
		ids := list{}
		for i, a := range at.Step.Accounts {
			if chosen(i) {
				ids = append(ids, a.ID)
			}
		}
		flow := at.FlowID
		at = step{}
		s.c.call(t, &at, "account.online.flow", "submit", list{flow, object{"accounts": ids}}, nil)
	}
	if at.State != "done" {
		t.Fatalf("the flow is %s: %+v, %v", at.State, at.Step, at.ErrorMessage)
	}
	flow := s.c.rows(t, "account.online.flow", list{leaf("id", "=", at.FlowID)}, "link_id")[0]
	return int64(flow["link_id"].(list)[0].(float64))
}

// newest is the newest posted line of days that are over everywhere, of those that
// became lines here.
func (s *story) newest(t *testing.T) (newest standin.Line) {
	t.Helper()
	truth, over := s.stand.truth(t), yesterdaysNoon().AddDate(0, 0, -3).Format(time.DateOnly)
	for name := range s.kept {
		for _, l := range truth[name].Posted {
			if l.Day <= over && cmp.Or(strings.Compare(l.Day, newest.Day), strings.Compare(l.ID, newest.ID)) > 0 {
				newest = l
			}
		}
	}
	return newest
}

// known are the posted lines of the accounts that were chosen, by their id.
func (s *story) known(truth map[string]standin.Account) map[string]standin.Line {
	lines := map[string]standin.Line{}
	for name := range s.kept {
		s.from = truth[name].From
		for _, l := range truth[name].Posted {
			if l.Day >= s.since {
				lines[l.ID] = l
			}
		}
	}
	return lines
}

// agrees compares all lines with what the bank has in truth.
func (s *story) agrees(t *testing.T) {
	t.Helper()
	truth := s.stand.truth(t)
	total := 0
	for name, kept := range s.kept {
		bank, ok := truth[name]
		if !ok {
			t.Fatalf("the stand-in has no account %s any more", name)
		}
		var want, got []booked
		var sum, have cents
		for _, l := range bank.Posted {
			if l.Day >= max(s.since, bank.From) {
				want = append(want, booked{l.ID, l.Day, textCents(t, l.Amount)})
				sum += textCents(t, l.Amount)
			}
		}
		for _, l := range s.c.rows(t, "account.bank.statement.line", list{leaf("journal_id", "=", kept.journal)},
			"online_transaction_identifier", "date", "amount") {
			total++
			if day := l["date"].(string); day >= bank.From {
				id, _ := l["online_transaction_identifier"].(string)
				got = append(got, booked{id, day, toCents(l["amount"])})
				have += toCents(l["amount"])
			}
		}
		if diff := gocmp.Diff(sorted(want), sorted(got)); diff != "" || len(want) == 0 || sum != have {
			t.Fatalf("%s: %d lines come to %d, the bank's %d to %d (-bank +lines):\n%s", name, len(got), have, len(want), sum, diff)
		}
		waits := s.c.count(t, "account.online.transaction", list{leaf("account_id", "=", kept.account), leaf("status", "=", "pending")})
		if waits != len(bank.Pending) {
			t.Errorf("%s: %d are pending, at the bank %d", name, waits, len(bank.Pending))
		}
		account := s.c.rows(t, "account.online.account", list{leaf("id", "=", kept.account)}, "balance")[0]
		if toCents(account["balance"]) != textCents(t, bank.Balance) {
			t.Errorf("%s: the balance is %v, at the bank %s", name, account["balance"], bank.Balance)
		}
	}
	if all := s.c.linesAreRight(t); all != total {
		t.Errorf("%d lines, of which %d are of accounts that were chosen", all, total)
	}
}

// textCents reads an amount of a stand-in's.
func textCents(t *testing.T, amount string) cents {
	t.Helper()
	if strings.Trim(amount, "-0.") == "" {
		return 0
	}
	n, err := standin.Cents(amount)
	if err != nil {
		t.Fatal(err)
	}
	return cents(n)
}

// lineHere is a line as the host has it.
type lineHere struct {
	record float64
	day    string
	amount cents
}

// lines are all that the host has, by the transaction's id.
func (s *story) lines(t *testing.T) map[string]lineHere {
	t.Helper()
	lines := map[string]lineHere{}
	for _, l := range s.c.rows(t, "account.bank.statement.line", nil, "online_transaction_identifier", "date", "amount") {
		lines[l["online_transaction_identifier"].(string)] = lineHere{l["id"].(float64), l["date"].(string), toCents(l["amount"])}
	}
	return lines
}

// attention is how a connection stands.
func (c *client) attention(t *testing.T, link int64) object {
	t.Helper()
	return c.rows(t, "account.online.link", list{leaf("id", "=", link)}, "state", "attention", "error_message", "next_refresh",
		"next_refresh_allowed")[0]
}

// moment reads an instant that a host tells; the zero one when it tells none.
func moment(t *testing.T, v any) time.Time {
	t.Helper()
	text, ok := v.(string)
	if !ok {
		return time.Time{}
	}
	at, err := time.Parse(time.DateTime, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
