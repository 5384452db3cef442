package onlinesync_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// ward is a scripted bank that tells consents apart by their secrets.
type ward struct {
	*script
	next   sdk.Connection           // what the next flow brings
	lists  map[string][]sdk.Account // what each secret may read
	ended  []string                 // the secrets whose consents were ended
	refuse error                    // why none can be ended now
	begun  int
}

func (w *ward) StartConnect(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun++
	done := w.next
	return sdk.ConnectAnswer{Done: &done}, nil
}

func (w *ward) ListAccounts(_ context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	list, ok := w.lists[string(req.Secret)]
	if !ok {
		return sdk.AccountList{}, sdk.Errorf(sdk.ConsentExpired, "this consent is over")
	}
	return sdk.AccountList{Accounts: list}, nil
}

func (w *ward) Revoke(_ context.Context, call sdk.Call) error {
	if w.refuse == nil {
		w.ended = append(w.ended, string(call.Secret))
	}
	return w.refuse
}

// gives is what the next flow brings: a consent of that name for these accounts.
func (w *ward) gives(name string, accounts ...sdk.Account) {
	w.next = sdk.Connection{Secret: []byte(name), ExternalID: name, Accounts: accounts}
}

var third = sdk.Account{ID: "a3", Name: "Third", Number: "NL66RABO0300065264", Currency: "EUR", Kind: sdk.Checking}

// warded is a rig at that bank.
func warded(r *rig) *ward {
	r.t.Helper()
	w := &ward{script: newScript(), lists: map[string][]sdk.Account{}}
	r.banks["script"] = w
	if err := r.addon.LoadCatalogue(r.t.Context(), r.db, nil); err != nil {
		r.t.Fatal(err)
	}
	return w
}

// begin starts a flow at the scripted bank.
func (r *rig) begin() object {
	r.t.Helper()
	return r.call("account.online.flow", "start", object{"institution_id": r.bank("bank")}).(object)
}

func (r *rig) endConsents() {
	r.t.Helper()
	if err := r.addon.EndConsents(r.t.Context(), r.db); err != nil {
		r.t.Fatal(err)
	}
}

// chatter are the messages on a connection.
func (r *rig) chatter(link any) string {
	r.t.Helper()
	var all []string
	for _, m := range r.rows("mail.message", []any{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link)}, "body") {
		all = append(all, m["body"].(string))
	}
	return strings.Join(all, "\n")
}

func TestARenewalSaysWhatItWouldDropBeforeItDoes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		w := warded(r)
		w.gives("first", iban, second)
		link := r.begin()["link_id"]
		r.work()
		journals := r.count("account.journal", leaf("account_online_account_id", "!=", false))
		w.gives("narrow", iban)
		asked := r.call("account.online.link", "action_reconnect", []any{link}).(object)
		if asked["state"] != "asking" || !strings.Contains(stepOf(asked)["text"].(string), "Second") {
			t.Fatalf("asked: %v", asked)
		}
		again := r.submit(asked, object{"dropped": "again"})
		if again["state"] != "asking" || w.begun != 3 || !slices.Equal(w.ended, []string{"narrow"}) {
			t.Errorf("choosing again: %v, begun %d times, ended %v", again, w.begun, w.ended)
		}
		if wrong := r.submit(again, object{"dropped": "perhaps"}); stepOf(wrong)["error"] == nil {
			t.Errorf("another answer: %v", wrong)
		}
		done := r.submit(again, object{"dropped": "go_on"})
		if done["state"] != "done" || done["link_id"] != link {
			t.Fatalf("going on: %v", done)
		}
		if n := r.count("account.journal", leaf("account_online_account_id", "!=", false)); n != journals {
			t.Errorf("%d journals are linked, before it were %d", n, journals)
		}
		if !strings.Contains(r.chatter(link), "Second") {
			t.Errorf("said on the connection: %s", r.chatter(link))
		}
		r.endConsents()
		if len(w.ended) != 1 {
			t.Errorf("ended before the new consent has worked: %v", w.ended)
		}
		before := len(w.fetches)
		r.later(time.Minute)
		if run := r.sync(link.(float64)); run["outcome"] != "nothing_new" || len(w.fetches) != before+1 {
			t.Errorf("the run after it: %v, %d fetches", run, len(w.fetches)-before)
		}
		r.endConsents()
		r.endConsents()
		if diff := cmp.Diff([]string{"narrow", "first"}, w.ended); diff != "" {
			t.Errorf("ended once the new consent has worked: %s", diff)
		}
		w.gives("wide", iban, second)
		r.call("account.online.link", "action_reconnect", []any{link})
		before = len(w.fetches)
		if r.sync(link.(float64)); len(w.fetches) != before+2 {
			t.Errorf("%d accounts are fetched when the consent covers both again", len(w.fetches)-before)
		}
	})
}

