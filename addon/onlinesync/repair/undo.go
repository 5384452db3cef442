package repair

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// undoRuns is undo(hold_back) of runs: it takes back what they did, all in one
// transaction. Where a connection would bring the lines again by itself, and the
// caller did not say what is wanted, it answers when, and how to keep them out.
func (t *Tools) undoRuns(env *orm.Env, call *orm.Call) (any, error) {
	said := call.Value("hold_back") != nil
	hold, err := call.Bool("hold_back")
	if err != nil {
		return nil, err
	}
	reply := undoReply{Undone: true, Runs: []undoneRun{}}
	for _, id := range call.IDs {
		u, err := openUndo(env, id)
		if err != nil {
			return nil, err
		}
		u.hold = hold
		if err := u.do(); err != nil {
			return nil, err
		}
		told, err := t.describeUndo(env, u)
		if err != nil {
			return nil, err
		}
		if told.Returns.Lines > 0 {
			reply.Runs = append(reply.Runs, told)
		}
	}
	if said || len(reply.Runs) == 0 {
		return true, nil
	}
	reply.Message = reply.words(env)
	return reply, nil
}

// undoing is a run being undone. What a run told first goes, with its ledger
// rows, so that a next fetch of the same days brings it again; or, held back, its
// rows stay and remember that the lines are out of the books. What it posted is
// pending again; what it changed is as it was; a line that it removed is there
// again. A line that a user deleted stays deleted, and one that another run told
// as well stays.
type undoing struct {
	env      *orm.Env
	company  int64
	run      int64
	began    any // when the run did, as Odoo writes it
	window   importing.Interval
	hold     bool      // the lines stay out of the books
	told     []int64   // ledger rows that the run told first, and that go
	toldLine []orm.Row // those among them that have a line of their own
	posted   []orm.Row // that it posted, told by an earlier one
	changed  []orm.Row
	removed  []orm.Row
	heirs    []orm.Row // rows of other runs that keep a line of this one's
	deleted  int       // whose line a user deleted: they stay deleted
	gone     []int64   // lines to delete
	kept     []int64   // lines to change
	opened   []orm.Row // lines to delete with which their journals began
	wasGone  int64     // lines that the run removed, as its row says
	accounts map[int64]bool
	touched  map[int64]*books.Touched // by journal
}

// openUndo reads what a run did, for a user who may take it back.
func openUndo(env *orm.Env, id int64) (*undoing, error) {
	if err := env.CheckAccess(record.Lines, orm.Unlink); err != nil {
		return nil, err
	}
	if err := kept(env.Sudo(), id); err != nil {
		return nil, err
	}
	if err := env.CheckRules(record.Runs, []int64{id}, orm.Read); err != nil {
		return nil, err
	}
	env = env.Sudo()
	rows, err := env.Read(record.Runs, []int64{id}, "state", "window_from", "window_to", "removed", "company_id", "started_at")
	if err != nil {
		return nil, err
	}
	row := rows.At(0)
	if row.Str("state") != record.RunDone {
		return nil, fault.Say(fault.User, "sync.run_busy", nil)
	}
	u := &undoing{env: env, company: row.Ref("company_id"), run: id, began: record.Moment(row.Time("started_at")),
		wasGone: row.Int("removed"), window: importing.Interval{From: row.Date("window_from"), To: row.Date("window_to")},
		touched: map[int64]*books.Touched{}, accounts: map[int64]bool{}}
	if err := u.find(); err != nil {
		return nil, err
	}
	return u, u.spare()
}

// kept refuses a run that is not there: it may have been let go, and then there is
// nothing to undo.
func kept(env *orm.Env, id int64) error {
	there, err := env.Exists(record.Runs, []int64{id})
	if err != nil || len(there) > 0 {
		return err
	}
	newest, err := env.Search(record.Runs, nil, orm.SearchOptions{Order: "id desc", Limit: 1})
	if err == nil && len(newest) > 0 && 0 < id && id < newest[0] {
		return fault.Say(fault.Missing, "undo.gone", nil)
	}
	if err == nil {
		err = fault.Say(fault.Missing, "fault.missing", nil)
	}
	return err
}

// do takes back what the run did. It refuses a run of which somebody changed or
// reconciled a line, or that reaches into a closed period.
func (u *undoing) do() error {
	if !u.any() {
		return nil
	}
	if err := u.refuse(); err != nil {
		return err
	}
	if err := u.alone(); err != nil {
		return err
	}
	ledger.LetEngineWork(u.env)
	if err := u.takeBack(); err != nil {
		return err
	}
	if err := u.settle(); err != nil {
		return err
	}
	if err := u.tell(); err != nil {
		return err
	}
	return u.env.Write(record.Runs, []int64{u.run}, orm.Values{"removed": u.wasGone + int64(len(u.gone)), "undone_at": u.env.Now(),
		"held_back": int64(u.heldBack())})
}

