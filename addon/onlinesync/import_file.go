package onlinesync

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// FilesProvider is the provider that reads statement files.
const FilesProvider = "files"

// FileReport is what became of a statement file.
type FileReport struct {
	Run     int64         `json:"run,omitempty"` // 0 for a dry run
	Format  string        `json:"format"`
	New     int           `json:"new"`
	Known   int           `json:"known"`
	Skipped int           `json:"skipped"` // before the first day that may be imported
	Pending int           `json:"pending"`
	Refused []sdk.Refusal `json:"refused"`
	DryRun  bool          `json:"dry_run"`
}

// fileContent is what a file holds for one journal.
type fileContent struct {
	format   string
	account  sdk.Account
	booked   []importing.Entry
	pending  []importing.Entry
	balances []sdk.Balance // opening and closing ones, in the file's order
	refused  []sdk.Refusal
	others   map[string]bool // accounts of the file that are not the journal's
}

// ImportFile imports a statement file into a journal, as who, by the same
// engine as a synchronisation: what the journal has from its bank or from
// another file is known and not made again. A dry run changes nothing.
// progress, if given, hears how many entries were read.
//
// It is a fault of kind User when the file is no statement file, or is about
// another account or currency than the journal's.
func (a *Addon) ImportFile(ctx context.Context, db *orm.Database, who orm.Principal, journal int64, filename string, file io.Reader, dryRun bool, progress func(done int)) (*FileReport, error) {
	target, err := a.fileTarget(ctx, db, who, journal)
	if err != nil {
		return nil, err
	}
	content, err := a.readFile(ctx, target, filename, file, progress)
	if err != nil {
		return nil, err
	}
	report := &FileReport{Format: content.format, Refused: content.refused, DryRun: dryRun, Pending: len(content.pending)}
	s := &syncing{a: a, db: db, owner: newToken(), trigger: triggerFile, company: target.company, began: target.now, fed: map[int64]bool{}}
	if err := s.beginFile(ctx, target, content, dryRun); err != nil {
		return nil, err
	}
	told := &importing.Told{Source: FilesProvider, Booked: content.booked, Run: s.run}
	told.Floor = importing.WindowRule{LockDate: target.facts.lock, Today: s.today()}.Plan().Floor
	if dryRun {
		return report, s.decideOnly(ctx, target.facts, told, report)
	}
	report.Run = s.run
	before := s.counts
	got := &fetched{pages: []page{{Last: true}}}
	got.pages[0].Balances = content.balances
	window := importing.Window{From: told.Earliest(), To: told.Latest(), Floor: told.Floor}
	if err := s.apply(ctx, target.facts, window, got, told); err != nil {
		failed := a.fail(err, "run", s.run, "file", filename)
		if err := s.finishFile(ctx, failed); err != nil {
			return nil, err
		}
		return nil, failed.asFault(who.Context.Lang())
	}
	report.New, report.Known = int(s.counts.created-before.created), int(s.counts.known-before.known)
	report.Skipped = len(told.Booked) - report.New - report.Known
	return report, s.finishFile(ctx, nil)
}

// decideOnly fills the report of a dry run.
func (s *syncing) decideOnly(ctx context.Context, facts *accountFacts, told *importing.Told, report *FileReport) error {
	var known []*importing.Known
	if facts.id != 0 {
		err := s.within(ctx, orm.TxRead, func(env *orm.Env) (err error) {
			known, err = loadKnown(env, facts.id, told)
			return err
		})
		if err != nil {
			return err
		}
	}
	plan := importing.Decide(told, known)
	report.New, report.Known, report.Skipped = len(plan.New)+len(plan.Postings), plan.Known, plan.Skipped
	return nil
}

