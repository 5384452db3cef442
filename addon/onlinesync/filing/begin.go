package filing

import (
	"context"
	"fmt"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// begin gives the journal an account, so that the ledger knows what was imported
// when a bank connection brings the same account later, makes the run and waits
// for its turn.
func (f *filing) begin(ctx context.Context) error {
	var run int64
	known := f.target.account.ID
	err := f.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		f.target.account.ID = known // an attempt that was rolled back made none
		if f.target.account.ID == 0 {
			if err := f.makeAccount(env); err != nil {
				return err
			}
		}
		// If this process ends meanwhile, a sweeper ends the run when it is due.
		ids, err := env.Create(record.Runs, orm.Values{"account_id": f.target.account.ID, "company_id": f.target.company,
			"trigger": record.TriggerFile, "state": record.RunQueued, "user_id": record.OrNil(f.user),
			"due": env.Now().Add(f.req.Patience + f.Queue.Lease), "fetched": int64(f.content.count)})
		if err == nil {
			run = ids[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	f.run = f.Queue.OpenFile(f.db, run, f.target.company, int64(f.content.count))
	return f.takeTurn(ctx)
}

// number is the account number under which the ledger knows the file's account.
func (f *filing) number() string {
	number := f.content.account.Number
	if number == "" || f.target.number != "" && !importing.IsIBAN(base.SanitizeAccountNumber(number)) {
		return f.target.number
	}
	return number
}

func (f *filing) identity() string {
	return importing.AccountIdentity(importing.AccountFacts{Provider: record.FilesProvider,
		Link: fmt.Sprintf("journal/%d", f.target.account.Journal),
		ID:   "file", Number: f.number(), Currency: f.target.account.Currency})
}

// knownAccount finds the account that the file is about, if another connection
// or file brought it; false when nothing did. It is a fault of kind User when it
// feeds another journal.
func (f *filing) knownAccount(env *orm.Env) (bool, error) {
	rows, err := env.SearchRead(record.Accounts, domain.All(domain.Where("company_id", domain.Eq, f.target.company),
		domain.Where("identity", domain.Eq, f.identity())),
		[]string{"journal_ids", "name"}, orm.SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return false, err
	}
	if fed := rows.At(0).Refs("journal_ids"); len(fed) > 0 {
		return false, fault.Say(fault.User, "sync.file_other_journal", fault.Args{"account": rows.At(0).Str("name")})
	}
	f.target.account.ID = rows.ID(0)
	return true, nil
}

// makeAccount lets the file's account feed the journal, and makes it when it is
// not known.
func (f *filing) makeAccount(env *orm.Env) error {
	known, err := f.knownAccount(env)
	if err != nil {
		return err
	}
	if told := f.content.account; !known {
		ids, err := env.Create(record.Accounts, orm.Values{"name": record.AccountName(told),
			"account_number": record.OrNoText(f.number()), "currency_id": f.target.money,
			"company_id": f.target.company, "identity": f.identity(), "selected": true, "account_kind": record.KindOfAccount(told.Kind)})
		if err != nil {
			return err
		}
		f.target.account.ID = ids[0]
	}
	return env.Write(record.Journals, []int64{f.target.account.Journal},
		orm.Values{"account_online_account_id": f.target.account.ID, "bank_statements_source": "file_import"})
}
