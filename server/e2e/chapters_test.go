package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// connects begins a connection and goes on until the accounts are offered.
func (s *story) connects(t *testing.T) {
	until(t, "the bank "+s.row.institution, func() bool {
		return s.c.count(t, "account.online.institution", list{leaf("online_identifier", "=", s.row.institution)}) == 1
	})
	var at step
	bank := s.c.institution(t, s.row.institution)
	s.c.call(t, &at, "account.online.flow", "start", list{object{"institution_id": bank}}, nil)
	s.at = s.walk(t, at)
	if s.at.State != "asking" || len(s.at.Step.Accounts) < 2 {
		t.Fatalf("the flow is %s: %+v, %v", s.at.State, s.at.Step, s.at.ErrorMessage)
	}
}

// chooses chooses all accounts but one: all are known, and those feed journals.
func (s *story) chooses(t *testing.T) {
	s.link, s.kept = s.choose(t, s.at), map[string]keptAccount{}
	accounts := s.c.rows(t, "account.online.account", list{leaf("account_online_link_id", "=", s.link)}, "online_identifier",
		"stable_identifier", "journal_ids")
	if len(accounts) != len(s.at.Step.Accounts) {
		t.Errorf("%d accounts are known of %d", len(accounts), len(s.at.Step.Accounts))
	}
	truth := s.stand.truth(t)
	for i, offered := range s.at.Step.Accounts {
		at := slices.IndexFunc(accounts, func(a object) bool { return a["online_identifier"] == offered.ID })
		if at < 0 {
			t.Fatalf("account %s is not known", offered.ID)
		}
		journals := accounts[at]["journal_ids"].(list)
		if feeds := len(journals) == 1; feeds != chosen(i) {
			t.Fatalf("account %d of those offered feeds %d journals", i, len(journals))
		}
		name := offered.ID // of this consent, where it is not for good
		if _, has := truth[name]; !has {
			name, _ = accounts[at]["stable_identifier"].(string)
		}
		if _, has := truth[name]; !has {
			t.Fatalf("the stand-in has no account %s: it has %v", name, slices.Collect(maps.Keys(truth)))
		}
		if chosen(i) {
			s.kept[name] = keptAccount{int64(accounts[at]["id"].(float64)), int64(journals[0].(float64))}
		}
	}
}

func (s *story) imports(t *testing.T) {
	runs := s.c.runsDone(t, s.link)
	if len(runs) != 1 || runs[0]["outcome"] != "ok" {
		t.Fatalf("the first synchronisation: %v", runs)
	}
	if s.row.history > 0 {
		began := s.c.rows(t, "account.online.run", list{leaf("link_id", "=", s.link)}, "started_at")[0]
		s.since = moment(t, began["started_at"]).AddDate(0, 0, 1-s.row.history).Format(time.DateOnly)
	}
	s.agrees(t)
}

func (s *story) importsNothing(t *testing.T) {
	if run := s.c.fetch(t, s.link); run["outcome"] != "nothing_new" || run["created"] != 0.0 {
		t.Errorf("the second synchronisation: %v", run)
	}
	s.agrees(t)
}

// fetches synchronises, with an outcome.
func (s *story) fetches(t *testing.T, outcome string) object {
	t.Helper()
	run := s.c.fetch(t, s.link)
	if run["outcome"] != outcome {
		t.Fatalf("the synchronisation, which should be %s: %v", outcome, run)
	}
	return run
}

// followsPosting: what was pending becomes one line, and the ledger's row of the
// pending one is the row of that line.
func (s *story) followsPosting(t *testing.T) {
	before, had := s.stand.truth(t), len(s.lines(t))
	waited := map[string]bool{}
	for name := range s.kept {
		for _, l := range before[name].Pending {
			waited[l.ID] = true
		}
	}
	s.row.posts.does(t, s)
	run := s.fetches(t, "ok")
	s.agrees(t)
	lines := s.lines(t)
	if run["created"] != float64(len(lines)-had) {
		t.Errorf("%d lines became %d: %v", had, len(lines), run)
	}
	became := 0
	for _, l := range s.known(s.stand.truth(t)) {
		if old := l.PendingID; waited[l.ID] || old != "" && waited[old] {
			became++
			s.oneRow(t, old, l.ID, lines[l.ID].record)
		}
	}
	if became == 0 {
		t.Errorf("nothing posted of what was pending: %v", waited)
	}
	s.deniesLost(t, s.lost(before, s.stand.truth(t)))
}

