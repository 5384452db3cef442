package entrance

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/server/databases"
)

// Throttle counts wrong attempts; databases.Throttle does.
type Throttle interface {
	Begin(ctx context.Context, a databases.Attempt) error
	Right(ctx context.Context, a databases.Attempt) error
	Forgive(ctx context.Context, database, who string) error
}

// Gate makes whoever gives wrong passwords wait.
type Gate struct {
	throttle Throttle
	log      *slog.Logger
	now      func() time.Time
}

// NewGate makes a gate that counts by a throttle.
func NewGate(throttle Throttle, log *slog.Logger, now func() time.Time) *Gate {
	return &Gate{throttle: throttle, log: log, now: now}
}

// errWrong is what the gate says of a check that said no.
var errWrong = fault.New(fault.Unauthenticated, "Access Denied")

// Try runs a check of a password or key, unless there were too many wrong
// ones: then it says when to try again. Whether the check would have said yes
// is not told then.
func (g *Gate) Try(ctx context.Context, a databases.Attempt, check func() (bool, error)) error {
	err := g.throttle.Begin(ctx, a)
	var locked *databases.Locked
	if errors.As(err, &locked) {
		g.log.Warn("too many wrong log-ins", "database", a.Database, "address", a.Address, "until", locked.Until.UTC())
		wait := int(math.Ceil(locked.Until.Sub(g.now()).Seconds()))
		return fault.Say(fault.Unauthenticated, "login.locked", fault.Args{
			"seconds": max(wait, 1), "until": locked.Until.UTC().Format("15:04:05 UTC")})
	}
	if err != nil {
		return err
	}
	ok, err := check()
	switch {
	case err != nil:
		return err
	case !ok:
		return errWrong
	}
	return g.throttle.Right(context.WithoutCancel(ctx), a)
}

// Guard is Try for the addon base.
func (g *Gate) Guard(ctx context.Context, database, login, address string, check func() (bool, error)) error {
	return g.Try(ctx, databases.Attempt{Database: database, Who: login, Address: address}, check)
}

// Forgive lets somebody try again whose password was set anew.
func (g *Gate) Forgive(ctx context.Context, database, login string) error {
	return g.throttle.Forgive(ctx, database, login)
}
