package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/server"
)

type syncCommand struct {
	place
	DB      string `name:"db" required:"" help:"Database." placeholder:"NAME"`
	Link    int64  `help:"One connection; all otherwise." placeholder:"ID"`
	Journal string `help:"One journal." placeholder:"CODE"`
	DryRun  bool   `help:"Show what would come, and change nothing."`
	JSON    bool   `help:"For machines."`
}

func (c *syncCommand) Run(ctx context.Context) error {
	return c.within(ctx, c.DB, func(h *server.Host, db *orm.Database) error {
		if c.DryRun {
			return c.dryRun(ctx, db)
		}
		runs, err := c.start(ctx, db)
		if err != nil {
			return err
		}
		if len(runs) == 0 {
			return errors.New("there is nothing to synchronise: no connection is linked to a journal")
		}
		return c.finish(ctx, h, db, runs)
	})
}

// start asks for runs, as the buttons do.
func (c *syncCommand) start(ctx context.Context, db *orm.Database) ([]int64, error) {
	admin := orm.Principal{UID: base.AdminUser}
	if c.Link != 0 {
		id, err := db.Call(ctx, admin, "account.online.link", "action_fetch_transactions", []any{[]any{c.Link}}, nil)
		run, _ := id.(int64)
		return []int64{run}, err
	}
	journals, err := c.journals(ctx, db)
	if err != nil || len(journals) == 0 {
		return nil, err
	}
	found, err := db.Call(ctx, admin, "account.journal", "manual_sync", []any{journals}, nil)
	runs, _ := found.([]int64)
	slices.Sort(runs)
	return slices.Compact(runs), err // one run feeds the journals of its connection
}

// journals are those to synchronise.
func (c *syncCommand) journals(ctx context.Context, db *orm.Database) (journals []any, err error) {
	var where domain.Node = domain.Where("account_online_account_id", domain.Ne, nil)
	if c.Journal != "" {
		where = domain.Where("code", domain.Eq, c.Journal)
	}
	err = db.Within(ctx, orm.Principal{UID: base.AdminUser}, orm.TxRead, func(env *orm.Env) error {
		ids, err := env.Search("account.journal", where, orm.SearchOptions{})
		for _, id := range ids {
			journals = append(journals, id)
		}
		return err
	})
	if err == nil && len(journals) == 0 && c.Journal != "" {
		err = fmt.Errorf("there is no journal %s in %s", c.Journal, c.DB)
	}
	return journals, err
}

// runRow is a finished run as --json prints it.
type runRow struct {
	ID        int64  `json:"id"`
	Outcome   string `json:"outcome"`
	Fetched   int64  `json:"fetched"`
	Created   int64  `json:"created"`
	Error     string `json:"error_message,omitempty"`
	Reference string `json:"error_reference,omitempty"`
}

// finish works on the runs here, unless a host that runs is faster.
func (c *syncCommand) finish(ctx context.Context, h *server.Host, db *orm.Database, runs []int64) error {
	shown := newProgress(os.Stderr)
	watch, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); follow(watch, db, runs, shown) }()
	var errs []error
	for _, run := range runs {
		errs = append(errs, h.Sync.RunSync(ctx, db, run))
	}
	stop()
	<-done
	rows, err := outcomes(ctx, db, runs)
	for waited := 1; err == nil && rows == nil; waited++ { // another host works on it
		time.Sleep(200 * time.Millisecond)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if waited%10 == 0 { // or worked on it, and has ended: nobody else may be there to take it up
			err = takeUp(ctx, h, db, runs)
		}
		if err == nil {
			rows, err = outcomes(ctx, db, runs)
		}
	}
	shown.end()
	if err := errors.Join(append(errs, err)...); err != nil {
		return err
	}
	return c.print(rows)
}

// takeUp works on runs whose worker gives no sign any more.
func takeUp(ctx context.Context, h *server.Host, db *orm.Database, runs []int64) error {
	err := h.Sync.Sweep(ctx, db)
	for _, run := range runs {
		err = errors.Join(err, h.Sync.RunSync(ctx, db, run))
	}
	return err
}

func (c *syncCommand) print(rows []runRow) error {
	failed := 0
	for _, row := range rows {
		if row.Outcome != "ok" && row.Outcome != "nothing_new" {
			failed++
		}
		if c.JSON {
			continue
		}
		fmt.Printf("run %d: %s, %d new of %d fetched", row.ID, row.Outcome, row.Created, row.Fetched)
		if row.Error != "" {
			fmt.Printf(": %s (%s)", row.Error, row.Reference)
		}
		fmt.Println()
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(rows); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d runs need attention", failed, len(rows))
	}
	return nil
}

// follow shows how far the runs are, until it is stopped.
func follow(ctx context.Context, db *orm.Database, runs []int64, shown *progress) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := readRuns(ctx, db, runs, func(rows *orm.Rows) {
			fetched := int64(0)
			for row := range rows.All() {
				fetched += row.Int("fetched")
			}
			shown.step(int(fetched), 0, "transactions")
		})
		if err != nil {
			return // the work itself reports what is wrong
		}
	}
}

func readRuns(ctx context.Context, db *orm.Database, runs []int64, do func(rows *orm.Rows)) error {
	return db.Within(ctx, orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read("account.online.run", runs, "state", "outcome", "fetched", "created", "error_message", "error_reference")
		if err == nil {
			do(rows)
		}
		return err
	})
}

// outcomes are the runs' ends; nil while one is under way.
func outcomes(ctx context.Context, db *orm.Database, runs []int64) (list []runRow, err error) {
	open := false
	err = readRuns(ctx, db, runs, func(rows *orm.Rows) {
		for row := range rows.All() {
			open = open || row.Str("state") != "done"
			list = append(list, runRow{ID: row.ID(), Outcome: row.Str("outcome"), Fetched: row.Int("fetched"), Created: row.Int("created"),
				Error: row.Str("error_message"), Reference: row.Str("error_reference")})
		}
	})
	if open {
		list = nil
	}
	return list, err
}

func findJournal(ctx context.Context, db *orm.Database, code string) (id int64, err error) {
	err = db.Within(ctx, orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		ids, err := env.Search("account.journal", domain.Where("code", domain.Eq, code), orm.SearchOptions{Limit: 1})
		if err == nil && len(ids) == 0 {
			err = fmt.Errorf("there is no journal %s", code)
		}
		if err == nil {
			id = ids[0]
		}
		return err
	})
	return id, err
}
