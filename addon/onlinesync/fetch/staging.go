package fetch

import (
	"context"
	"encoding/json"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Part is what this room adds to a registry.
func Part() orm.Part {
	return orm.Part{Models: []orm.Model{model}, Extensions: []orm.Extension{accountExtension}}
}

// model holds the pages of fetches that were not applied yet. No group
// may see it.
var model = orm.Model{
	Name: record.Staging, Label: "Fetched Page", Order: "id", RecName: "page",
	Fields: schema.Fields{
		schema.Many2one("run_id", "Synchronisation", record.Runs).Required().WhenDeleted(schema.Cascade),
		schema.Integer("account", "Online Account").Required(),
		schema.Integer("page", "Page").Required(),
		schema.Boolean("last", "Last Page"),
		schema.Text("payload", "Payload"),
	},
	Indexes: []schema.Index{{Name: "page", Columns: []string{"run_id", "account", "page"}, Unique: true,
		Message: "A page is staged once."}},
	Bound: orm.Bound{},
}

// Stager writes the pages of one fetch for a run, in short transactions. Pages
// that come within a moment share one.
type Stager struct {
	run     *run.Run
	account int64
	number  int64
	waiting [][]any
	entries int64
	last    time.Time
}

// NewStager stages the pages of an account.
func NewStager(run *run.Run, account int64) *Stager { return &Stager{run: run, account: account} }

// stageEvery is how long a page may wait to be written.
const stageEvery = 200 * time.Millisecond

// Put takes the next page.
func (g *Stager) Put(ctx context.Context, p *Page) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fault.Wrap(err, "stage page", g.number)
	}
	g.waiting = append(g.waiting, []any{g.run.ID, g.account, g.number, p.Last, string(text)})
	g.entries += p.entries()
	g.number++
	if now := time.Now(); p.Last || now.Sub(g.last) >= stageEvery {
		g.last = now
		return g.flush(ctx)
	}
	return nil
}

func (g *Stager) flush(ctx context.Context) error {
	err := g.run.Write(ctx, func(env *orm.Env, counts *run.Counters) error {
		counts.Fetched += g.entries
		if _, err := env.BulkCreate(record.Staging, []string{"run_id", "account", "page", "last", "payload"}, g.waiting); err != nil {
			return err
		}
		return g.run.Progress(env, counts)
	})
	g.waiting, g.entries = nil, 0
	return err
}

// Staged reads the pages of an account that an interrupted worker of the run
// left. It returns nil when they are not all there: they are then removed, to be
// fetched again.
func Staged(ctx context.Context, worker *run.Run, account *record.Account) (*Pages, error) {
	var rows *orm.Rows
	where := domain.All(domain.Where("run_id", domain.Eq, worker.ID), domain.Where("account", domain.Eq, account.ID))
	err := worker.Within(ctx, orm.TxRead, func(env *orm.Env) (err error) {
		rows, err = env.SearchRead(record.Staging, where, []string{"payload", "last"}, orm.SearchOptions{Order: "page"})
		return err
	})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	if !rows.At(rows.Len() - 1).Bool("last") {
		return nil, worker.Write(ctx, func(env *orm.Env, counts *run.Counters) error {
			counts.Fetched = worker.Done.Fetched
			return env.Unlink(record.Staging, rows.IDs())
		})
	}
	got := &Pages{list: make([]Page, rows.Len()), cursored: account.Cursor != nil}
	worker.Counts.Fetched = worker.Done.Fetched
	for i := range rows.Len() {
		p := &got.list[i]
		if err := json.Unmarshal([]byte(rows.At(i).Str("payload")), p); err != nil {
			return nil, fault.Wrap(err, "staged page", i)
		}
		worker.Counts.Fetched += p.entries()
	}
	return got, nil
}

// Unstage removes the staged pages of an account, or of the whole run if account
// is 0: they were applied, or never will be.
func Unstage(env *orm.Env, run, account int64) error {
	where := domain.Node(domain.Where("run_id", domain.Eq, run))
	if account != 0 {
		where = domain.All(where, domain.Where("account", domain.Eq, account))
	}
	ids, err := env.Search(record.Staging, where, orm.SearchOptions{})
	if err != nil || len(ids) == 0 {
		return err
	}
	return env.Unlink(record.Staging, ids)
}
