package onlinesync_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// unruly is a provider whose fetch is what a test says.
type unruly struct {
	*script
	fetch func(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error
}

func (u *unruly) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	return u.fetch(ctx, req, emit)
}

func TestUnrulyProvidersHarmTheirRunAlone(t *testing.T) {
	tests := []struct {
		name, outcome, attention string
		fetch                    func(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error
	}{
		{"gives no sign", "bank_unavailable", "bank_unavailable",
			func(ctx context.Context, _ sdk.FetchRequest, emit func(sdk.Batch) error) error {
				if err := emit(sdk.Batch{Booked: []sdk.Transaction{tx("1", "2026-06-01", "5", "half")}, HasMore: true}); err != nil {
					return err
				}
				<-ctx.Done()
				return ctx.Err()
			}},
		{"ends too early", "failed", "internal", func(_ context.Context, _ sdk.FetchRequest, emit func(sdk.Batch) error) error {
			return emit(sdk.Batch{Booked: []sdk.Transaction{tx("1", "2026-06-01", "5", "half")}, HasMore: true})
		}},
		{"does not end", "failed", "internal", func(_ context.Context, _ sdk.FetchRequest, emit func(sdk.Batch) error) error {
			for {
				if err := emit(sdk.Batch{}); err != nil {
					return err
				}
			}
		}},
		{"fails in the middle", "rate_limited", "rate_limited",
			func(_ context.Context, _ sdk.FetchRequest, emit func(sdk.Batch) error) error {
				if err := emit(sdk.Batch{Booked: []sdk.Transaction{tx("1", "2026-06-01", "5", "half")}, HasMore: true}); err != nil {
					return err
				}
				return sdk.Errorf(sdk.RateLimited, "enough")
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, ormtest.SQLite)
			s, link := scripted(r, iban)
			u := &unruly{s, test.fetch}
			r.banks["script"] = u
			r.options.PluginTimeout = 100 * time.Millisecond
			r.addon = onlinesync.New(r.options)
			run := r.sync(link)
			if run["state"] != "done" || run["outcome"] != test.outcome || run["error_reference"] == false {
				t.Errorf("run: %v", run)
			}
			if got := r.link(link)["attention"]; got != test.attention {
				t.Errorf("attention %v", got)
			}
			if n := r.count("account.bank.statement.line"); n != 0 {
				t.Errorf("%d lines of a fetch that did not end", n)
			}
			u.fetch = s.FetchTransactions
			s.tell("a1", all(tx("1", "2026-06-01", "5", "whole")))
			if run := r.sync(link); run["outcome"] != "ok" || run["created"].(float64) != 1 || r.staged() != 0 {
				t.Errorf("afterwards: %v, %d staged", run, r.staged())
			}
		})
	}
}

// TestTwoHostsShareARun lets a second host take over when the first gives no
// sign, and the first come back to life.
func TestTwoHostsShareARun(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, _ := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "5", "two")))
		run := int64(r.rows("account.online.run", []any{}, "id")[0]["id"].(float64))
		other := onlinesync.New(onlinesync.Options{Providers: r.banks, Sealer: r.options.Sealer})
		taken := 0
		r.step = func(name string) {
			if name != "sync.decided" || taken > 0 {
				return
			}
			taken++
			if err := other.RunSync(t.Context(), r.db, run); err != nil || r.count("account.bank.statement.line") != 0 {
				t.Errorf("while the first is at work: %v", err)
			}
			r.later(2 * time.Minute)
			if err := other.RunSync(t.Context(), r.db, run); err != nil {
				t.Error(err)
			}
			if n := r.count("account.bank.statement.line"); n != 2 {
				t.Errorf("the second host made %d lines", n)
			}
		}
		if err := r.addon.RunSync(t.Context(), r.db, run); err != nil || taken != 1 {
			t.Fatalf("%v, taken over %d times", err, taken)
		}
		if got := r.run(float64(run)); got["created"].(float64) != 2 || got["outcome"] != "ok" ||
			r.count("account.bank.statement.line") != 2 {
			t.Errorf("run: %v", got)
		}
	})
}

// hosts are processes of which one has ended.
type hosts struct{ self, dead string }

func (h hosts) Self() string                             { return h.self }
func (h hosts) Gone(_ context.Context, name string) bool { return name == h.dead }