// lost are the ids of which the bank says nothing any more.
func (s *story) lost(before, after map[string]standin.Account) (ids []string) {
	for name := range s.kept {
		told := map[string]bool{}
		for _, l := range slices.Concat(after[name].Posted, after[name].Pending) {
			told[l.ID], told[l.PendingID] = true, true
		}
		for _, l := range slices.Concat(before[name].Posted, before[name].Pending) {
			if !told[l.ID] && l.Day >= max(s.since, after[name].From) {
				ids = append(ids, l.ID)
			}
		}
	}
	return ids
}

// deniesLost says no to the questions whether something that is new is what the bank
// has forgotten. There are no others.
func (s *story) deniesLost(t *testing.T, lost []string) {
	t.Helper()
	for i, q := range s.c.rows(t, "account.online.review", list{leaf("state", "=", "open")}, "kind", "reason") {
		if q["kind"] == "not_told" || i >= len(lost) {
			t.Errorf("the bank has forgotten %v; asked %v", lost, q)
		}
		s.c.call(t, nil, "account.online.review", "reject", list{list{q["id"]}}, nil)
	}
}

// oneRow checks that one row of the ledger has both ids of a transaction, and its line.
func (s *story) oneRow(t *testing.T, pending, posted string, line float64) {
	t.Helper()
	for _, row := range s.c.rows(t, "account.online.transaction", list{leaf("line_id", "=", line)}, "identifiers", "status") {
		text, err := json.Marshal(row["identifiers"])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), posted) || !strings.Contains(string(text), pending) || row["status"] != "posted" {
			t.Errorf("the row of %s, which was %s: %v", posted, pending, row)
		}
		return
	}
	t.Errorf("no row of the ledger has the line of %s", posted)
}

// followsAmendment: the same line has another amount; where an id is no proof that
// it is the same, once the user says so.
func (s *story) followsAmendment(t *testing.T) {
	s.row.amends.does(t, s)
	had, amended := s.lines(t), []string{}
	for id, l := range s.known(s.stand.truth(t)) {
		if old, ok := had[id]; ok && old.amount != textCents(t, l.Amount) {
			amended = append(amended, id)
		}
	}
	run := s.fetches(t, "ok")
	if s.row.idsRecur {
		s.accepts(t, "corrected", len(amended))
	}
	s.agrees(t)
	has := s.lines(t)
	for _, id := range amended {
		if has[id].record != had[id].record {
			t.Errorf("the amount of %s was changed, and its line is another one", id)
		}
	}
	if len(amended) == 0 {
		t.Errorf("the bank changed no amount: %v", run)
	}
}

// accepts says yes to the questions that are open, which are all of a kind.
func (s *story) accepts(t *testing.T, kind string, count int) {
	t.Helper()
	open := s.c.rows(t, "account.online.review", list{leaf("state", "=", "open")}, "kind", "reason")
	if len(open) != count || count == 0 {
		t.Fatalf("%d questions, not %d: %v", len(open), count, open)
	}
	for _, q := range open {
		if q["kind"] != kind {
			t.Fatalf("asked %v", q)
		}
		s.c.call(t, nil, "account.online.review", "accept", list{list{q["id"]}}, nil)
	}
}

