package sync

import (
	"context"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// account fetches one account, unless an interrupted worker did, and applies
// what came.
func (s *synchronisation) account(ctx context.Context, p sdk.Provider, desc sdk.Description, id int64) error {
	account, err := s.readAccount(ctx, id)
	if err != nil || account == nil || account.Journal == 0 {
		return err
	}
	got, err := fetch.Staged(ctx, s.run, account)
	if err != nil {
		return err
	}
	if got == nil {
		if got, err = s.fetch(ctx, p, desc, account); err != nil {
			return err
		}
	}
	s.Points.Hit("sync.fetched")
	in := s.input(account, desc, got)
	skipped, err := s.Applier.Apply(ctx, s.run, in)
	if err != nil {
		return err
	}
	return s.noteAccount(got, in.Window, skipped)
}

// readAccount reads the account as the run's connection brings it.
func (s *synchronisation) readAccount(ctx context.Context, id int64) (account *record.Account, err error) {
	err = s.run.Within(ctx, orm.TxRead, func(env *orm.Env) (err error) {
		account, err = record.ReadAccountOf(env, id, s.link.ID)
		return err
	})
	return account, err
}

// fetch asks the provider for what is new and stages every page that comes.
func (s *synchronisation) fetch(ctx context.Context, p sdk.Provider, desc sdk.Description, account *record.Account) (*fetch.Pages, error) {
	if err := s.spendFetch(ctx, desc, account.ID); err != nil {
		return nil, err
	}
	stager := fetch.NewStager(s.run, account.ID)
	return fetch.Ask(ctx, s.Plugins, fetch.Request{
		Provider: p, Call: s.call(ctx), Account: account, Cursor: account.Cursor,
		Window: fetch.WindowOf(account, s.link, desc, schema.DateOf(s.run.Began.UTC()), s.LookBackDays),
		Take: func(page *fetch.Page, of int64) error {
			s.Points.Hit("sync.page.fetched")
			s.run.Of = max(s.run.Of, of)
			if err := stager.Put(ctx, page); err != nil {
				return err
			}
			s.Points.Hit("sync.page.staged")
			return nil
		},
	})
}

// input is what was fetched, as the import takes it.
func (s *synchronisation) input(account *record.Account, desc sdk.Description, got *fetch.Pages) apply.Input {
	under := s.link.UUID + "/" + account.Key // under which ids mean something
	told := got.Told(importing.Manner{Source: s.link.Provider, StableIDs: desc.StableIDs, ReportsPending: desc.ReportsPending,
		Anew: account.ToldUnder != "" && account.ToldUnder != under, Window: got.Asked(), Now: s.run.Began})
	told.Run = s.run.ID
	return apply.Input{Account: account, Told: told, Window: got.Asked(), Balances: got.Balances(), Last: true, Source: s.link.Provider,
		Lang: s.link.Lang,
		Reach: &apply.Reach{ToldUnder: under, Cursor: got.Cursor(), Whole: len(got.Bad()) == 0, Link: s.link.ID,
			Limit: max(s.link.HistoryFrom, got.HistoryFrom()),
			Wish:  fetch.WishOf(account, desc, schema.DateOf(s.run.Began.UTC()), s.LookBackDays)}}
}

// noteAccount notes what a user should know of an account's import.
func (s *synchronisation) noteAccount(got *fetch.Pages, window importing.Window, skipped int) error {
	if last := got.Refreshed(); last.After(s.refreshed) {
		s.refreshed = last
	}
	if from := got.HistoryFrom(); from != "" {
		s.history = record.SDKDate(from)
	}
	if skipped > 0 {
		s.notes = append(s.notes, s.say("sync.skipped", fault.Args{"count": skipped, "day": string(window.Floor)}))
	}
	if bad := got.Bad(); len(bad) > 0 {
		return sdk.Errorf(sdk.Internal, "%s", s.say("sync.entries_unreadable", fault.Args{"count": len(bad), "first": bad[0]}))
	}
	return nil
}

// say is a sentence in the language of the connection.
func (s *synchronisation) say(id string, args fault.Args) string {
	return record.SayIn(s.link.Lang, id, args)
}
