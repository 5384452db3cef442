package run

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// Part is what this room adds to a registry.
func (q *Queue) Part() orm.Part {
	return orm.Part{
		Models: []orm.Model{model},
		Extensions: []orm.Extension{
			{Of: record.Journals, Bound: orm.Bound{Methods: orm.Methods{"manual_sync": {Needs: orm.Read, Do: q.manualSync,
				Doc: "Synchronize Now: queues a run for each connection that feeds the journals. Answers the runs' ids " +
					"(account.online.run); one that is under way is answered again. Refused (UserError) for a journal without a " +
					"connection."}}}},
			base.Attachable(record.Runs),
			{Of: record.Links, Bound: orm.Bound{Methods: historyMethods(ofConnection)}},
			{Of: record.Accounts, Bound: orm.Bound{Methods: historyMethods(ofAccount)}},
		},
	}
}

// manualSync is Synchronize Now: it queues a run for each journal's online
// account and answers the runs' ids; a journal whose connection is running
// already answers that run's.
func (q *Queue) manualSync(env *orm.Env, call *orm.Call) (any, error) {
	if err := record.MayKeep(env); err != nil {
		return nil, err
	}
	rows, err := env.Read(record.Journals, call.IDs, "account_online_account_id", "account_online_link_id", "name")
	if err != nil {
		return nil, err
	}
	ids := []int64{}
	for row := range rows.All() {
		link := row.Ref("account_online_link_id")
		if link == 0 {
			return nil, fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": row.Str("name")})
		}
		account := row.Ref("account_online_account_id")
		run, err := q.Add(env, Request{Link: link, Account: account, Trigger: record.TriggerManual})
		if err != nil {
			return nil, err
		}
		ids = append(ids, run)
		beside, err := q.AddBeside(env, account)
		if err != nil {
			return nil, err
		}
		ids = append(ids, beside...)
	}
	return ids, nil
}
