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
)

// FileImport is a statement file and what is to be done with it.
type FileImport struct {
	Journal  int64
	Filename string
	// File is read from its beginning, once for each reader that is tried and
	// once to be kept.
	File io.ReadSeeker
	// Options choose what the file leaves open: those of the reader, "account"
	// (which of several) and "reader" (a provider's name). They go before what
	// is saved for the journal.
	Options map[string]string
	// DryRun changes nothing.
	DryRun bool
	// SaveMapping saves for the journal how the file was read.
	SaveMapping bool
	// Progress, if given, hears how many entries were read.
	Progress func(done int)
	// Patience is how long the file waits while another run works on its account;
	// 30 s if 0, half of what a call may take.
	Patience time.Duration
	// Waiting, if given, hears what the file waits for.
	Waiting func(what string)
}

// ImportFile imports a statement file into a journal, as who, by the same
// engine as a synchronisation: what the journal has from its bank or from
// another file is known and not made again. The file is kept on the run and on
// the statements that got lines.
//
// A large file is imported in parts of whole days; an interruption leaves those
// that were done, and the next import of the file knows them.
//
// It is a fault of kind User when the file is no statement file, leaves open how
// it is to be read, is about another account or currency than the journal's, or
// holds more transactions of days that belong together than are decided at once.
func (a *Addon) ImportFile(ctx context.Context, db *orm.Database, who orm.Principal, req FileImport) (*FileReport, error) {
	target, err := a.fileTarget(ctx, db, who, req.Journal)
	if err != nil {
		return nil, err
	}
	target.lang = langOf(who)
	content, err := a.readFile(ctx, target, &req)
	if err != nil {
		return nil, err
	}
	setDefault(&req.Patience, 30*time.Second)
	s := &syncing{a: a, db: db, owner: newToken(), trigger: triggerFile, company: target.company, began: target.now, fed: map[int64]bool{}}
	if err := s.beginFile(ctx, target, content, &req); err != nil {
		return nil, err
	}
	report := content.report()
	report.DryRun, report.Run = req.DryRun, s.run
	if req.DryRun {
		if err := s.inParts(ctx, target, content, report, &req); err != nil {
			return nil, err
		}
		report.explain(target)
		return report, nil
	}
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := s.keepLease(working, cancel)
	defer stop()
	if err := s.inParts(working, target, content, report, &req); err != nil {
		return nil, s.failFile(ctx, err, &req, who.Context.Lang())
	}
	report.Lines = nil
	report.New = int(s.counts.created)
	report.explain(target)
	if req.SaveMapping {
		if err := s.saveMapping(ctx, target, report.ReadAs); err != nil {
			return nil, err
		}
	}
	s.keepFile(ctx, target, &req, report)
	return report, s.finishFile(ctx, nil)
}

// inParts carries out the import, or foretells it.
func (s *syncing) inParts(ctx context.Context, target *fileTarget, content *fileContent, report *FileReport, req *FileImport) error {
	parts, err := s.a.parts(ctx, s.db, content, req)
	if err != nil {
		return err
	}
	defer parts.close()
	return parts.each(func(days importing.Interval, booked []importing.Entry, last bool) error {
		return s.part(ctx, target, content, report, days, booked, last)
	})
}

// failFile ends the run of an import that failed and returns the error for the
// user: what is wrong with the file, in its own words, else the failure.
func (s *syncing) failFile(ctx context.Context, err error, req *FileImport, lang string) error {
	if fault.Is(err, fault.User) {
		return s.refuseFile(ctx, err)
	}
	failed := s.a.fail(err, "run", s.run, "file", req.Filename)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.finishFile(ctx, failed); err != nil {
		return err
	}
	return failed.asFault(lang)
}

// part foretells what becomes of a part of the file and, unless that is all that
// was asked for, does it.
func (s *syncing) part(ctx context.Context, target *fileTarget, content *fileContent, report *FileReport, days importing.Interval, booked []importing.Entry, last bool) error {
	told := &importing.Told{Source: content.reader, Booked: booked, Part: days, Run: s.run, Through: content.through()}
	told.Floor = importing.WindowRule{LockDate: target.facts.lock, Today: s.today()}.Plan().Floor
	if err := s.foretell(ctx, target.facts, told, report); err != nil || report.DryRun {
		return err
	}
	got := &fetched{pages: []page{{Last: last}}}
	if last {
		got.pages[0].Balances = content.balances
	}
	from, to := content.span()
	return s.apply(ctx, target.facts, importing.Window{From: from, To: to, Floor: told.Floor}, got, told)
}

func langOf(who orm.Principal) string {
	if lang := who.Context.Lang(); lang != "" {
		return lang
	}
	return who.Language
}

// fileTarget is the journal that a file goes to.
type fileTarget struct {
	name    string
	number  string // sanitised; "" when the journal has none
	company int64
	money   int64
	facts   *accountFacts
	now     time.Time
	saved   map[string]string // how files of the journal are read
	lang    string
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
		saved, err := savedMapping(env, journal)
		if err != nil {
			return err
		}
		t = &fileTarget{saved: saved, name: row.Str("name"), number: base.SanitizeAccountNumber(row.Str("bank_acc_number")), company: row.Ref("company_id"), now: env.Now()}
		if t.money, err = journalCurrency(env, row); err != nil {
			return err
		}
		if online := row.Ref("account_online_account_id"); online != 0 {
			if t.facts, err = readAccount(env, online); err != nil || t.number != "" {
				return err
			}
			// What the journal was fed with says whose it is.
			fed, err := env.Read(accounts, []int64{online}, "account_number")
			if err == nil && fed.Len() > 0 {
				t.number = base.SanitizeAccountNumber(fed.At(0).Str("account_number"))
			}
			return err
		}
		t.facts = &accountFacts{journal: journal, journalCode: row.Str("code"), grouping: importing.Grouping(row.Str("bank_statement_creation_groupby"))}
		if t.facts.holder, err = holderOf(env, t.company, t.number); err != nil {
			return err
		}
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
// makes the run and waits for its turn.
func (s *syncing) beginFile(ctx context.Context, t *fileTarget, c *fileContent, req *FileImport) error {
	number := c.account.Number
	if number == "" || (t.number != "" && !importing.IsIBAN(base.SanitizeAccountNumber(number))) {
		number = t.number
	}
	identity := importing.AccountIdentity(importing.AccountFacts{Provider: FilesProvider, Link: fmt.Sprintf("journal/%d", t.facts.journal),
		ID: "file", Number: number, Currency: t.facts.currency})
	mode := orm.TxWrite
	if req.DryRun {
		mode = orm.TxRead
	}
	err := s.within(ctx, mode, func(env *orm.Env) error {
		if t.facts.id == 0 {
			if err := s.fileAccount(env, t, c, identity, number, req.DryRun); err != nil {
				return err
			}
		}
		if req.DryRun {
			return nil
		}
		// If this process ends meanwhile, a sweeper ends the run when it is due.
		ids, err := env.Create(runs, orm.Values{"account_id": t.facts.id, "company_id": t.company, "trigger": triggerFile, "state": runQueued,
			"due": env.Now().Add(req.Patience + s.a.opt.Lease), "fetched": int64(c.count)})
		if err != nil {
			return err
		}
		s.run, s.counts, s.of = ids[0], counters{fetched: int64(c.count)}, int64(c.count)
		return nil
	})
	if err != nil || req.DryRun {
		return err
	}
	return s.takeTurn(ctx, t, req.Patience, req.Waiting)
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
