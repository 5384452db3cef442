package onlinesync

import (
	"context"
	"errors"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// turnEvery is how often a file that waits looks whether its turn has come.
const turnEvery = 250 * time.Millisecond

// takeTurn waits until no other run works on the file's account, as a
// synchronisation does: the run is queued meanwhile and says what it waits for.
// When that takes longer than patience, the run ends as refused, and so does the
// import. What is known of the account is read anew when the turn has come.
func (s *syncing) takeTurn(ctx context.Context, t *fileTarget, patience time.Duration, waiting func(string)) error {
	began, said := time.Now(), ""
	for {
		what, err := s.tryTurn(ctx, t, said)
		switch {
		case err != nil:
			return s.refuseFile(ctx, err)
		case what == "":
			return nil
		case time.Since(began) >= patience:
			return s.refuseFile(ctx, fault.Say(fault.User, "sync.file_waited", fault.Args{"what": what, "seconds": int(patience.Seconds())}))
		case what != said && waiting != nil:
			waiting(what)
		}
		said = what
		select {
		case <-ctx.Done():
			return s.refuseFile(ctx, context.Cause(ctx))
		case <-time.After(turnEvery):
		}
	}
}

// tryTurn makes the run the one that works on its account, or says in words what
// does; said is what the run's row says already.
func (s *syncing) tryTurn(ctx context.Context, t *fileTarget, said string) (what string, err error) {
	var facts *accountFacts
	err = s.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		what = ""
		rows, err := env.Read(runs, []int64{s.run}, "state")
		if err != nil {
			return err
		}
		if rows.Len() == 0 || rows.At(0).Str("state") != runQueued {
			return errLeaseLost // a sweeper took it for abandoned
		}
		other, err := inTheWay(env, s.run, 0, []int64{t.facts.id})
		if err != nil {
			return err
		}
		if other.Len() > 0 {
			if what, err = waitsFor(env, other.At(0), t.lang); err != nil || what == said {
				return err
			}
			if err := env.Write(runs, []int64{s.run}, orm.Values{"error_message": what}); err != nil {
				return err
			}
			return s.announce(env, "account.online.run/progress", map[string]any{"id": s.run, "state": runQueued, "error_message": what})
		}
		if facts, err = readAccount(env, t.facts.id); err != nil {
			return err
		}
		if facts == nil || facts.journal != t.facts.journal {
			return fault.Say(fault.User, "sync.file_journal_changed", fault.Args{"journal": t.name})
		}
		s.began = env.Now()
		return env.Write(runs, []int64{s.run}, orm.Values{"state": runRunning, "started_at": s.began, "lease_owner": s.owner,
			"lease_until": s.began.Add(s.a.opt.Lease), "error_message": nil})
	})
	if err == nil && what == "" {
		t.facts = facts
	}
	return what, err
}

// waitsFor is what works on the account, in words.
func waitsFor(env *orm.Env, other orm.Row, lang string) (string, error) {
	id, args := "sync.waits_for_file", fault.Args{}
	if link := other.Ref("link_id"); link != 0 {
		rows, err := env.Read(links, []int64{link}, "name")
		if err != nil {
			return "", err
		}
		if rows.Len() > 0 {
			id, args = "sync.waits_for_link", fault.Args{"connection": rows.At(0).Str("name")}
		}
	}
	return fault.Localize(fault.Say(fault.User, id, args), lang), nil
}

// refuseFile ends a run that imported nothing, and returns why.
func (s *syncing) refuseFile(ctx context.Context, why error) error {
	if errors.Is(why, errLeaseLost) {
		return why
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		values := orm.Values{"state": runDone, "finished_at": env.Now(), "lease_owner": nil, "lease_until": nil, "outcome": outcomeRefused,
			"error_message": fault.Localize(why, "en")}
		if err := env.Write(runs, []int64{s.run}, values); err != nil {
			return err
		}
		return s.tellFinished(env, &s.counts, values)
	})
	if err != nil {
		s.a.opt.Log.Warn("end run of a refused file", "run", s.run, "error", err)
	}
	return why
}
