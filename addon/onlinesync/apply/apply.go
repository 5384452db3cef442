package apply

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Applier carries out what the import decides.
type Applier struct {
	// Chunk is how many bank transactions are applied in one transaction of the
	// database.
	Chunk  int
	Points failpoint.Points
}

// Input is what a source tells of one account, a provider or a statement file.
type Input struct {
	Account  *record.Account
	Told     *importing.Told
	Window   importing.Window
	Balances []sdk.Balance
	// Last is false for a part of a file that others follow: what concerns the
	// account as a whole waits for the last.
	Last   bool
	Source string // who tells, as users know it
	Lang   string // of what is written about it
	// Reach is how far a provider's fetch reached; nil for a statement file, which
	// moves neither cursor nor coverage.
	Reach *Reach
}

// Reach is how far a fetch reached.
type Reach struct {
	ToldUnder string // the consent, and the account's name in it
	Cursor    []byte // empty when the provider has none
	// Whole is false where an entry could not be read: nothing moves then, so that
	// it is asked for again.
	Whole bool
	// Wish is what was wanted, and Limit the oldest day that the bank gives; "" where
	// it did not say.
	Wish  importing.Window
	Limit schema.Date
	Link  int64 // the connection that fetched
}

// application is an input being applied to an account by a run.
type application struct {
	*Applier
	run  *run.Run
	in   Input
	plan *importing.Plan
	w    *Writer
}

// Apply decides what becomes of an input, and does it in chunks, each in a
// transaction of its own that may be repeated. Cursor, coverage and balance are
// written, and the staged pages removed, with the last chunk. It returns how
// many entries were left out because they lie before the first day that may be
// imported.
func (a *Applier) Apply(ctx context.Context, run *run.Run, in Input) (skipped int, err error) {
	p := &application{Applier: a, run: run, in: in}
	if err := p.decide(ctx); err != nil {
		return 0, err
	}
	a.Points.Hit("sync.decided")
	chunks := p.w.chunks(p.plan, a.Chunk)
	for i, do := range chunks {
		if err := run.Write(ctx, p.transaction(do, i == 0, i == len(chunks)-1)); err != nil {
			return 0, err
		}
		a.Points.Hit("sync.chunk.committed")
	}
	if len(chunks) == 0 {
		if err := run.Write(ctx, p.commit); err != nil {
			return 0, err
		}
	}
	if p.w.moved {
		run.Feeds(in.Account.Journal)
	}
	a.Points.Hit("sync.account.committed")
	if in.Last {
		run.NoteDone(in.Account.ID)
	}
	return p.plan.Skipped, nil
}

func (p *application) decide(ctx context.Context) error {
	return p.run.Within(ctx, orm.TxRead, func(env *orm.Env) error {
		d, err := Decide(env, p.in.Account, p.in.Told)
		if err != nil {
			return err
		}
		p.plan = d.Plan
		p.w = &Writer{Account: p.in.Account, Company: p.run.Company, run: p.run.ID, lang: p.in.Lang, Source: p.in.Source, now: p.run.Began,
			points: p.Points, typed: d.Typed}
		p.w.balance, err = books.JournalBalance(env, p.in.Account.Journal)
		return err
	})
}

// transaction carries out a chunk of the plan; it may run again.
func (p *application) transaction(do chunk, first, last bool) func(env *orm.Env, counts *run.Counters) error {
	balance := p.w.balance
	return func(env *orm.Env, counts *run.Counters) error {
		p.w.Begin(balance)
		if first {
			if err := p.fixFloor(env); err != nil {
				return err
			}
		}
		if err := do(env, counts); err != nil {
			return err
		}
		if err := p.w.Chain(env); err != nil {
			return err
		}
		if err := books.MoveOpening(env, p.run.ID, p.in.Account.Journal, p.w.Touched.Older); err != nil {
			return err
		}
		if last {
			if err := p.commit(env, counts); err != nil {
				return err
			}
		}
		return p.run.Progress(env, counts)
	}
}