// followsRemoval: the line is gone; where its provider tells nothing of it, once
// the user says so.
func (s *story) followsRemoval(t *testing.T) {
	s.row.removes.does(t, s)
	gone, bank := list{}, s.known(s.stand.truth(t))
	for id, l := range s.lines(t) {
		if _, ok := bank[id]; !ok && l.day >= s.from {
			gone = append(gone, id)
		}
	}
	run := s.c.fetch(t, s.link)
	if len(gone) == 0 {
		t.Fatal("the bank took nothing back")
	}
	if s.row.silent {
		here := s.c.count(t, "account.bank.statement.line", list{leaf("online_transaction_identifier", "in", gone)})
		if here != len(gone) {
			t.Fatalf("%d lines are not told any more, and %d of them are here, before anybody was asked: %v", len(gone), here, run)
		}
		s.accepts(t, "not_told", len(gone))
	}
	s.agrees(t)
}

// renewsAfter: a consent that is over is said, and renewed without another line.
func (s *story) renewsAfter(t *testing.T, over deed) {
	over.does(t, s)
	s.fetches(t, "needs_user")
	stands := s.c.attention(t, s.link)
	if words, _ := stands["error_message"].(string); stands["attention"] != "consent_expired" || words == "" {
		t.Errorf("the connection says %v", stands)
	}
	s.agrees(t)
	s.renews(t)
}

// renews gives the connection another consent, and synchronises.
func (s *story) renews(t *testing.T) {
	t.Helper()
	accounts, runs := s.c.count(t, "account.online.account", nil), len(s.c.runsDone(t, s.link))
	kind := "reconnect"
	if s.c.attention(t, s.link)["attention"] == "credentials" {
		kind = "update"
	}
	var at step
	s.c.call(t, &at, "account.online.flow", "start", list{object{"link_id": s.link, "kind": kind}}, nil)
	if again := s.choose(t, s.walk(t, at)); again != s.link {
		t.Fatalf("renewing %d made the connection %d", s.link, again)
	}
	all := s.c.runsDone(t, s.link)
	last := all[len(all)-1]
	if len(all) == runs || last["outcome"] != "nothing_new" || last["created"] != 0.0 {
		t.Errorf("after the renewal: %v", last)
	}
	if now := s.c.count(t, "account.online.account", nil); now != accounts {
		t.Errorf("%d accounts became %d", accounts, now)
	}
	if stands := s.c.attention(t, s.link); stands["state"] != "connected" || stands["attention"] != "none" {
		t.Errorf("renewed, the connection says %v", stands)
	}
	s.agrees(t)
}

// isInformed: what the service tells of by itself is fetched by itself.
func (s *story) isInformed(t *testing.T) {
	told := list{leaf("link_id", "=", s.link), leaf("trigger", "=", "webhook"), leaf("state", "=", "done")}
	before := s.c.count(t, "account.online.run", told)
	s.row.informs.does(t, s)
	until(t, "a run of which the service told", func() bool { return s.c.count(t, "account.online.run", told) > before })
	runs := s.c.runsDone(t, s.link)
	if last := runs[len(runs)-1]; last["outcome"] != "ok" || last["created"] == 0.0 {
		t.Errorf("there was news, and the run that it made says %v", last)
	}
	s.agrees(t)
}

// outlivesTrouble: a service that answers errors, or not at all, is said to be
// down. When its turn comes again it has recovered, and nobody had to do anything.
func (s *story) outlivesTrouble(t *testing.T) {
	isDown := func(how string) {
		t.Helper()
		s.fetches(t, "bank_unavailable")
		stands := s.c.attention(t, s.link)
		if words, _ := stands["error_message"].(string); stands["state"] != "connected" || stands["attention"] != "bank_unavailable" ||
			words == "" || !moment(t, stands["next_refresh"]).After(time.Now()) {
			t.Errorf("%s, the connection says %v", how, stands)
		}
	}
	s.stand.tell(t, "fail", `{"status": 503, "times": 1000}`)
	isDown("it answers errors")
	s.stand.ask(t, "DELETE", "/_emulator/fail", "")
	scheduled := list{leaf("link_id", "=", s.link), leaf("trigger", "=", "scheduled"), leaf("state", "=", "done")}
	before := s.c.count(t, "account.online.run", scheduled)
	cron := s.c.rows(t, "ir.cron", list{leaf("code", "=", "onlinesync.sync")}, "code")[0]
	s.c.call(t, nil, "ir.cron", "method_direct_trigger", list{list{cron["id"]}}, nil)
	until(t, "a synchronisation by itself", func() bool { return s.c.count(t, "account.online.run", scheduled) > before })
	if now := s.c.attention(t, s.link); now["attention"] != "none" || now["error_message"] != false {
		t.Errorf("the service is back, and the connection says %v", now)
	}
	s.stand.stop(t)
	isDown("nobody answers")
	s.stand.start(t)
	s.fetches(t, "nothing_new")
	s.agrees(t)
}

