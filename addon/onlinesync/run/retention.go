package run

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

const (
	// letGoAtOnce is how many runs one transaction lets go.
	letGoAtOnce = 500
	// mostLetGo is how many runs are looked at in one go; the rest has time.
	mostLetGo = 100_000
)

// LetGo deletes finished runs of before a time that nobody needs any more, in
// short transactions, and returns how many. What stays: a run that did something
// (undo and explain need it), a statement file's (it holds the file), one that a
// question is open about, and of every connection and account the newest run and
// the newest good one.
func (q *Queue) LetGo(ctx context.Context, db *orm.Database, before time.Time) (gone int, err error) {
	last := int64(0)
	for looked := 0; looked < mostLetGo; {
		var old *orm.Rows
		var ids []int64
		err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) (err error) {
			if old, err = oldRuns(env, before, last); err != nil || old.Len() == 0 {
				return err
			}
			ids, err = needless(env, old)
			return err
		})
		if err != nil || old.Len() == 0 {
			return gone, fault.Wrap(err, "let runs go", nil)
		}
		if len(ids) > 0 {
			if err := db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error { return letGo(env, ids) }); err != nil {
				return gone, fault.Wrap(err, "let runs go", nil)
			}
		}
		gone, looked, last = gone+len(ids), looked+old.Len(), old.ID(old.Len()-1)
	}
	return gone, nil
}

// oldRuns reads the next runs that are old and that did nothing.
func oldRuns(env *orm.Env, before time.Time, after int64) (*orm.Rows, error) {
	nothing := func(field string) domain.Node {
		return domain.Or{domain.Where(field, domain.Eq, int64(0)), domain.Where(field, domain.Eq, nil)}
	}
	return env.SearchRead(record.Runs, domain.All(domain.Where("id", domain.Gt, after), domain.Where("state", domain.Eq, record.RunDone),
		domain.Where("finished_at", domain.Lt, before.UTC()), domain.Where("trigger", domain.Ne, record.TriggerFile),
		nothing("created"), nothing("updated"), nothing("removed")),
		[]string{"link_id", "account_id"}, orm.SearchOptions{Order: "id", Limit: letGoAtOnce})
}

// needless are those of the runs that nobody needs.
func needless(env *orm.Env, old *orm.Rows) ([]int64, error) {
	needed, err := named(env, old.IDs())
	if err != nil {
		return nil, err
	}
	newest := newestRuns{env: env, known: map[subject][2]int64{}}
	var ids []int64
	for row := range old.All() {
		stays, err := newest.has(row)
		if err != nil {
			return nil, err
		}
		if !stays && !needed[row.ID()] {
			ids = append(ids, row.ID())
		}
	}
	return ids, nil
}

// named are those of the runs that the ledger, or an open question, names.
func named(env *orm.Env, runs []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	of := record.IDs(runs)
	fields := []string{"run", "posted_run", "changed_run", "held_back"}
	var any domain.Or
	for _, field := range fields {
		any = append(any, domain.Where(field, domain.In, of))
	}
	told, err := env.SearchRead(record.Transactions, any, fields, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for row := range told.All() {
		for _, field := range fields {
			out[row.Int(field)] = true
		}
	}
	asked, err := env.SearchRead(record.Reviews, domain.All(domain.Where("state", domain.Eq, record.ReviewOpen),
		domain.Where("run", domain.In, of)), []string{"run"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for row := range asked.All() {
		out[row.Int("run")] = true
	}
	return out, nil
}

// subject is what a run was about: a connection, or one account of it.
type subject struct{ link, account int64 }

// newestRuns tells the newest run of a subject, and its newest good one.
type newestRuns struct {
	env   *orm.Env
	known map[subject][2]int64
}

func (n *newestRuns) has(run orm.Row) (bool, error) {
	of := subject{run.Ref("link_id"), run.Ref("account_id")}
	if of == (subject{}) {
		return false, nil // its connection is gone
	}
	ids, asked := n.known[of]
	if !asked {
		where := domain.All(domain.Where("link_id", domain.Eq, record.OrNil(of.link)),
			domain.Where("account_id", domain.Eq, record.OrNil(of.account)))
		good := domain.All(where, domain.Where("outcome", domain.In, []any{record.OutcomeOK, record.OutcomeNothingNew}))
		for i, which := range []domain.Node{where, good} {
			found, err := n.env.Search(record.Runs, which, orm.SearchOptions{Order: "id desc", Limit: 1})
			if err != nil {
				return false, err
			}
			if len(found) > 0 {
				ids[i] = found[0]
			}
		}
		n.known[of] = ids
	}
	return run.ID() == ids[0] || run.ID() == ids[1], nil
}

// letGo deletes runs, and counts them on their connections.
func letGo(env *orm.Env, ids []int64) error {
	rows, err := env.Read(record.Runs, ids, "link_id")
	if err != nil {
		return err
	}
	count := map[int64]int64{}
	for row := range rows.All() {
		count[row.Ref("link_id")]++
	}
	delete(count, 0)
	links := make([]int64, 0, len(count))
	for link := range count {
		links = append(links, link)
	}
	before, err := env.Read(record.Links, links, "runs_gone")
	if err != nil {
		return err
	}
	for row := range before.All() {
		if err := env.Write(record.Links, []int64{row.ID()}, orm.Values{"runs_gone": row.Int("runs_gone") + count[row.ID()]}); err != nil {
			return err
		}
	}
	return env.Unlink(record.Runs, ids)
}