// fixFloor remembers the first day of an account's import with its first
// lines. Were it worked out anew after an interruption, those very lines would
// push it forward, and the rest of the fetch would be left out.
func (p *application) fixFloor(env *orm.Env) error {
	if p.in.Account.Fetched || p.in.Reach == nil {
		return nil
	}
	return env.Write(record.Accounts, []int64{p.in.Account.ID},
		orm.Values{"fetched": true, "import_from": record.OrNoDate(p.in.Window.Floor)})
}

// commit is the end of an account's import, in the transaction of its last
// chunk. Of a file that comes in parts, what concerns the account as a whole –
// where its journal begins, above all – waits for the last part: an import that
// takes up an interrupted one is the first as well.
func (p *application) commit(env *orm.Env, counts *run.Counters) error {
	p.Points.Hit("sync.account.before_commit")
	account := p.in.Account
	if err := p.w.settle(env, p.plan.Told); err != nil {
		return err
	}
	counts.Known += int64(p.plan.Known)
	if !p.in.Last {
		return nil
	}
	if err := books.Anchor(env, account, balance.Booked(p.in.Balances, account.Currency)); err != nil {
		return err
	}
	counts.Pending += int64(len(p.in.Told.Pending))
	values := orm.Values{"last_sync": env.Now()}
	if !account.Begun {
		some, err := env.Count(record.Lines, domain.Where("journal_id", domain.Eq, account.Journal), 1)
		if err != nil {
			return err
		}
		values["begun"] = some > 0
	}
	p.advance(values)
	if err := p.keepBalances(env, values); err != nil {
		return err
	}
	if err := keepCursor(env, account, values); err != nil {
		return err
	}
	if err := env.Write(record.Accounts, []int64{account.ID}, values); err != nil {
		return err
	}
	if err := fetch.Unstage(env, p.run.ID, account.ID); err != nil {
		return err
	}
	limited, err := p.tellLimit(env)
	if err != nil {
		return err
	}
	return p.run.KeepDone(env, account.ID, counts,
		run.Days{From: p.in.Window.From, To: p.in.Window.To, Oldest: p.in.Told.Earliest(), LimitedTo: limited})
}

// keepBalances notes what the bank reported.
func (p *application) keepBalances(env *orm.Env, values orm.Values) error {
	account := p.in.Account
	by := balance.Report{Account: account.ID, Currency: account.Currency, Invert: account.Invert, Source: p.in.Source, Run: p.run.ID}
	by.Newest(values, p.in.Balances)
	return balance.Keep(env, by, p.in.Balances)
}

// advance moves cursor and coverage: what was told is complete now.
func (p *application) advance(values orm.Values) {
	reach, account := p.in.Reach, p.in.Account
	if reach == nil || !reach.Whole {
		return
	}
	if len(reach.Cursor) > 0 {
		values["cursor"] = base64.StdEncoding.EncodeToString(reach.Cursor)
	}
	values["told_under"] = reach.ToldUnder
	if !account.Fetched {
		values["fetched"] = true
		values["import_from"] = record.OrNoDate(p.in.Window.Floor)
	}
	if account.AskFrom != "" { // once: what did not come, the bank does not have
		values["ask_from"] = nil
	}
	if coverage, err := json.Marshal(p.in.Told.Advance(account.Coverage, p.in.Window)); err == nil {
		values["coverage"] = json.RawMessage(coverage)
	}
}

// keepCursor writes where a connection that feeds the account beside another
// goes on: that is no value of the account's own.
func keepCursor(env *orm.Env, account *record.Account, values orm.Values) error {
	if account.Further == 0 {
		return nil
	}
	own := orm.Values{}
	for _, field := range []string{"cursor", "told_under"} {
		if v, ok := values[field]; ok {
			own[field] = v
			delete(values, field)
		}
	}
	return env.Write(record.FurtherConnections, []int64{account.Further}, own)
}