// readFile reads the whole file through the provider and keeps what is the
// journal's.
func (a *Addon) readFile(ctx context.Context, target *fileTarget, filename string, file io.Reader, progress func(int)) (*fileContent, error) {
	p, err := a.opt.Providers.Provider(FilesProvider)
	if err != nil {
		return nil, fault.Say(fault.Unavailable, "sync.unknown_provider", fault.Args{"provider": FilesProvider}).Because(err)
	}
	reader, ok := p.(sdk.StatementReader)
	if !ok {
		return nil, fault.Say(fault.User, "sync.not_supported", nil)
	}
	content := &fileContent{others: map[string]bool{}, refused: []sdk.Refusal{}}
	call := sdk.Call{Config: a.opt.Settings(FilesProvider), Now: target.now, UserPresent: true, SaveSecret: func([]byte) error { return nil }}
	err = reader.ReadStatements(ctx, sdk.ReadRequest{Call: call, Filename: filename}, file, func(b sdk.StatementBatch) error {
		content.take(&b, target)
		if progress != nil {
			progress(len(content.booked))
		}
		return ctx.Err()
	})
	if err != nil {
		failed := a.fail(err, "file", filename)
		return nil, fault.WithReference(fault.Say(fault.User, "sync.file_unreadable", fault.Args{"detail": failed.detail}).Because(err), failed.reference)
	}
	if len(content.booked)+len(content.pending)+len(content.refused) == 0 && len(content.others) > 0 {
		return nil, fault.Say(fault.User, "sync.file_other_account", fault.Args{"journal": target.name, "accounts": strings.Join(keys(content.others), ", ")})
	}
	return content, nil
}

