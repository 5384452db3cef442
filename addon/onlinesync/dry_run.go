package onlinesync

import (
	"context"
	"encoding/json"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// DryRun is what a synchronisation of one account would do.
type DryRun struct {
	LinkID    int64  `json:"link_id"`
	AccountID int64  `json:"account_id"`
	JournalID int64  `json:"journal_id"`
	Name      string `json:"name"`
	From      string `json:"from"`
	To        string `json:"to"`
	New       int    `json:"new"`
	Known     int    `json:"known"`
	Changed   int    `json:"changed"`
	Removed   int    `json:"removed"`
	Pending   int    `json:"pending"`
	Skipped   int    `json:"skipped"` // before the first day that may be imported
	// WouldBeDuplicates counts the new ones that may be known already: each
	// would become a line and a question.
	WouldBeDuplicates int       `json:"would_be_duplicates"`
	Unreadable        int       `json:"unreadable"`
	Lines             []DryLine `json:"lines"` // at most 200
}

// DryLine is what would happen to one transaction.
type DryLine struct {
	What   string      `json:"what"` // new, would_be_duplicate, changed, removed
	Date   schema.Date `json:"date"`
	Amount json.Number `json:"amount"`
	Text   string      `json:"text"`
	Was    string      `json:"was,omitempty"` // what is known, where that differs
	LineID int64       `json:"line_id,omitempty"`
}

// mostDryLines is how many transactions a dry run names.
const mostDryLines = 200

// dryRunLinks fetches what connections would bring, and says what would become
// of it. Nothing is written.
func (a *Addon) dryRunLinks(env *orm.Env, call *orm.Call) (any, error) {
	out := []DryRun{}
	for _, link := range call.IDs {
		list, err := a.dryRun(env, link, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// dryRunJournals is the same for every connection that feeds the journals.
func (a *Addon) dryRunJournals(env *orm.Env, call *orm.Call) (any, error) {
	out := []DryRun{}
	for _, journal := range call.IDs {
		var account int64
		var feeders []int64
		err := env.Within(orm.TxRead, func(env *orm.Env) error {
			rows, err := env.Read(journals, []int64{journal}, "account_online_account_id", "name")
			if err != nil || rows.Len() == 0 {
				return err
			}
			if account = rows.At(0).Ref("account_online_account_id"); account == 0 {
				return fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": rows.At(0).Str("name")})
			}
			feeders, err = feedersOf(env.Sudo(), []int64{account})
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, link := range feeders {
			list, err := a.dryRun(env, link, account)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
	}
	return out, nil
}

// dryRun asks about one connection, or one account of it.
func (a *Addon) dryRun(env *orm.Env, link, account int64) ([]DryRun, error) {
	f, now, err := a.linkToCall(env, link)
	if err != nil {
		return nil, err
	}
	s := &syncing{a: a, db: env.Database(), trigger: triggerManual, scope: account, company: f.company, began: now, link: f, dry: true, fed: map[int64]bool{}}
	list, err := s.dryAccounts(env.Ctx())
	if err == nil {
		return list, nil
	}
	failed := a.fail(err, "dry run of link", link, "provider", f.provider)
	return nil, failed.asFault(env.Context().Lang())
}

func (s *syncing) dryAccounts(ctx context.Context) ([]DryRun, error) {
	p, desc, err := s.a.open(ctx, s.link.provider)
	if err != nil {
		return nil, err
	}
	ids, err := s.accountsToFetch(ctx)
	if err != nil {
		return nil, err
	}
	out := []DryRun{}
	for _, id := range ids {
		facts, err := s.feed(ctx, id)
		if err != nil || facts == nil {
			return nil, err
		}
		window := s.window(facts, desc)
		got, err := s.fetch(ctx, p, facts, window)
		if err != nil {
			return nil, err
		}
		told := s.told(got, facts, desc, window)
		plan, err := s.dryPlan(ctx, facts, told)
		if err != nil {
			return nil, err
		}
		report := describe(plan, told)
		report.LinkID, report.AccountID, report.JournalID, report.Name = s.link.id, id, facts.journal, facts.name
		report.From, report.To, report.Unreadable = string(window.From), string(window.To), len(got.bad())
		out = append(out, report)
	}
	return out, nil
}

func (s *syncing) dryPlan(ctx context.Context, facts *accountFacts, told *importing.Told) (*importing.Plan, error) {
	var known []*importing.Known
	err := s.within(ctx, orm.TxRead, func(env *orm.Env) (err error) {
		known, err = loadKnown(env, facts.id, told)
		return err
	})
	return importing.Decide(told, known), err
}

// describe tells a plan.
func describe(plan *importing.Plan, told *importing.Told) DryRun {
	out := DryRun{Known: plan.Known, Changed: len(plan.Changes), Removed: len(plan.Removals), Pending: len(told.Pending), Skipped: plan.Skipped, Lines: []DryLine{}}
	name := func(what string, e *importing.Entry, of *importing.Known) {
		if len(out.Lines) >= mostDryLines {
			return
		}
		line := DryLine{What: what, Date: e.Date, Amount: number(e.Amount), Text: labelOf(e)}
		if of != nil {
			line.LineID, line.Was = of.Line, string(of.Date)+" "+plainText(of.Amount)+" "+sayingOf(of.Text, of.Partner)
		}
		out.Lines = append(out.Lines, line)
	}
	fresh := func(e *importing.Entry, d *importing.Doubt) {
		out.New++
		if d == nil {
			name("new", e, nil)
			return
		}
		out.WouldBeDuplicates++
		name("would_be_duplicate", e, d.Of)
	}
	for i := range plan.Postings {
		fresh(plan.Postings[i].Now, plan.Postings[i].Doubt)
	}
	for i := range plan.New {
		if plan.New[i].Status == importing.Posted {
			fresh(plan.New[i].Entry, plan.New[i].Doubt)
		}
	}
	for i := range plan.Changes {
		name("changed", plan.Changes[i].Now, plan.Changes[i].Known)
	}
	for _, k := range plan.Removals {
		name("removed", &importing.Entry{Date: k.Date, Amount: k.Amount, Text: k.Text, Partner: k.Partner}, k)
	}
	return out
}
