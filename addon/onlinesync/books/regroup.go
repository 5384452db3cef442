package books

import (
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// regroupReply is what action_regroup_statements answers.
type regroupReply struct {
	From       any   `json:"date_from"`
	Lines      int   `json:"lines"`      // that changed their statement
	Statements int   `json:"statements"` // that hold lines now, from the day on
	Opening    int64 `json:"opening_line_id,omitempty"`
}

// regroupStatements is action_regroup_statements(date_from): a journal's lines
// from a day on go into statements of the periods that the journal is set to.
// Without it a change of the setting counts for what comes in from then on.
// Statements that users made, and days up to the lock date, are left alone.
func regroupStatements(env *orm.Env, call *orm.Call) (any, error) {
	id, err := record.OneJournal(env, call)
	if err != nil {
		return nil, err
	}
	from, err := record.DayArgument(call, "date_from")
	if err != nil {
		return nil, err
	}
	for _, model := range []string{record.Lines, record.Statements} {
		if err := env.CheckAccess(model, orm.Write); err != nil {
			return nil, err
		}
	}
	system := env.Sudo()
	ledger.LetEngineWork(system)
	r, err := newRegrouping(system, id, from)
	if err != nil {
		return nil, err
	}
	reply, err := r.run()
	if err != nil {
		return nil, err
	}
	_, err = mail.Post(env, record.Journals, id, record.Say(env, "statements.regrouped",
		fault.Args{"lines": reply.Lines, "statements": reply.Statements}), mail.Options{})
	return reply, err
}

// regrouping is one journal's.
type regrouping struct {
	env   *orm.Env
	find  finder
	from  schema.Date
	began beginning
}

func newRegrouping(env *orm.Env, id int64, from schema.Date) (*regrouping, error) {
	rows, err := env.Read(record.Journals, []int64{id}, "code", "bank_statement_creation_groupby", "company_id")
	if err != nil {
		return nil, err
	}
	row := rows.At(0)
	lock, err := record.LockDate(env, row.Ref("company_id"))
	if err != nil {
		return nil, err
	}
	if lock != "" {
		from = max(from, lock.AddDays(1))
	}
	r := &regrouping{env: env, from: from, find: finder{journal: id, code: row.Str("code"), regroup: true,
		grouping: importing.Grouping(row.Str("bank_statement_creation_groupby"))}}
	if from != "" && r.find.grouping != importing.NoStatement {
		r.from = importing.PeriodOf(r.find.grouping, from).From // whole periods
		if r.from <= lock {
			r.from = lock.AddDays(1)
		}
	}
	r.began, err = BeginningOf(env, id)
	return r, err
}

// ours are the lines that the regrouping concerns: those in statements made
// for a period, and those that a bank told and no statement holds.
func (r *regrouping) ours() domain.Node {
	where := domain.All(domain.Where("journal_id", domain.Eq, r.find.journal), domain.Or{
		domain.Where("statement_id.online_period", domain.Ne, nil),
		domain.All(domain.Where("statement_id", domain.Eq, nil), domain.Where("online_account_id", domain.Ne, nil))})
	if r.from != "" {
		where = domain.All(where, domain.Where("date", domain.Ge, r.from))
	}
	return where
}

func (r *regrouping) run() (*regroupReply, error) {
	groups, err := r.env.Group(record.Lines, r.ours(), []query.GroupBy{{Field: "date", Granularity: "day"}},
		[]query.Aggregate{{Field: "__count"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	days := make([]schema.Date, 0, len(groups.List))
	for _, g := range groups.List {
		days = append(days, record.Day(g.Keys[0]))
	}
	slices.Sort(days)
	reply := &regroupReply{From: record.OrFalse(string(r.from))}
	if len(days) == 0 {
		return reply, nil
	}
	if r.find.grouping == importing.NoStatement {
		if reply.Opening, err = r.keepOpening(days[0]); err != nil {
			return nil, err
		}
	}
	if err := r.assign(days, reply); err != nil {
		return nil, err
	}
	if err := DropEmptied(r.env, r.find.journal); err != nil {
		return nil, err
	}
	if r.began.Known && days[0] <= r.began.Day {
		if err := extend(r.env, r.find.journal, r.began, decimal.Zero); err != nil {
			return nil, err
		}
	}
	return reply, chainBalances(r.env, r.find.journal, account.DayIndex(days[0]))
}

// assign moves the lines of each period into its statement.
func (r *regrouping) assign(days []schema.Date, reply *regroupReply) error {
	of, err := r.find.Find(r.env, days)
	if err != nil {
		return err
	}
	for first := 0; first < len(days); {
		last, statement := first, of[days[first]]
		for last+1 < len(days) && of[days[last+1]] == statement {
			last++
		}
		where := domain.All(r.ours(), domain.Where("date", domain.Ge, days[first]), domain.Where("date", domain.Le, days[last]),
			domain.Where("statement_id", domain.Ne, record.OrNil(statement)))
		ids, err := r.env.Search(record.Lines, where, orm.SearchOptions{})
		if err != nil {
			return err
		}
		if err := r.env.Write(record.Lines, ids, orm.Values{"statement_id": record.OrNil(statement)}); err != nil {
			return err
		}
		reply.Lines += len(ids)
		if statement != 0 {
			reply.Statements++
		}
		first = last + 1
	}
	return nil
}

// keepOpening makes a line of the balance that the first statement began with,
// which would be lost with it.
func (r *regrouping) keepOpening(first schema.Date) (int64, error) {
	if !r.began.Known || r.began.Day < first || r.began.start.IsZero() {
		return 0, nil
	}
	before, err := sumOf(r.env, domain.All(domain.Where("journal_id", domain.Eq, r.find.journal),
		domain.Where("internal_index", domain.Lt, account.DayIndex(r.began.Day))))
	if err != nil {
		return 0, err
	}
	amount := record.Plus(r.began.start, before.Neg())
	if amount.IsZero() {
		return 0, nil
	}
	return account.OpeningLine(r.env, r.find.journal, r.began.Day.AddDays(-1), amount)
}

// DropEmptied deletes statements of periods that hold no line any more.
func DropEmptied(env *orm.Env, journal int64) error {
	prefix := (&finder{journal: journal}).mark(importing.Period{})
	ids, err := env.Search(record.Statements, domain.All(domain.Where("online_period", domain.EqLike, prefix+"%"),
		domain.Where("first_line_index", domain.Eq, nil)), orm.SearchOptions{})
	if err != nil {
		return err
	}
	return env.Unlink(record.Statements, ids)
}
