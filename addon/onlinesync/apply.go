package onlinesync

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/govalues/decimal"

	books "github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// apply carries out what the import decides, in chunks, each in a transaction of
// its own that may be repeated. Cursor, coverage and balance are written, and the
// staged pages removed, with the last chunk.
func (s *syncing) apply(ctx context.Context, account *accountFacts, window importing.Window, got *fetched, told *importing.Told) error {
	var plan *importing.Plan
	w := &writer{s: s, account: account, now: s.began, foreign: map[string]int64{}}
	err := s.within(ctx, orm.TxRead, func(env *orm.Env) (err error) {
		known, err := loadKnown(env, account.id, told)
		if err != nil {
			return err
		}
		plan = importing.Decide(told, known)
		if w.typed, err = typedNear(env, account, plan); err != nil {
			return err
		}
		w.balance, err = journalBalance(env, account.journal)
		return err
	})
	if err != nil {
		return err
	}
	s.a.hit("sync.decided")
	steps := w.steps(plan)
	commit := func(env *orm.Env, counts *counters) error {
		return s.commitAccount(env, account, window, got, told, plan, counts)
	}
	for i, step := range steps {
		last := i == len(steps)-1
		balance := w.balance
		err := s.write(ctx, func(env *orm.Env, counts *counters) error {
			w.balance = balance
			clear(w.foreign) // an attempt that was rolled back took back the currencies it activated
			if i == 0 {
				if err := s.fixFloor(env, account, window); err != nil {
					return err
				}
			}
			w.touched = touched{}
			if err := step(env, counts); err != nil {
				return err
			}
			if err := chainTouched(env, account.journal, &w.touched); err != nil {
				return err
			}
			if err := s.movedOpening(env, account.journal, w.touched.older); err != nil {
				return err
			}
			if last {
				s.a.hit("sync.account.before_commit")
				if err := commit(env, counts); err != nil {
					return err
				}
			}
			return s.progress(env, counts)
		})
		if err != nil {
			return err
		}
		s.a.hit("sync.chunk.committed")
	}
	if len(steps) == 0 {
		s.a.hit("sync.account.before_commit")
		if err := s.write(ctx, commit); err != nil {
			return err
		}
	}
	s.skipped += plan.Skipped
	s.a.hit("sync.account.committed")
	if !got.complete() {
		return nil
	}
	s.done = s.doneWith(account.id, s.counts)
	return s.afterAccount(got, window)
}

// fixFloor remembers the first day of an account's import with its first
// lines. Were it worked out anew after an interruption, those very lines would
// push it forward, and the rest of the fetch would be left out.
func (s *syncing) fixFloor(env *orm.Env, account *accountFacts, window importing.Window) error {
	if account.fetched || s.trigger == triggerFile {
		return nil
	}
	return env.Write(accounts, []int64{account.id}, orm.Values{"fetched": true, "import_from": orNoDate(window.Floor)})
}

// doneWith is what the run keeps once an account is done.
func (s *syncing) doneWith(account int64, c counters) accountsDone {
	return accountsDone{IDs: append(slices.Clone(s.done.IDs), account), Fetched: c.fetched, Known: c.known, Pending: c.pending}
}

// commitAccount is the end of an account's import, in the transaction of its
// last chunk. Of a file that comes in parts, what concerns the account as a whole
// – where its journal begins, above all – waits for the last part: an import that
// takes up an interrupted one is the first as well.
func (s *syncing) commitAccount(env *orm.Env, account *accountFacts, window importing.Window, got *fetched, told *importing.Told, plan *importing.Plan, counts *counters) error {
	w := &writer{s: s, account: account, now: s.began}
	if err := w.settle(env, plan.Told); err != nil {
		return err
	}
	counts.known += int64(plan.Known)
	if !got.complete() {
		return nil
	}
	if err := anchor(env, account, got); err != nil {
		return err
	}
	counts.pending += int64(len(told.Pending))
	values := orm.Values{"last_sync": env.Now()}
	if !account.begun {
		some, err := env.Count(lines, domain.Where("journal_id", domain.Eq, account.journal), 1)
		if err != nil {
			return err
		}
		values["begun"] = some > 0
	}
	if s.trigger != triggerFile && len(got.bad()) == 0 {
		s.advance(values, account, window, got, told)
	}
	if err := s.keepBalances(env, values, account, got); err != nil {
		return err
	}
	if err := keepCursor(env, account, values); err != nil {
		return err
	}
	if err := env.Write(accounts, []int64{account.id}, values); err != nil {
		return err
	}
	if err := s.unstage(env, domain.All(domain.Where("run_id", domain.Eq, s.run), domain.Where("account", domain.Eq, account.id))); err != nil {
		return err
	}
	done, err := json.Marshal(s.doneWith(account.id, *counts))
	if err != nil {
		return err
	}
	return env.Write(runs, []int64{s.run}, orm.Values{"accounts_done": json.RawMessage(done), "window_from": orNoDate(window.From), "window_to": orNoDate(window.To)})
}