// take keeps a batch if it is about the journal's account.
func (c *fileContent) take(b *sdk.StatementBatch, target *fileTarget) {
	currency := b.Account.Currency
	if currency == "" {
		currency = target.facts.currency
	}
	if currency != target.facts.currency || !target.isAbout(b.Account.Number) {
		c.others[strings.TrimSpace(b.Account.Number+" "+currency)] = true
		return
	}
	c.format, c.account = b.Format, b.Account
	c.account.Currency = currency
	c.refused = append(c.refused, b.Refused...)
	for i := range b.Booked {
		e, err := importing.Check(b.Booked[i], currency, target.facts.invert)
		if err != nil {
			c.refused = append(c.refused, sdk.Refusal{Reason: fmt.Sprintf("%s: %v", b.Booked[i].Date, err)})
			continue
		}
		c.booked = append(c.booked, e)
	}
	for i := range b.Pending {
		if e, err := importing.Check(b.Pending[i], currency, target.facts.invert); err == nil {
			c.pending = append(c.pending, e)
		}
	}
	for _, balance := range []*sdk.Balance{b.Opening, b.Closing} {
		if balance != nil {
			c.balances = append(c.balances, *balance)
		}
	}
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// fileTarget is the journal that a file goes to.
type fileTarget struct {
	name    string
	number  string // sanitised; "" when the journal has none
	company int64
	money   int64
	facts   *accountFacts
	now     time.Time
}

// isAbout reports whether an account number may be the journal's. Banks shorten
// IBANs to the national number in some formats.
func (t *fileTarget) isAbout(number string) bool {
	number = base.SanitizeAccountNumber(number)
	return number == "" || t.number == "" || number == t.number ||
		len(number) >= 8 && strings.HasSuffix(t.number, number) || len(t.number) >= 8 && strings.HasSuffix(number, t.number)
}

func (a *Addon) fileTarget(ctx context.Context, db *orm.Database, who orm.Principal, journal int64) (*fileTarget, error) {
	var t *fileTarget
	err := db.Within(ctx, who, orm.TxRead, func(env *orm.Env) error {
		if err := env.CheckAccess(lines, orm.Create); err != nil {
			return err
		}
		if err := env.CheckRules(journals, []int64{journal}, orm.Read); err != nil {
			return err
		}
		env = env.Sudo()
		rows, err := env.Read(journals, []int64{journal}, "name", "code", "company_id", "currency_id", "bank_acc_number", "account_online_account_id",
			"bank_statement_creation_groupby")
		if err != nil {
			return err
		}
		if rows.Len() == 0 {
			return fault.Say(fault.Missing, "fault.missing", nil)
		}
		row := rows.At(0)
		t = &fileTarget{name: row.Str("name"), number: base.SanitizeAccountNumber(row.Str("bank_acc_number")), company: row.Ref("company_id"), now: env.Now()}
		if t.money, err = journalCurrency(env, row); err != nil {
			return err
		}
		if online := row.Ref("account_online_account_id"); online != 0 {
			t.facts, err = readAccount(env, online)
			return err
		}
		t.facts = &accountFacts{journal: journal, journalCode: row.Str("code"), grouping: importing.Grouping(row.Str("bank_statement_creation_groupby"))}
		money, err := env.Read("res.currency", []int64{t.money}, "name")
		if err != nil || money.Len() == 0 {
			return err
		}
		t.facts.currency = money.At(0).Str("name")
		locks, err := env.Read("res.company", []int64{t.company}, "fiscalyear_lock_date", "hard_lock_date")
		if err != nil || locks.Len() == 0 {
			return err
		}
		t.facts.lock = max(locks.At(0).Date("fiscalyear_lock_date"), locks.At(0).Date("hard_lock_date"))
		return nil
	})
	return t, err
}

// beginFile gives the journal an account identity, so that the ledger knows
// what was imported when a bank connection brings the same account later, and
// makes the run.
func (s *syncing) beginFile(ctx context.Context, t *fileTarget, c *fileContent, dryRun bool) error {
	number := c.account.Number
	if number == "" || (t.number != "" && !importing.IsIBAN(base.SanitizeAccountNumber(number))) {
		number = t.number
	}
	identity := importing.AccountIdentity(importing.AccountFacts{Provider: FilesProvider, Link: fmt.Sprintf("journal/%d", t.facts.journal),
		ID: "file", Number: number, Currency: t.facts.currency})
	mode := orm.TxWrite
	if dryRun {
		mode = orm.TxRead
	}
	return s.within(ctx, mode, func(env *orm.Env) error {
		if t.facts.id == 0 {
			if err := s.fileAccount(env, t, c, identity, number, dryRun); err != nil {
				return err
			}
		}
		if dryRun {
			return nil
		}
		waits, err := busy(env, 0, 0, []int64{t.facts.id})
		if err != nil {
			return err
		}
		if waits {
			return fault.Say(fault.User, "sync.account_busy", nil)
		}
		ids, err := env.Create(runs, orm.Values{"account_id": t.facts.id, "company_id": t.company, "trigger": triggerFile, "state": runRunning,
			"started_at": env.Now(), "lease_owner": s.owner, "lease_until": env.Now().Add(s.a.opt.Lease), "fetched": int64(len(c.booked))})
		if err != nil {
			return err
		}
		s.run, s.counts, s.of = ids[0], counters{fetched: int64(len(c.booked))}, int64(len(c.booked))
		return nil
	})
}

func (s *syncing) fileAccount(env *orm.Env, t *fileTarget, c *fileContent, identity, number string, dryRun bool) error {
	rows, err := env.SearchRead(accounts, domain.All(domain.Where("company_id", domain.Eq, t.company), domain.Where("identity", domain.Eq, identity)),
		[]string{"journal_ids", "name"}, orm.SearchOptions{Limit: 1})
	if err != nil {
		return err
	}
	if rows.Len() > 0 {
		if fed := rows.At(0).Refs("journal_ids"); len(fed) > 0 {
			return fault.Say(fault.User, "sync.file_other_journal", fault.Args{"account": rows.At(0).Str("name")})
		}
		t.facts.id = rows.ID(0)
	} else if !dryRun {
		ids, err := env.Create(accounts, orm.Values{"name": accountName(c.account), "account_number": orNoText(number), "currency_id": t.money,
			"company_id": t.company, "identity": identity, "selected": true, "account_kind": kindOfAccount(c.account.Kind)})
		if err != nil {
			return err
		}
		t.facts.id = ids[0]
	}
	if dryRun {
		return nil
	}
	return env.Write(journals, []int64{t.facts.journal}, orm.Values{"account_online_account_id": t.facts.id, "bank_statements_source": "file_import"})
}

// finishFile writes the outcome of a file's run.
func (s *syncing) finishFile(ctx context.Context, failed *failure) error {
	return s.write(ctx, func(env *orm.Env, counts *counters) error {
		values := orm.Values{"state": runDone, "finished_at": env.Now(), "lease_owner": nil, "outcome": outcomeNothingNew,
			"error_message": orNoText(strings.Join(s.notes, "\n"))}
		if counts.created > 0 {
			values["outcome"] = outcomeOK
		}
		if failed != nil {
			values["outcome"], values["error_message"], values["error_reference"] = outcomeFailed, failed.words("en"), failed.reference
		}
		if err := env.Write(runs, []int64{s.run}, values); err != nil {
			return err
		}
		return s.tellFinished(env, counts, values)
	})
}
