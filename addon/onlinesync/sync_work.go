package onlinesync

import (
	"context"
	"errors"
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// accountFacts is an online account that feeds a journal.
type accountFacts struct {
	id          int64
	feed        int64  // of account.online.feed, when it is fed beside another connection
	key         string // the provider's id
	name        string
	currency    string
	invert      bool
	holder      importing.Holder
	cursor      []byte
	toldUnder   string // at the last complete fetch
	fetched     bool
	begun       bool // an import that brought lines was completed
	importFrom  schema.Date
	coverage    importing.Coverage
	journal     int64
	journalCode string
	grouping    importing.Grouping
	lastLine    schema.Date
	lock        schema.Date
}

// work fetches and applies every account of the run. What a bank or provider
// does wrong is noted and harms that account alone; an error is the host's own.
func (s *syncing) work(ctx context.Context) error {
	if s.link.state == stateDisconnected {
		return nil
	}
	if !s.present() && !s.link.autoAllowed && s.trigger == triggerScheduled {
		s.note(&sdk.Error{Kind: sdk.AutoNotAllowed})
		return nil
	}
	p, desc, err := s.a.open(ctx, s.link.provider)
	if err != nil {
		return s.bankOrHost(ctx, err)
	}
	if err := s.refresh(ctx, p); err != nil {
		return s.bankOrHost(ctx, err)
	}
	s.a.hit("sync.refreshed")
	list, err := s.accountsToFetch(ctx)
	if err != nil {
		return err
	}
	for _, id := range list {
		err := s.account(ctx, p, desc, id)
		if err == nil {
			continue
		}
		if err := s.bankOrHost(ctx, err); err != nil {
			return err
		}
		if s.failures[len(s.failures)-1].wholeLink {
			return nil
		}
	}
	return nil
}

// bankOrHost notes a failure of the bank or the provider; it returns what is
// the host's own trouble: the end of the process, a lost lease, a database
// that is away.
func (s *syncing) bankOrHost(ctx context.Context, err error) error {
	var told *sdk.Error
	switch {
	case errors.Is(err, errLeaseLost), ctx.Err() != nil:
		return err
	case errors.As(err, &told):
	case fault.Is(err, fault.Unavailable, fault.Conflict) && !errors.Is(err, context.DeadlineExceeded):
		return err
	}
	s.note(err)
	return nil
}

func (s *syncing) note(err error) {
	s.failures = append(s.failures, s.a.fail(err, "run", s.run, "link", s.link.id, "provider", s.link.provider))
}

// refresh asks the provider to contact the bank, when a user wants the newest
// (S46). A used-up allowance is no failure: what is there is fetched (S48).
func (s *syncing) refresh(ctx context.Context, p sdk.Provider) error {
	refresher, ok := sdk.As[sdk.Refresher](p)
	now := s.began
	if !s.present() || !ok || s.link.refreshAllowed.After(now) {
		return nil
	}
	call := s.a.linkCall(ctx, s.db, s.link, now, true)
	ctx, cancel := s.a.pluginTime(ctx)
	defer cancel()
	answer, err := refresher.Refresh(ctx, sdk.RefreshRequest{Call: call})
	var told *sdk.Error
	switch {
	case errors.As(err, &told) && told.Kind == sdk.RateLimited:
		s.allowed = told.Until
		return nil
	case sdk.KindOf(err) == sdk.NotSupported:
		return nil
	case err != nil:
		return err
	}
	s.refreshed, s.allowed = answer.RefreshedAt, answer.NextAllowed
	return nil
}

// accountsToFetch lists the accounts that feed a journal and are not done yet.
func (s *syncing) accountsToFetch(ctx context.Context) ([]int64, error) {
	var out []int64
	err := s.within(ctx, orm.TxRead, func(env *orm.Env) error {
		fed, err := fedBy(env, s.link.id)
		if err != nil {
			return err
		}
		where := domain.Node(domain.Where("account_online_account_id", domain.In, anyIDs(fed)))
		if s.scope != 0 {
			where = domain.All(where, domain.Where("account_online_account_id", domain.Eq, s.scope))
		}
		rows, err := env.SearchRead(journals, where, []string{"account_online_account_id"}, orm.SearchOptions{Order: "id"})
		if err != nil {
			return err
		}
		for row := range rows.All() {
			id := row.Ref("account_online_account_id")
			if !slices.Contains(s.done.IDs, id) && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		return nil
	})
	return out, err
}

// account fetches one account and applies what came.
func (s *syncing) account(ctx context.Context, p sdk.Provider, desc sdk.Description, id int64) error {
	facts, err := s.feed(ctx, id)
	if err != nil || facts == nil || facts.journal == 0 {
		return err
	}
	window := s.window(facts, desc)
	got, err := s.staged(ctx, facts)
	if err != nil {
		return err
	}
	if got == nil {
		if got, err = s.fetch(ctx, p, facts, window); err != nil {
			return err
		}
	}
	window = got.pages[0].Asked
	s.a.hit("sync.fetched")
	told := s.told(got, facts, desc, window)
	told.Run = s.run
	return s.apply(ctx, facts, window, got, told)
}

// feed reads the account as the run's connection feeds it.
func (s *syncing) feed(ctx context.Context, id int64) (facts *accountFacts, err error) {
	err = s.within(ctx, orm.TxRead, func(env *orm.Env) (err error) {
		facts, err = readFeed(env, id, s.link.id)
		return err
	})
	return facts, err
}

// window is what to fetch of an account.
func (s *syncing) window(facts *accountFacts, desc sdk.Description) importing.Window {
	rule := importing.WindowRule{Today: s.today(), LastLine: facts.lastLine, ImportFrom: facts.importFrom, First: !facts.fetched,
		LockDate: facts.lock, HistoryFrom: s.link.historyFrom, Coverage: facts.coverage, LookBack: s.a.opt.LookBackDays}
	if days := int(desc.LookBack.Hours() / 24); days > rule.LookBack {
		rule.LookBack = days
	}
	return rule.Plan()
}

func (s *syncing) told(got *fetched, facts *accountFacts, desc sdk.Description, window importing.Window) *importing.Told {
	return got.told(importing.Manner{Source: s.link.provider, StableIDs: desc.StableIDs, ReportsPending: desc.ReportsPending,
		Anew: facts.toldUnder != "" && facts.toldUnder != s.toldUnder(facts), Window: window, Now: s.began})
}

// toldUnder names the consent and the account's name in it, under which ids
// mean something.
func (s *syncing) toldUnder(facts *accountFacts) string { return s.link.uuid + "/" + facts.key }

func (s *syncing) today() schema.Date { return schema.DateOf(s.began.UTC()) }

// readFeed is the account as a connection feeds it.
func readFeed(env *orm.Env, id, link int64) (*accountFacts, error) {
	f, err := readAccount(env, id)
	if err != nil || f == nil {
		return nil, err
	}
	row, beside, err := feedOf(env, id, link)
	if err != nil || !beside {
		return f, err
	}
	f.feed, f.key, f.toldUnder = row.ID(), row.Str("online_identifier"), row.Str("told_under")
	f.cursor, err = decodeCursor(row.Str("cursor"))
	return f, err
}

// readAccount returns nil when the account is not there any more.
func readAccount(env *orm.Env, id int64) (*accountFacts, error) {
	rows, err := env.Read(accounts, []int64{id}, "name", "online_identifier", "currency_id", "inverse_transaction_sign", "cursor", "fetched",
		"import_from", "coverage", "company_id", "begun", "told_under", "account_number")
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	row := rows.At(0)
	f := &accountFacts{id: id, key: row.Str("online_identifier"), name: row.Str("name"), invert: row.Bool("inverse_transaction_sign"),
		fetched: row.Bool("fetched"), begun: row.Bool("begun"), importFrom: row.Date("import_from"), toldUnder: row.Str("told_under")}
	if f.cursor, err = decodeCursor(row.Str("cursor")); err != nil {
		f.cursor = nil // one that cannot be read is none: the days are asked for anew
	}
	if f.coverage, err = importing.ParseCoverage(row.JSON("coverage")); err != nil {
		return nil, err
	}
	money, err := env.Read("res.currency", []int64{row.Ref("currency_id")}, "name")
	if err != nil || money.Len() == 0 {
		return nil, err
	}
	f.currency = money.At(0).Str("name")
	if f.holder, err = holderOf(env, row.Ref("company_id"), row.Str("account_number")); err != nil {
		return nil, err
	}
	return f, readJournal(env, f, row.Ref("company_id"))
}

func readJournal(env *orm.Env, f *accountFacts, company int64) error {
	rows, err := env.SearchRead(journals, domain.Where("account_online_account_id", domain.Eq, f.id),
		[]string{"code", "bank_statement_creation_groupby"}, orm.SearchOptions{Order: "id", Limit: 1})
	if err != nil || rows.Len() == 0 {
		return err
	}
	row := rows.At(0)
	f.journal, f.journalCode, f.grouping = row.ID(), row.Str("code"), importing.Grouping(row.Str("bank_statement_creation_groupby"))
	last, err := env.SearchRead(lines, domain.Where("journal_id", domain.Eq, f.journal), []string{"date"}, orm.SearchOptions{Order: "internal_index desc", Limit: 1})
	if err != nil {
		return err
	}
	if last.Len() > 0 {
		f.lastLine = last.At(0).Date("date")
	}
	locks, err := env.Read("res.company", []int64{company}, "fiscalyear_lock_date", "hard_lock_date")
	if err != nil || locks.Len() == 0 {
		return err
	}
	f.lock = max(locks.At(0).Date("fiscalyear_lock_date"), locks.At(0).Date("hard_lock_date"))
	return nil
}