func TestEveryConnectionIsNamedFromWhichAccountsAreTaken(t *testing.T) {
	for answer, wants := range map[string]int{"renew": 1, "replace": 1} {
		t.Run(answer, func(t *testing.T) {
			r := newRig(t, ormtest.SQLite)
			w := warded(r)
			w.gives("one", iban, second)
			one := r.begin()["link_id"]
			w.gives("two", third)
			two := r.begin()["link_id"]
			r.work()
			for id, name := range map[any]string{one: "Eva's", two: "Jan's"} {
				r.call("account.online.link", "write", []any{id}, object{"name": name})
			}
			w.gives("all", iban, second, third)
			asked := r.begin()
			text, choices := stepOf(asked)["text"].(string), stepOf(asked)["fields"].([]any)[0].(object)["choices"].([]any)
			for _, word := range []string{"Main", "Second", "Third", "Eva's", "Jan's"} {
				if !strings.Contains(text, word) {
					t.Errorf("the question lacks %q: %s", word, text)
				}
			}
			for _, choice := range choices {
				if label := choice.(object)["label"].(string); !strings.Contains(label, "Eva's") || !strings.Contains(label, "Jan's") {
					t.Errorf("a choice that does not name both: %s", label)
				}
			}
			done := r.submit(asked, object{"existing": answer})
			if done["state"] != "done" || (done["link_id"] == one) != (answer == "renew") {
				t.Fatalf("%s: %v", answer, done)
			}
			if got := r.link(two.(float64)); got["state"] != "disconnected" || !strings.Contains(r.chatter(two), "Third") {
				t.Errorf("the other connection: %v, %s", got, r.chatter(two))
			}
			r.endConsents()
			if len(w.ended) != 0 {
				t.Errorf("ended at once: %v", w.ended)
			}
			r.later(time.Minute)
			r.work()
			r.endConsents()
			slices.Sort(w.ended)
			if diff := cmp.Diff([]string{"one", "two"}, w.ended); diff != "" {
				t.Errorf("ended after the first synchronisation: %s", diff)
			}
			if n := r.count("account.online.link", leaf("state", "=", "connected")); n != wants {
				t.Errorf("%d connections work", n)
			}
			if again := r.call("account.online.link", "action_reconnect", []any{two}).(object); again["state"] == "failed" {
				t.Errorf("reconnecting what was replaced: %v", again)
			}
		})
	}
}

// Whoever leaves before the end, and however: no consent stays at the bank.
func TestAConsentThatNoConnectionTakesIsEnded(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		w := warded(r)
		w.gives("one", iban)
		r.begin()
		asks := func(name string) object {
			w.gives(name, iban)
			asked := r.begin()
			if asked["state"] != "asking" {
				t.Fatalf("asked: %v", asked)
			}
			w.ended = nil
			return asked
		}
		ended := func(what string, names ...string) {
			t.Helper()
			if diff := cmp.Diff(names, w.ended); diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
		}
		r.call("account.online.flow", "cancel", asks("left")["flow_id"])
		ended("cancelled", "left")

		late := asks("late")
		r.later(15 * time.Minute)
		r.endConsents()
		ended("a user may still answer")
		r.later(2 * time.Minute)
		w.refuse = sdk.Errorf(sdk.BankUnavailable, "closed")
		r.endConsents()
		w.refuse = nil
		r.endConsents()
		ended("tried again at once")
		r.later(16 * time.Minute)
		r.endConsents()
		ended("late, tried again", "late")
		if answer := r.submit(late, object{"existing": "replace"}); answer["state"] != "expired" {
			t.Errorf("an answer after that: %v", answer)
		}

		asks("crash")
		r.addon = onlinesync.New(r.options) // its memory is lost
		r.later(17 * time.Minute)
		r.endConsents()
		ended("after a crash", "crash")
		r.endConsents()
		ended("once", "crash")
	})
}