// outlivesKill kills the host when it got a new token and has not stored it: the
// bank takes the old one no more.
func (s *story) outlivesKill(t *testing.T) {
	if err := s.h.stop(); err != nil {
		t.Fatal(err)
	}
	s.h.serve(t, "GIROSYNC_FAILPOINT=secret.got=kill:1")
	s.row.rotates.does(t, s)
	_ = s.h.client().try(nil, "account.online.link", "action_fetch_transactions", list{list{s.link}}, nil) // the host may die of it
	s.h.dies(t)
	s.h.serve(t)
	s.c = s.h.client().login(t)
	runs := s.c.runsDone(t, s.link)
	last, stands := runs[len(runs)-1], s.c.attention(t, s.link)
	switch words, _ := stands["error_message"].(string); {
	case last["outcome"] == "nothing_new" || last["outcome"] == "ok":
		t.Log("the connection works")
	case last["outcome"] == "needs_user" && words != "" && stands["attention"] != "none":
		t.Logf("the user is asked: %s", words)
		s.renews(t)
	default:
		t.Fatalf("the connection neither works nor asks: %v, %v", last, stands)
	}
	s.fetches(t, "nothing_new")
	s.agrees(t)
}

// leavesAlone: a bank that was asked too often is not asked before the time that
// is said, whoever presses what.
func (s *story) leavesAlone(t *testing.T) {
	s.row.limits.does(t, s)
	run := s.c.fetch(t, s.link)
	if run["outcome"] == "nothing_new" { // the warning came with an answer
		run = s.c.fetch(t, s.link)
	}
	stands := s.c.attention(t, s.link)
	next, allowed := moment(t, stands["next_refresh"]), moment(t, stands["next_refresh_allowed"])
	if words, _ := stands["error_message"].(string); run["outcome"] != "rate_limited" || stands["attention"] != "rate_limited" ||
		stands["state"] != "connected" || words == "" {
		t.Fatalf("too often: %v, %v", run, stands)
	}
	if !allowed.After(time.Now()) || next.Before(allowed) {
		t.Errorf("the next synchronisation is due %v, allowed %v", next, allowed)
	}
	before := s.stand.requests(t)
	s.fetches(t, "rate_limited")
	if after := s.stand.requests(t); len(after) == 0 || total(after) != total(before) {
		t.Errorf("left alone, and asked: %v, then %v", before, after)
	}
	s.agrees(t)
}

// total counts what a bank is asked; consents that nobody has any more are ended
// whenever it suits the host.
func total(counts map[string]int) (n int) {
	for request, count := range counts {
		if !strings.HasPrefix(request, http.MethodDelete+" ") {
			n += count
		}
	}
	return n
}

// givesUp deletes the connection: the bank is told, and what was imported stays.
func (s *story) givesUp(t *testing.T) {
	before := s.lines(t)
	s.c.call(t, nil, "account.online.link", "unlink", list{list{s.link}}, nil)
	if n := s.c.count(t, "account.online.link", list{leaf("id", "=", s.link)}); n != 0 {
		t.Error("the connection is still there")
	}
	if after := s.lines(t); len(after) != len(before) {
		t.Errorf("%d lines became %d", len(before), len(after))
	}
	d := s.row.told
	if (d.does == nil) == (d.cannot == "") {
		t.Fatalf("the row of %s has to tell how the bank hears of it, or why it does not", s.row.name)
	}
	if d.does != nil {
		d.does(t, s)
	} else {
		t.Logf("the bank does not hear of it: %s", d.cannot)
	}
}
