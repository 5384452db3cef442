package run

import (
	"slices"

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

// manualSync is Synchronize Now: it queues a run for each connection that feeds the
// journals, for one account where one of its journals is meant alone, and answers the
// runs' ids; a connection that is synchronised already answers with that run.
func (q *Queue) manualSync(env *orm.Env, call *orm.Call) (any, error) {
	if err := record.MayKeep(env); err != nil {
		return nil, err
	}
	rows, err := env.Read(record.Journals, call.IDs, "account_online_account_id", "account_online_link_id", "name")
	if err != nil {
		return nil, err
	}
	accounts := map[int64]int64{} // by connection; 0 for several
	var links []int64
	for row := range rows.All() {
		link, account := row.Ref("account_online_link_id"), row.Ref("account_online_account_id")
		if link == 0 {
			return nil, fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": row.Str("name")})
		}
		if before, there := accounts[link]; !there {
			links = append(links, link)
		} else if before != account {
			account = 0
		}
		accounts[link] = account
	}
	ids := []int64{}
	add := func(more ...int64) {
		for _, id := range more {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, link := range links {
		run, err := q.Add(env, Request{Link: link, Account: accounts[link], Trigger: record.TriggerManual})
		if err != nil {
			return nil, err
		}
		add(run)
	}
	for row := range rows.All() {
		beside, err := q.AddBeside(env, row.Ref("account_online_account_id"))
		if err != nil {
			return nil, err
		}
		add(beside...)
	}
	return ids, nil
}
