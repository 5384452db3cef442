package repair

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
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
func (t *Tools) dryRunLinks(env *orm.Env, call *orm.Call) (any, error) {
	out := []DryRun{}
	for _, link := range call.IDs {
		list, err := t.dryRun(env, link, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// dryRunJournals is the same for every connection that feeds the journals.
func (t *Tools) dryRunJournals(env *orm.Env, call *orm.Call) (any, error) {
	out := []DryRun{}
	for _, journal := range call.IDs {
		var account int64
		var feeders []int64
		err := env.Within(orm.TxRead, func(env *orm.Env) error {
			if err := record.MayKeep(env); err != nil { // banks count how often they are asked
				return err
			}
			rows, err := env.Read(record.Journals, []int64{journal}, "account_online_account_id", "name")
			if err != nil || rows.Len() == 0 {
				return err
			}
			if account = rows.At(0).Ref("account_online_account_id"); account == 0 {
				return fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": rows.At(0).Str("name")})
			}
			feeders, err = record.FeedersOf(env.Sudo(), []int64{account})
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, link := range feeders {
			list, err := t.dryRun(env, link, account)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
	}
	return out, nil
}

// dryRun asks about one connection, or one account of it.
func (t *Tools) dryRun(env *orm.Env, link, account int64) ([]DryRun, error) {
	f, now, err := t.Connections.LinkToCall(env, link)
	if err != nil && !errors.Is(err, record.ErrSecretLost) {
		return nil, err
	}
	if err := t.mayAsk(env, f); err != nil {
		return nil, err
	}
	var list []DryRun
	if err == nil {
		list, err = t.dryAccounts(env, f, account, now)
	}
	if err == nil {
		return list, nil
	}
	failed := record.Fail(t.Log, err, "dry run of link", link, "provider", f.Provider)
	return nil, failed.AsFault(env.Context().Lang())
}

func (t *Tools) dryAccounts(env *orm.Env, link *record.Link, only int64, now time.Time) ([]DryRun, error) {
	p, desc, err := t.Plugins.Open(env.Ctx(), link.Provider)
	if err != nil {
		return nil, err
	}
	var ids []int64
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		ids, err = fetch.Accounts(env.Sudo(), link.ID, only)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := []DryRun{}
	for _, id := range ids {
		report, err := t.dryAccount(env, p, desc, link, id, now)
		if err != nil || report == nil {
			return nil, err
		}
		out = append(out, *report)
	}
	return out, nil
}

// dryAccount fetches one account and foretells what would become of what comes;
// nil when the account is not there any more.
func (t *Tools) dryAccount(env *orm.Env, p sdk.Provider, desc sdk.Description, link *record.Link, id int64, now time.Time) (*DryRun,
	error) {
	var account *record.Account
	err := env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		account, err = record.ReadAccountOf(env.Sudo(), id, link.ID)
		return err
	})
	if err != nil || account == nil {
		return nil, err
	}
	window := fetch.WindowOf(account, link, desc, schema.DateOf(now.UTC()), t.LookBackDays)
	if err := t.spend(env, link, desc, id); err != nil {
		return nil, err
	}
	call := t.Connections.Vault.Call(env.Ctx(), env.Database(), link, now, record.Attended(env))
	got, err := fetch.Ask(env.Ctx(), t.Plugins, fetch.Request{Provider: p, Call: call, Account: account, Cursor: account.Cursor,
		Window: window})
	if err != nil {
		return nil, err
	}
	under := link.UUID + "/" + account.Key
	told := got.Told(importing.Manner{Source: link.Provider, StableIDs: desc.StableIDs, ReportsPending: desc.ReportsPending,
		Anew: account.ToldUnder != "" && account.ToldUnder != under, Window: window, Now: now})
	var d apply.Decision
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		d, err = apply.Decide(env.Sudo(), account, told)
		return err
	})
	if err != nil {
		return nil, err
	}
	report := describe(d, told)
	report.LinkID, report.AccountID, report.JournalID, report.Name = link.ID, id, account.Journal, account.Name
	report.From, report.To, report.Unreadable = string(window.From), string(window.To), len(got.Bad())
	return &report, nil
}

// describe tells what was decided.
func describe(d apply.Decision, told *importing.Told) DryRun {
	plan := d.Plan
	out := DryRun{Known: plan.Known, Changed: len(plan.Changes), Removed: len(plan.Removals), Pending: len(told.Pending),
		Skipped: plan.Skipped, Lines: []DryLine{}}
	for i := range plan.Postings {
		out.fresh(plan.Postings[i].Now, plan.Postings[i].Doubt, d)
	}
	for i := range plan.New {
		if plan.New[i].Status == importing.Posted {
			out.fresh(plan.New[i].Entry, plan.New[i].Doubt, d)
		}
	}
	for i := range plan.Changes {
		out.name("changed", plan.Changes[i].Now, plan.Changes[i].Known)
	}
	for _, k := range plan.Removals {
		out.name("removed", &importing.Entry{Date: k.Date, Amount: k.Amount, Text: k.Text, Partner: k.Partner}, k)
	}
	return out
}

// fresh counts an entry that would become a line, and names what it may double.
func (r *DryRun) fresh(e *importing.Entry, doubt *importing.Doubt, d apply.Decision) {
	r.New++
	typed, byHand := d.Typed[e]
	switch {
	case doubt != nil:
		r.WouldBeDuplicates++
		r.name("would_be_duplicate", e, doubt.Of)
	case byHand:
		r.WouldBeDuplicates++
		r.name("would_be_duplicate", e, &importing.Known{Line: typed.ID, Date: typed.Date, Amount: typed.Amount, Text: typed.Saying})
	default:
		r.name("new", e, nil)
	}
}

// name lists one transaction, as long as there are few.
func (r *DryRun) name(what string, e *importing.Entry, of *importing.Known) {
	if len(r.Lines) >= mostDryLines {
		return
	}
	line := DryLine{What: what, Date: e.Date, Amount: record.Number(e.Amount), Text: apply.LabelOf(e)}
	if of != nil {
		line.LineID, line.Was = of.Line, string(of.Date)+" "+record.PlainText(of.Amount)+" "+record.SayingOf(of.Text, of.Partner)
	}
	r.Lines = append(r.Lines, line)
}