// find reads what the run did.
func (u *undoing) find() error {
	rows, err := u.env.SearchRead(record.Transactions,
		domain.Or{domain.Where("run", domain.Eq, u.run), domain.Where("posted_run", domain.Eq, u.run),
			domain.Where("changed_run", domain.Eq, u.run)},
		append([]string{"run", "posted_run", "changed_run", "before_change", "status", "line_id", "line_deleted",
			"account_id"}, ledger.KeptFields...), orm.SearchOptions{Order: "id"})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		u.accounts[row.Ref("account_id")] = true
		line := row.Ref("line_id")
		switch {
		case row.Bool("line_deleted"):
			u.deleted++
		case row.Int("run") == u.run:
			u.told = append(u.told, row.ID())
			if line != 0 {
				u.toldLine = append(u.toldLine, row)
				u.gone = append(u.gone, line)
			}
		case row.Int("posted_run") == u.run:
			u.posted = append(u.posted, row)
			if line != 0 {
				u.gone = append(u.gone, line)
			}
		case line != 0:
			u.changed = append(u.changed, row)
			u.kept = append(u.kept, line)
		case row.Str("status") == string(importing.Removed):
			u.removed = append(u.removed, row)
		}
	}
	return nil
}

// spare takes out of what goes the lines that are also another run's: two sources
// told one payment, and a user said that it is one.
func (u *undoing) spare() error {
	mine := append([]int64{}, u.told...)
	for _, row := range u.posted {
		mine = append(mine, row.ID())
	}
	rows, err := u.env.SearchRead(record.Transactions, domain.All(domain.Where("line_id", domain.In, record.IDs(u.gone)),
		domain.Where("id", domain.NotIn, record.IDs(mine))),
		append([]string{"line_id", "merged_into", "account_id"}, ledger.KeptFields...), orm.SearchOptions{Order: "id"})
	if err != nil {
		return err
	}
	others := map[int64]bool{}
	for row := range rows.All() {
		u.heirs = append(u.heirs, row)
		others[row.Ref("line_id")] = true
	}
	theirs := func(row orm.Row) bool { return others[row.Ref("line_id")] }
	u.gone = slices.DeleteFunc(u.gone, func(line int64) bool { return others[line] })
	u.toldLine = slices.DeleteFunc(u.toldLine, theirs)
	return nil
}

func (u *undoing) any() bool { return len(u.told)+len(u.posted)+len(u.changed)+len(u.removed) > 0 }

// alone refuses while another run works on the same accounts: it decided already
// on what the ledger says.
func (u *undoing) alone() error {
	list := make([]int64, 0, len(u.accounts))
	for id := range u.accounts {
		list = append(list, id)
	}
	slices.Sort(list)
	other, err := run.InTheWay(u.env, u.run, 0, list)
	if err == nil && other.Len() > 0 {
		err = fault.Say(fault.User, "undo.busy", nil)
	}
	return err
}

// refuse what somebody works with, or what is closed.
func (u *undoing) refuse() error {
	mine := domain.Where("id", domain.In, record.IDs(append(append([]int64{}, u.gone...), u.kept...)))
	err := u.refuseFor("sync.run_touched", fault.Args{}, domain.All(mine,
		domain.Or{domain.Where("online_edited", domain.Eq, true),
			domain.All(domain.Where("is_reconciled", domain.Eq, true), domain.Where("amount", domain.Ne, int64(0)))}))
	if err != nil {
		return err
	}
	lock, err := record.LockDate(u.env, u.company)
	if err != nil || lock == "" {
		return err
	}
	return u.refuseFor("sync.run_closed", fault.Args{"day": string(lock)}, domain.All(mine, domain.Where("date", domain.Le, lock)))
}

// mostNamed is how many lines a refusal names.
const mostNamed = 5

// refuseFor refuses where there are lines of a kind, counts them and names the first.
func (u *undoing) refuseFor(sentence string, args fault.Args, of domain.Node) error {
	count, err := u.env.Count(record.Lines, of, 0)
	if err != nil || count == 0 {
		return err
	}
	rows, err := u.env.SearchRead(record.Lines, of, []string{"date", "amount", "payment_ref"},
		orm.SearchOptions{Order: "date, id", Limit: mostNamed})
	if err != nil {
		return err
	}
	var named []string
	for row := range rows.All() {
		words := []string{string(row.Date("date")), record.PlainText(row.Decimal("amount")), row.Str("payment_ref")}
		named = append(named, strings.TrimSpace(strings.Join(words, " ")))
	}
	if count > len(named) {
		named = append(named, "…")
	}
	args["count"], args["lines"] = count, strings.Join(named, "; ")
	return fault.Say(fault.User, sentence, args)
}