func TestAConsentThatCannotBeStoredIsEnded(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	w := warded(r)
	w.gives("one", iban)
	r.begin()
	w.gives("two", sdk.Account{ID: "b", Name: "Other", Currency: "XXZ", Kind: sdk.Checking, Number: "NL02ABNA0123456789"})
	if failed := r.begin(); failed["state"] != "failed" || !slices.Equal(w.ended, []string{"two"}) {
		t.Errorf("a currency that there is not: %v, ended %v", failed, w.ended)
	}
	w.gives("three", third)
	r.step = func(name string) {
		if name == "flow.authorised" {
			panic(errors.New("killed"))
		}
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = r.try("account.online.flow", "start", object{"institution_id": r.bank("bank")})
	}()
	r.step = nil
	r.later(17 * time.Minute)
	r.endConsents()
	if !slices.Equal(w.ended, []string{"two", "three"}) {
		t.Errorf("ended after being killed between the bank's answer and ours: %v", w.ended)
	}
}

// Where a service gives one consent for several connections, what one renewal drops
// of another is said, and the consent ends with the last of them.
func TestAConsentOfSeveralConnections(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	w := warded(r)
	shared := func(secret string, accounts ...sdk.Account) {
		w.gives(secret, accounts...)
		w.next.ExternalID = "one for all"
		w.lists[secret] = accounts
	}
	shared("s1", iban)
	one := r.begin()["link_id"]
	shared("s2", third)
	two := r.begin()["link_id"]
	r.work()
	r.call("account.online.link", "write", []any{two}, object{"name": "Jan's"})
	shared("s1-renewed", iban)
	if quiet := r.call("account.online.link", "action_reconnect", []any{one}).(object); quiet["state"] != "done" {
		t.Fatalf("nothing is dropped: %v", quiet)
	}
	delete(w.lists, "s2")
	asked := r.call("account.online.link", "action_reconnect", []any{one}).(object)
	if asked["state"] != "asking" || !strings.Contains(stepOf(asked)["text"].(string), "Third (Jan's)") {
		t.Fatalf("an account of another connection is dropped: %v", asked)
	}
	if done := r.submit(asked, object{"dropped": "go_on"}); done["state"] != "done" || !strings.Contains(r.chatter(two), "Third") {
		t.Errorf("going on: %v, %s", done, r.chatter(two))
	}
	r.later(time.Minute)
	r.work()
	r.endConsents()
	r.call("account.online.link", "unlink", []any{one})
	if len(w.ended) != 0 {
		t.Errorf("ended while another connection has it: %v", w.ended)
	}
	r.call("account.online.link", "unlink", []any{two})
	if diff := cmp.Diff([]string{"s2"}, w.ended); diff != "" {
		t.Errorf("ended with the last: %s", diff)
	}
}

// Fetch Accounts takes nothing from another connection that works.
func TestFetchAccountsLeavesWhatAnotherConnectionBrings(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	w := warded(r)
	w.gives("one", iban)
	one := r.begin()["link_id"]
	w.gives("two", third)
	two := r.begin()["link_id"]
	w.lists["two"] = []sdk.Account{third, iban}
	if ids := r.call("account.online.link", "action_fetch_accounts", []any{two}).([]any); len(ids) != 1 {
		t.Errorf("accounts of the second: %v", ids)
	}
	if got := r.link(one.(float64)); got["state"] != "connected" || len(got["account_online_account_ids"].([]any)) != 1 {
		t.Errorf("the first: %v", got)
	}
}

