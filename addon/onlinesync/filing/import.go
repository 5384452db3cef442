package filing

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Request is a statement file and what is to be done with it.
type Request struct {
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

// Import imports a statement file into a journal, as who, by the same engine as
// a synchronisation: what the journal has from its bank or from another file is
// known and not made again. The file is kept on the run and on the statements
// that got lines.
//
// A large file is imported in parts of whole days; an interruption leaves those
// that were done, and the next import of the file knows them.
//
// It is a fault of kind User when the file is no statement file, leaves open how
// it is to be read, is about another account or currency than the journal's, or
// holds more transactions of days that belong together than are decided at once.
func (d *Desk) Import(ctx context.Context, db *orm.Database, who orm.Principal, req Request) (*Report, error) {
	target, err := d.target(ctx, db, who, req.Journal)
	if err != nil {
		return nil, err
	}
	target.lang = langOf(who)
	content, err := d.readFile(ctx, target, &req)
	if err != nil {
		return nil, err
	}
	if req.Patience == 0 {
		req.Patience = 30 * time.Second
	}
	if content.pending > 0 {
		content.found.Take(PendingRows(content.pending))
	}
	f := &filing{Desk: d, db: db, target: target, content: content, req: &req, report: content.report(),
		user: who.UID}
	f.report.DryRun = req.DryRun
	if req.DryRun {
		return f.preview(ctx)
	}
	return f.carryOut(ctx, who.Context.Lang())
}

// filing is a statement file being imported, or foretold.
type filing struct {
	*Desk
	db      *orm.Database
	run     *run.Run // nil for a dry run
	target  *fileTarget
	content *fileContent
	req     *Request
	user    int64 // who gave the file; 0 for the host
	report  *Report
	skipped int
	notes   []string // for the run's message
	gain    gain     // by what is new, for the preview
}

// preview says what would come. Nothing is written.
func (f *filing) preview(ctx context.Context) (*Report, error) {
	err := f.within(ctx, orm.TxRead, func(env *orm.Env) error {
		if f.target.account.ID == 0 {
			if _, err := f.knownAccount(env); err != nil {
				return err
			}
		}
		return f.doubtOpening(env)
	})
	f.gain.day = f.content.closingDay()
	if err == nil {
		err = f.inParts(ctx)
	}
	if err == nil {
		err = f.within(ctx, orm.TxRead, f.doubtClosing)
	}
	if err != nil {
		return nil, err
	}
	f.report.explain(f.target)
	f.report.tell(&f.content.found, f.target.lang)
	return f.report, nil
}

// carryOut makes the run, waits for its turn and imports.
func (f *filing) carryOut(ctx context.Context, lang string) (*Report, error) {
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	f.report.Run = f.run.ID
	working, stop := f.run.Keep(ctx)
	defer stop()
	if err := f.inParts(working); err != nil {
		return nil, f.fail(ctx, err, lang)
	}
	f.report.Lines = nil
	f.report.New = int(f.run.Counts.Created)
	f.report.explain(f.target)
	f.report.tell(&f.content.found, f.target.lang)
	if f.req.SaveMapping {
		if err := f.saveMapping(ctx); err != nil {
			return nil, err
		}
	}
	f.keepFile(ctx)
	return f.report, f.finish(ctx, nil)
}

// within runs what reads for the import, with all rights in the journal's company.
func (f *filing) within(ctx context.Context, mode orm.TxMode, do func(env *orm.Env) error) error {
	who := orm.Principal{System: true, Context: orm.Context{"allowed_company_ids": []any{f.target.company}}}
	return f.db.Within(ctx, who, mode, do)
}

// inParts carries out the import, or foretells it.
func (f *filing) inParts(ctx context.Context) error {
	parts, err := f.cut(ctx)
	if err != nil {
		return err
	}
	defer parts.close()
	return parts.each(func(days importing.Interval, booked []importing.Entry, last bool) error {
		return f.part(ctx, days, booked, last)
	})
}

// part foretells what becomes of a part of the file and, unless that is all that
// was asked for, does it.
func (f *filing) part(ctx context.Context, days importing.Interval, booked []importing.Entry, last bool) error {
	began := f.target.now
	if f.run != nil {
		began = f.run.Began
	}
	told := &importing.Told{Source: f.content.reader, Booked: booked, Part: days, Through: f.content.through()}
	told.Floor = importing.WindowRule{LockDate: f.target.account.Lock, Today: schema.DateOf(began.UTC())}.Plan().Floor
	if f.run != nil {
		told.Run = f.run.ID
	}
	if err := f.foretell(ctx, told); err != nil || f.run == nil {
		return err
	}
	from, to := f.content.span()
	in := apply.Input{Account: f.target.account, Told: told, Window: importing.Window{From: from, To: to, Floor: told.Floor}, Last: last,
		Source: f.content.reader, Lang: "en_US"}
	if last {
		in.Balances = f.content.balances
	}
	skipped, err := f.Applier.Apply(ctx, f.run, in)
	f.skipped += skipped
	if last && err == nil && f.skipped > 0 {
		f.notes = append(f.notes, record.SayIn(in.Lang, "sync.skipped", fault.Args{"count": f.skipped, "day": string(told.Floor)}))
	}
	return err
}

// foretell decides what becomes of a part without doing it, and counts it.
func (f *filing) foretell(ctx context.Context, told *importing.Told) error {
	return f.within(ctx, orm.TxRead, func(env *orm.Env) error {
		d, err := apply.Decide(env, f.target.account, told)
		if err == nil {
			f.report.count(told, d, f.gain.add)
		}
		return err
	})
}

// fail ends the run of an import that failed and returns the error for the user:
// what is wrong with the file or with this host, in its own words, else the
// failure.
func (f *filing) fail(ctx context.Context, err error, lang string) error {
	var told *sdk.Error
	switch {
	case fault.Is(err, fault.User):
		return f.refuse(ctx, err, record.OutcomeRefused)
	case fault.Is(err, fault.Unavailable, fault.Conflict) && !errors.As(err, &told):
		return f.refuse(ctx, err, record.OutcomeFailed)
	}
	failed := record.Fail(f.Log, err, "run", f.run.ID, "file", f.req.Filename)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := f.finish(ctx, failed); err != nil {
		return err
	}
	return failed.AsFault(lang)
}

// finish writes the outcome of the run.
func (f *filing) finish(ctx context.Context, failed *record.Failure) error {
	return f.run.Write(ctx, func(env *orm.Env, counts *run.Counters) error {
		values := orm.Values{"state": record.RunDone, "finished_at": env.Now(), "lease_owner": nil, "outcome": record.OutcomeNothingNew,
			"error_message": record.OrNoText(strings.Join(f.notes, "\n"))}
		if counts.Created > 0 {
			values["outcome"] = record.OutcomeOK
		}
		if failed != nil {
			values["outcome"], values["error_message"], values["error_reference"] = record.OutcomeFailed, failed.Words("en"),
				failed.Reference
		}
		if err := env.Write(record.Runs, []int64{f.run.ID}, values); err != nil {
			return err
		}
		return f.run.TellFinished(env, counts, values)
	})
}