// TestRunsOfAKilledHostGoOnAtOnce cuts a host off in the middle; the next one
// goes on before the lease has ended, but leaves alone what a living one holds.
func TestRunsOfAKilledHostGoOnAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		link := r.connect("demo-big-1100", -1, nil)
		run := int64(r.rows("account.online.run", []any{}, "id")[0]["id"].(float64))
		opt := r.options
		opt.Hosts = hosts{self: "first"}
		killed := onlinesync.New(opt)
		var seen object
		r.step = func(name string) {
			if name != "sync.chunk.committed" || seen != nil {
				return
			}
			opt.Hosts = hosts{self: "second"}
			careful := onlinesync.New(opt)
			opt.Hosts = hosts{self: "third", dead: "first"}
			next := onlinesync.New(opt)
			seen = object{}
			for _, host := range []*onlinesync.Addon{careful, next} {
				r.woken = nil
				if err := host.Sweep(t.Context(), r.db); err != nil {
					t.Error(err)
				}
				if taken := len(r.woken) == 1; taken != (host == next) {
					t.Errorf("woken: %v", r.woken)
				}
			}
			if err := next.RunSync(t.Context(), r.db, run); err != nil {
				t.Error(err)
			}
			seen = r.run(float64(run))
		}
		if err := killed.RunSync(t.Context(), r.db, run); err != nil {
			t.Errorf("the first host, which is not as dead as it seems: %v", err)
		}
		if seen["outcome"] != "ok" || seen["created"] != 1100.0 || r.count("account.bank.statement.line") != 1100 {
			t.Errorf("%d lines, the run says %v", r.count("account.bank.statement.line"), seen)
		}
		r.step = nil
		if again := r.sync(link); again["created"] != 0.0 {
			t.Errorf("another one: %v", again)
		}
	})
}

func TestAbandonedRunsAreTakenUp(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	scripted(r, iban)
	run := r.rows("account.online.run", []any{}, "id")[0]["id"]
	err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		return env.Write("account.online.run", []int64{int64(run.(float64))},
			orm.Values{"state": "running", "lease_owner": "a host that died", "lease_until": env.Now().Add(time.Minute)})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.work()
	if r.run(run)["state"] != "running" {
		t.Fatal("taken from a host that lives")
	}
	r.later(2 * time.Minute)
	r.woken = nil
	if err := r.addon.Sweep(t.Context(), r.db); err != nil {
		t.Fatal(err)
	}
	if len(r.woken) != 1 || float64(r.woken[0]) != run {
		t.Errorf("woken: %v", r.woken)
	}
	r.work()
	if r.run(run)["state"] != "done" {
		t.Error(r.run(run))
	}
}

// TestSecretsAreSealedAndBound rotates a secret in the middle of a fetch, and
// looks whether what is stored opens anywhere else.
func TestSecretsAreSealedAndBound(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	u := &unruly{s, nil}
	var got []string
	u.fetch = func(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
		got = append(got, string(req.Secret))
		if err := req.SaveSecret([]byte("rotated-canary")); err != nil {
			return err
		}
		return sdk.Errorf(sdk.BankUnavailable, "after rotating")
	}
	r.banks["script"] = u
	r.sync(link)
	r.sync(link)
	if strings.Join(got, " ") != "token rotated-canary" {
		t.Errorf("secrets that came: %v", got)
	}
	err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		rows, err := env.SearchRead("account.online.link", domain.Where("id", domain.Eq, int64(link)), []string{"secret", "uuid"},
			orm.SearchOptions{})
		if err != nil {
			return err
		}
		sealed, err := base64.StdEncoding.DecodeString(rows.At(0).Str("secret"))
		if err != nil || strings.Contains(string(sealed), "canary") {
			t.Errorf("stored openly: %v", err)
		}
		if _, err := r.options.Sealer.Open(sealed, []byte("another connection")); err == nil {
			t.Error("opens for another connection")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestARotatedSecretOutlivesItsCall cancels a call before the provider hands over
// the secret that replaces the one that the bank has just made void.
func TestARotatedSecretOutlivesItsCall(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	u := &unruly{s, nil}
	ctx, cancel := context.WithCancel(t.Context())
	u.fetch = func(_ context.Context, req sdk.FetchRequest, _ func(sdk.Batch) error) error {
		cancel()
		if err := req.SaveSecret([]byte("rotated")); err != nil {
			t.Errorf("the new secret is not kept: %v", err)
		}
		return ctx.Err()
	}
	r.banks["script"] = u
	if _, err := r.db.Call(ctx, orm.Principal{UID: base.AdminUser}, "account.online.link", "action_dry_run", []any{[]any{link}},
		nil); err == nil {
		t.Error("a cancelled call succeeded")
	}
	var got string
	u.fetch = func(_ context.Context, req sdk.FetchRequest, _ func(sdk.Batch) error) error {
		got = string(req.Secret)
		return sdk.Errorf(sdk.BankUnavailable, "closed")
	}
	r.sync(link)
	if got != "rotated" {
		t.Errorf("the next call has the secret %q", got)
	}
}

func TestLegacyConnectionsRefuse(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		return env.Write("account.online.link", []int64{int64(link)},
			orm.Values{"is_legacy": true, "state": "disconnected", "attention": "legacy"})
	})
	if err != nil {
		t.Fatal(err)
	}
	before := s.fetched()
	for _, method := range []string{"action_reconnect", "action_fetch_transactions", "action_fetch_accounts"} {
		if _, err := r.try("account.online.link", method, []any{link}); !fault.Is(err, fault.User) {
			t.Errorf("%s: %v (S42)", method, err)
		}
	}
	r.later(48 * time.Hour)
	if err := r.addon.Sweep(t.Context(), r.db); err != nil {
		t.Fatal(err)
	}
	r.work()
	if s.fetched() != before {
		t.Error("a legacy connection was fetched (S40)")
	}
}