// sealed are the secrets that a database holds, of connections and of consents that
// are to be ended.
func (r *rig) sealed() (list []string) {
	r.t.Helper()
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		for _, model := range []string{"account.online.link", "account.online.consent"} {
			rows, err := env.SearchRead(model, domain.Where("secret", domain.Ne, nil), []string{"secret"}, orm.SearchOptions{})
			if err != nil {
				return err
			}
			for row := range rows.All() {
				list = append(list, row.Str("secret"))
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

// Update Credentials and Reconnect keep the connection, its links and its history, and
// leave nothing of the old secret (S33, S65, D09).
func TestRenewalsKeepTheConnectionAndDestroyTheOldSecret(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		w := warded(r)
		w.gives("first", iban, second)
		w.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
		link := r.begin()["link_id"]
		r.work()
		before := r.sealed()
		journals := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "account_online_account_id")
		for i, button := range []string{"action_reconnect", "action_update_credentials"} {
			w.gives("renewed"+string(rune('a'+i)), iban, second)
			done := r.call("account.online.link", button, []any{link}).(object)
			if done["state"] != "done" || done["link_id"] != link {
				t.Fatalf("%s: %v", button, done)
			}
			r.later(time.Minute)
			if run := r.sync(link.(float64)); run["outcome"] != "nothing_new" {
				t.Errorf("%s, the run: %v", button, run)
			}
			r.endConsents()
			after := r.sealed()
			if len(after) != 1 || slices.Contains(before, after[0]) {
				t.Errorf("%s leaves %d secrets, the old one among them: %v", button, len(after), slices.Contains(before, after[0]))
			}
			before = append(before, after...)
			if diff := cmp.Diff(journals, r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)},
				"account_online_account_id")); diff != "" {
				t.Errorf("%s, the journals: %s", button, diff)
			}
			links, lines := r.count("account.online.link"), r.count("account.bank.statement.line")
			if links != 1 || lines != 1 || r.count("account.online.account") != 2 {
				t.Errorf("%s: %d connections, %d lines", button, links, lines)
			}
		}
		if diff := cmp.Diff([]string{"first", "renewed" + "a"}, w.ended); diff != "" {
			t.Errorf("ended at the bank: %s", diff)
		}
	})
}

// solemn is the scripted bank with a declaration.
type solemn struct {
	*ward
	version string
}

func (s *solemn) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{{ID: "bank", Name: "Scripted Bank", Countries: []string{"NL"}, Status: sdk.Stable,
		AutoSyncAllowed: true, Declarations: []sdk.Declaration{{ID: "terms", Version: s.version, Required: true,
			Title: sdk.Words{"en": "Terms"}, Text: sdk.Words{"en": "Terms of version " + s.version + "\u202e"}}}}})
}

// Another version of a declaration is asked again when a connection is renewed (D12).
func TestAChangedDeclarationIsAskedAgain(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	bank := &solemn{ward: warded(r), version: "1"}
	r.banks["script"] = bank
	load := func() {
		if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
			t.Fatal(err)
		}
	}
	load()
	bank.gives("one", iban)
	asked := r.begin()
	field := stepOf(asked)["fields"].([]any)[0].(object)
	if field["name"] != "declaration_terms" || field["label"] != "Terms" || field["help"] != "Terms of version 1" {
		t.Fatalf("asked: %v", asked)
	}
	done := r.submit(asked, object{"declaration_terms": true})
	link := done["link_id"]
	renew := func(kind string) object {
		return r.call("account.online.flow", "start", object{"link_id": link, "kind": kind}).(object)
	}
	if same := renew("reconnect"); same["state"] != "done" {
		t.Errorf("the same version: %v", same)
	}
	bank.version = "2"
	load()
	if code := renew("mfa"); code["state"] != "done" {
		t.Errorf("a code alone: %v", code)
	}
	again := renew("reconnect")
	if again["state"] != "asking" || bank.begun != 3 {
		t.Fatalf("another version: %v", again)
	}
	if no := r.submit(again, object{}); stepOf(no)["error"] == nil {
		t.Errorf("without it: %v", no)
	}
	if done := r.submit(again, object{"declaration_terms": true}); done["state"] != "done" {
		t.Errorf("with it: %v", done)
	}
	rows := r.rows("account.online.declaration", []any{leaf("link_id", "=", link)}, "version", "text")
	if len(rows) != 2 || rows[0]["version"] == rows[1]["version"] {
		t.Errorf("recorded: %v", rows)
	}
	r.call("account.online.link", "unlink", []any{link})
	if n := r.count("account.online.declaration"); n != 2 {
		t.Errorf("%d declarations outlive the connection", n)
	}
}
