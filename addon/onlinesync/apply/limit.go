package apply

import (
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// unreached is the day to which the bank's memory limited the wish (S60), "" where
// it did not: days before it are wanted, and known to nobody.
func (p *application) unreached(covered importing.Coverage) schema.Date {
	gap, cut := p.in.Reach.Wish.Unreached(p.in.Reach.Limit, covered)
	if !cut {
		return ""
	}
	return gap.To.AddDays(1)
}

// tellLimit keeps with the account that its history is limited, and says so on the
// connection, once for each limit and not for each of its accounts. It returns the
// day that is new.
func (p *application) tellLimit(env *orm.Env) (schema.Date, error) {
	reach, account := p.in.Reach, p.in.Account
	if reach == nil || !reach.Whole {
		return "", nil
	}
	to := p.unreached(p.in.Told.Advance(account.Coverage, p.in.Window))
	if to == "" {
		return "", nil
	}
	before, err := env.Read(record.Accounts, []int64{account.ID}, "history_limited_to")
	if err != nil || before.Len() == 0 || before.At(0).Date("history_limited_to") == to {
		return "", err
	}
	told, err := env.Count(record.Accounts, domain.All(domain.Where("account_online_link_id", domain.Eq, reach.Link),
		domain.Where("history_limited_to", domain.Eq, to)), 1)
	if err != nil {
		return "", err
	}
	if err := env.Write(record.Accounts, []int64{account.ID}, orm.Values{"history_limited_to": to}); err != nil || told > 0 {
		return to, err
	}
	_, err = mail.Post(env, record.Links, reach.Link, p.w.Say("sync.history_limited", fault.Args{"day": string(to)}), mail.Options{})
	return to, err
}
