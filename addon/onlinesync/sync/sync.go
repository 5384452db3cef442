package sync

import (
	"context"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// Syncer works on synchronisations.
type Syncer struct {
	Plugins     *provider.Plugins
	Queue       *run.Queue
	Connections *connect.Connections
	Applier     *apply.Applier
	Log         *slog.Logger
	Points      failpoint.Points
	// LookBackDays is how many days before the last known one a fetch begins.
	LookBackDays int
	places       places
}

// synchronisation is a run of a connection being worked on.
type synchronisation struct {
	*Syncer
	run     *run.Run
	claimed run.Claimed
	link    *record.Link
	placed  bool       // among the runs of the provider
	alone   *sdk.Error // why the bank is left alone now; nil where it is asked

	failures  []*record.Failure
	notes     []string  // for the run's message, in the connection's language
	refreshed time.Time // when the provider last heard from the bank
	allowed   time.Time // when the bank may be asked again
	history   sdk.Date
}

// present reports whether a user waits for the run.
func (s *synchronisation) present() bool { return s.claimed.User.Present }

// Run claims a run, works on it and finishes it. A run that is done, or that
// another worker holds, is no error. An error means that the run was left as it
// is, to be taken up again: every failure of a bank or a provider is the run's
// own and stands in its row.
func (y *Syncer) Run(ctx context.Context, db *orm.Database, id int64) error {
	if !y.Queue.Enter(db, id) {
		return nil
	}
	defer y.Queue.Leave(db, id)
	s := &synchronisation{Syncer: y, run: y.Queue.Open(db, id)}
	defer s.leave()
	mine, err := s.claim(ctx)
	if err != nil || !mine {
		return fault.Wrap(err, "claim run", id)
	}
	y.Points.Hit("sync.claimed")
	ctx, stop := s.run.Keep(ctx)
	defer stop()
	err = s.work(ctx)
	if err == nil {
		err = s.finish(ctx)
	}
	if run.LostLease(ctx, err) {
		return nil
	}
	if err != nil {
		s.run.Release(ctx)
		return fault.Wrap(err, "run", id)
	}
	y.Points.Hit("sync.finished")
	return nil
}

// claim takes the lease of the run and reads its connection.
func (s *synchronisation) claim(ctx context.Context) (mine bool, err error) {
	s.claimed, mine, err = s.run.Claim(ctx, func(env *orm.Env, c run.Claimed) (err error) {
		if s.link, err = s.Connections.Vault.Link(env, s.run.Link); err != nil {
			return err
		}
		if s.link.Paused != "" && !c.User.Present {
			return &run.Waits{What: s.link.Paused + " " + s.say("sync.paused_waits", nil)}
		}
		inFlow := false
		if !c.User.Present {
			if inFlow, err = connect.InFlow(env, s.run.Link, ""); err != nil {
				return err
			}
		}
		if inFlow || !s.enter(c) {
			return run.ErrNoPlace
		}
		s.alone, err = leftAlone(env, s.link, c.User.Present)
		return err
	})
	return mine, err
}

// leftAlone says why the bank of a connection is not asked now, whoever wants it: it
// said until when, or it waits for a code that a user has open before her (S59).
func leftAlone(env *orm.Env, link *record.Link, present bool) (*sdk.Error, error) {
	limited, err := run.LeftAlone(env, link, present)
	if err != nil || limited {
		return &sdk.Error{Kind: sdk.RateLimited, Until: link.RefreshAllowed}, err
	}
	if asked, err := connect.InFlow(env, link.ID, string(sdk.FlowMFA)); err != nil || asked {
		return &sdk.Error{Kind: sdk.NeedsUser}, err
	}
	return nil, nil
}

// enter takes a place among the runs of the provider, once.
func (s *synchronisation) enter(c run.Claimed) bool {
	if !s.placed {
		s.placed = s.places.enter(s.link.Provider, c.User.Present, waiter{s.run.Db, s.run.ID})
	}
	return s.placed
}

// leave gives the place back, and gets a worker for a run that waits for it.
func (s *synchronisation) leave() {
	if !s.placed {
		return
	}
	if next, ok := s.places.leave(s.link.Provider); ok {
		s.Queue.Wake(next.db, next.run)
	}
}
