package repair

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// refetch is action_refetch(date_from, date_to, restore_deleted): the days
// count as not known any more, so that a run asks for them again; it answers
// the run's id. What is known stays one line. Lines that users deleted come
// back only when restore_deleted says so (complaint 30).
func (t *Tools) refetch(env *orm.Env, call *orm.Call) (any, error) {
	id, err := record.OneJournal(env, call)
	if err != nil {
		return nil, err
	}
	if err := record.MayKeep(env); err != nil {
		return nil, err
	}
	from, err := record.DayArgument(call, "date_from")
	if err != nil {
		return nil, err
	}
	to, err := record.DayArgument(call, "date_to")
	if err != nil {
		return nil, err
	}
	if to == "" {
		to = schema.DateOf(env.Now())
	}
	if from == "" || from > to {
		return nil, fault.Say(fault.User, "refetch.days", fault.Args{"from": string(from), "to": string(to)})
	}
	link, account, err := t.broughtBy(env.Sudo(), id)
	if err != nil {
		return nil, err
	}
	if first := record.FloorOf(account); first > to {
		return nil, fault.Say(fault.User, "refetch.too_early", fault.Args{"day": string(first)})
	}
	if restore, err := call.Bool("restore_deleted"); err != nil {
		return nil, err
	} else if restore {
		if err := env.CheckAccess(record.Lines, orm.Create); err != nil {
			return nil, err
		}
		if err := forgetDeleted(env.Sudo(), account.ID, from, to); err != nil {
			return nil, err
		}
	}
	if err := uncover(env.Sudo(), account.ID, importing.Interval{From: from, To: to}); err != nil {
		return nil, err
	}
	return t.Queue.Add(env, run.Request{Link: link.ID, Account: account.ID, Trigger: record.TriggerManual})
}

// forgetDeleted lets transactions whose lines users deleted be new ones.
func forgetDeleted(env *orm.Env, account int64, from, to schema.Date) error {
	ids, err := env.Search(record.Transactions, domain.All(domain.Where("account_id", domain.Eq, account),
		domain.Where("line_deleted", domain.Eq, true),
		domain.Where("date", domain.Ge, from), domain.Where("date", domain.Le, to)), orm.SearchOptions{})
	if err != nil {
		return err
	}
	return env.Unlink(record.Transactions, ids)
}
