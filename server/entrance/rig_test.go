package entrance_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/server/databases"
	"github.com/girosync/girosync/server/entrance"
)

// hall is a database with its users, and a gate before it. It counts how often
// a password is checked, and how many attempts there are.
type hall struct {
	t        *testing.T
	users    *base.Base
	db       *orm.Database
	gate     *entrance.Gate
	at       time.Time // by the gate's clock
	checks   int
	attempts int
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{t: t, at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	hasher := secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1})
	h.users = base.New(countedChecks{hasher, &h.checks})
	h.db = ormtest.Install(t, ormtest.Setup{Kind: ormtest.SQLite, Directory: h.users.Directory()}, h.users.Addon())
	system, err := databases.OpenSystem(t.Context(), databases.Place{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := system.Close(); err != nil {
			t.Error(err)
		}
	})
	limits := databases.ThrottleLimits{
		Failures: 100, FailuresPerAddress: 100, FailuresPerUser: 100, LockTime: time.Minute, LongestLock: time.Hour}
	throttle := countedAttempts{system.Throttle(limits, h.now), &h.attempts}
	h.gate = entrance.NewGate(throttle, slog.New(slog.DiscardHandler), h.now)
	return h
}

func (h *hall) now() time.Time { return h.at }

// people know nobody's proof yet.
func (h *hall) people() *entrance.People { return entrance.NewPeople(h.users, h.gate, h.now) }

// within runs a function with all rights in one transaction.
func (h *hall) within(do func(env *orm.Env) error) {
	h.t.Helper()
	if err := h.db.Within(h.t.Context(), orm.Principal{System: true}, orm.TxWrite, do); err != nil {
		h.t.Fatal(err)
	}
}

type countedChecks struct {
	secret.Passwords
	n *int
}

func (c countedChecks) Verify(hash, password string) (bool, error) {
	*c.n++
	return c.Passwords.Verify(hash, password)
}

type countedAttempts struct {
	entrance.Throttle
	n *int
}

func (c countedAttempts) Begin(ctx context.Context, a databases.Attempt) error {
	*c.n++
	return c.Throttle.Begin(ctx, a)
}