// keepBalances notes what the bank reported.
func (s *syncing) keepBalances(env *orm.Env, values orm.Values, account *accountFacts, got *fetched) error {
	by := teller{account: account.id, currency: account.currency, invert: account.invert, source: FilesProvider, run: s.run}
	if s.link != nil {
		by.source = s.link.provider
	}
	list := got.balances()
	by.newest(values, list)
	return keepBalances(env, by, list)
}

// advance moves cursor and coverage: what was told is complete now. Where an
// entry could not be read nothing moves, so that it is asked for again.
func (s *syncing) advance(values orm.Values, account *accountFacts, window importing.Window, got *fetched, told *importing.Told) {
	if last := got.pages[len(got.pages)-1].Cursor; len(last) > 0 {
		values["cursor"] = base64.StdEncoding.EncodeToString(last)
	}
	values["told_under"] = s.toldUnder(account)
	if !account.fetched {
		values["fetched"] = true
		values["import_from"] = orNoDate(window.Floor)
	}
	if coverage, err := json.Marshal(told.Advance(account.coverage, window)); err == nil {
		values["coverage"] = json.RawMessage(coverage)
	}
}

// keepCursor writes where a connection that feeds the account beside another
// goes on: that is no value of the account's own.
func keepCursor(env *orm.Env, account *accountFacts, values orm.Values) error {
	if account.feed == 0 {
		return nil
	}
	own := orm.Values{}
	for _, field := range []string{"cursor", "told_under"} {
		if v, ok := values[field]; ok {
			own[field] = v
			delete(values, field)
		}
	}
	return env.Write(feeds, []int64{account.feed}, own)
}

// afterAccount notes what a user should know of an account's import.
func (s *syncing) afterAccount(got *fetched, window importing.Window) error {
	for i := range got.pages {
		p := &got.pages[i]
		if p.Refreshed.After(s.refreshed) {
			s.refreshed = p.Refreshed
		}
		if p.HistoryFrom != "" {
			s.history = sdkDate(p.HistoryFrom)
			if window.From < p.HistoryFrom {
				s.limited = s.say("sync.history_limited", fault.Args{"day": string(p.HistoryFrom)})
			}
		}
	}
	if s.limited != "" && !slices.Contains(s.notes, s.limited) {
		s.notes = append(s.notes, s.limited)
	}
	if s.skipped > 0 {
		s.notes = append(s.notes, s.say("sync.skipped", fault.Args{"count": s.skipped, "day": string(window.Floor)}))
		s.skipped = 0
	}
	if bad := got.bad(); len(bad) > 0 {
		err := sdk.Errorf(sdk.Internal, "%s", s.say("sync.entries_unreadable", fault.Args{"count": len(bad), "first": bad[0]}))
		if s.trigger != triggerFile {
			return err
		}
	}
	return nil
}

// say is a sentence in the language of the run.
func (s *syncing) say(id string, args fault.Args) string {
	lang := "en_US"
	if s.link != nil {
		lang = s.link.lang
	}
	return fault.Localize(&fault.Error{Kind: fault.User, ID: id, Message: id, Args: args}, lang)
}

// journalBalance is the sum of a journal's lines.
func journalBalance(env *orm.Env, journal int64) (decimal.Decimal, error) {
	balances, err := books.Balances(env, []int64{journal})
	return balances[journal], err
}

// linesCreated tells who watches the journal that lines came.
func (s *syncing) linesCreated(env *orm.Env, journal int64, ids []int64, balance decimal.Decimal) error {
	payload := map[string]any{"id": ids[0], "run": s.run, "count": len(ids), "ids": ids[:min(len(ids), 100)], "journal": journal,
		"balance": json.Number(balance.String())}
	for _, channel := range []string{bus.Channel(journals, journal), bus.Channel("res.company", s.company)} {
		if err := bus.Send(env, channel, "account.bank.statement.line/created", payload); err != nil {
			return err
		}
	}
	return nil
}
