package filing

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// turnEvery is how often a file that waits looks whether its turn has come.
const turnEvery = 250 * time.Millisecond

// takeTurn waits until no other run works on the file's account, as a
// synchronisation does: the run is queued meanwhile and says what it waits for.
// When that takes longer than patience, the run ends as refused, and so does the
// import. What is known of the account is read anew when the turn has come.
func (f *filing) takeTurn(ctx context.Context) error {
	began, said := time.Now(), ""
	for {
		what, err := f.tryTurn(ctx, said)
		switch {
		case err != nil:
			return f.refuse(ctx, err, record.OutcomeRefused)
		case what == "":
			return nil
		case time.Since(began) >= f.req.Patience:
			return f.refuse(ctx, fault.Say(fault.User, "sync.file_waited",
				fault.Args{"what": what, "seconds": int(f.req.Patience.Seconds())}), record.OutcomeRefused)
		case what != said && f.req.Waiting != nil:
			f.req.Waiting(what)
		}
		said = what
		select {
		case <-ctx.Done():
			return f.refuse(ctx, context.Cause(ctx), record.OutcomeRefused)
		case <-time.After(turnEvery):
		}
	}
}

// tryTurn makes the run the one that works on its account, or says in words what
// does; said is what the run's row says already.
func (f *filing) tryTurn(ctx context.Context, said string) (what string, err error) {
	var account *record.Account
	err = f.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		what = ""
		if err := f.run.Queued(env); err != nil {
			return err
		}
		other, err := run.InTheWay(env, f.run.ID, 0, []int64{f.target.account.ID})
		if err != nil {
			return err
		}
		if other.Len() > 0 {
			if what, err = waitsFor(env, other.At(0), f.target.lang); err != nil || what == said {
				return err
			}
			if err := env.Write(record.Runs, []int64{f.run.ID}, orm.Values{"error_message": what}); err != nil {
				return err
			}
			return f.run.TellWaiting(env, what)
		}
		if account, err = record.ReadAccount(env, f.target.account.ID); err != nil {
			return err
		}
		if account == nil || account.Journal != f.target.account.Journal {
			return fault.Say(fault.User, "sync.file_journal_changed", fault.Args{"journal": f.target.name})
		}
		return f.run.Take(env)
	})
	if err == nil && what == "" {
		f.target.account = account
	}
	return what, err
}

// waitsFor is what works on the account, in words.
func waitsFor(env *orm.Env, other orm.Row, lang string) (string, error) {
	id, args := "sync.waits_for_file", fault.Args{}
	if link := other.Ref("link_id"); link != 0 {
		rows, err := env.Read(record.Links, []int64{link}, "name")
		if err != nil {
			return "", err
		}
		if rows.Len() > 0 {
			id, args = "sync.waits_for_link", fault.Args{"connection": rows.At(0).Str("name")}
		}
	}
	return fault.Localize(fault.Say(fault.User, id, args), lang), nil
}

// refuse ends a run that is not carried out to its end, and returns why.
func (f *filing) refuse(ctx context.Context, why error, outcome string) error {
	if run.LostLease(ctx, why) {
		return why
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := f.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		values := orm.Values{"state": record.RunDone, "finished_at": env.Now(), "lease_owner": nil, "lease_until": nil,
			"outcome":       outcome,
			"error_message": fault.Localize(why, "en")}
		if err := env.Write(record.Runs, []int64{f.run.ID}, values); err != nil {
			return err
		}
		return f.run.TellFinished(env, &f.run.Counts, values)
	})
	if err != nil {
		f.Log.Warn("end run of a refused file", "run", f.run.ID, "error", err)
	}
	return why
}
