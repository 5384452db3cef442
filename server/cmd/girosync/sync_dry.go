package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/girosync/girosync/addon/onlinesync/repair"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
)

// dryRun shows what a synchronisation would bring, and changes nothing.
func (c *syncCommand) dryRun(ctx context.Context, db *orm.Database) error {
	model, ids := "account.online.link", []any{c.Link}
	if c.Link == 0 {
		var err error
		if ids, err = c.journals(ctx, db); err != nil {
			return err
		}
		model = "account.journal"
	}
	if len(ids) == 0 {
		return errors.New("there is nothing to synchronise: no connection is linked to a journal")
	}
	found, err := db.Call(ctx, orm.Principal{UID: base.AdminUser}, model, "action_dry_run", []any{ids}, nil)
	if err != nil {
		return err
	}
	list, _ := found.([]repair.DryRun)
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(list)
	}
	for _, run := range list {
		fmt.Printf("%s: %d new (%d of them may be known already), %d known, %d changed, %d removed, %d pending, %d before the first day\n",
			run.Name, run.New, run.WouldBeDuplicates, run.Known, run.Changed, run.Removed, run.Pending, run.Skipped)
		for _, line := range run.Lines {
			fmt.Printf("  %-18s %s %s %s", line.What, line.Date, line.Amount, line.Text)
			if line.Was != "" {
				fmt.Printf(" (known: %s)", line.Was)
			}
			fmt.Println()
		}
	}
	return nil
}
