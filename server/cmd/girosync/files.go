package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

type inspectCommand struct {
	Config  string `help:"Configuration file." placeholder:"FILE"`
	Plugins string `help:"Folder of provider programs." placeholder:"DIR"`
	File    string `arg:"" help:"Statement file: CAMT, MT940, OFX, QIF, BAI2, CODA, CSV, XLSX." type:"existingfile"`
	JSON    bool   `help:"For machines."`
}

func (c *inspectCommand) Run(ctx context.Context) error {
	p := place{Config: c.Config, Plugins: c.Plugins}
	config, err := p.load("")
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	found, err := server.Inspect(ctx, config, p.log(), filepath.Base(c.File), file)
	if err != nil {
		return plain(err)
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(found)
	}
	return printInspection(found)
}

func printInspection(found server.Inspection) error {
	fmt.Println("Format:", found.Format)
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tCURRENCY\tTRANSACTIONS\tSUM\tOPENING\tCLOSING\tFROM\tTO")
	for _, a := range found.Accounts {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", dash(a.Number), dash(a.Currency), a.Count, a.Sum,
			dash(a.Opening), dash(a.Closing), dash(a.FirstDate), dash(a.LastDate))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range found.Refused {
		fmt.Printf("refused, line %d: %s\n", r.Line, r.Reason)
	}
	return nil
}

type importCommand struct {
	place
	File    string `arg:"" help:"Statement file." type:"existingfile"`
	DB      string `name:"db" required:"" help:"Database." placeholder:"NAME"`
	Journal string `required:"" help:"Code of the journal." placeholder:"CODE"`
	DryRun  bool   `help:"Show what would happen, write nothing."`
	JSON    bool   `help:"For machines."`
}

func (c *importCommand) Run(ctx context.Context) error {
	return c.within(ctx, c.DB, func(h *server.Host, db *orm.Database) error {
		journal, err := findJournal(ctx, db, c.Journal)
		if err != nil {
			return err
		}
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer file.Close()
		shown := newProgress(os.Stderr)
		who := orm.Principal{UID: base.AdminUser}
		report, err := h.Sync.ImportFile(ctx, db, who, journal, filepath.Base(c.File), file, c.DryRun,
			func(done int) { shown.step(done, 0, "transactions") })
		shown.end()
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(report)
		}
		printReport(report, c.DryRun)
		return nil
	})
}

func printReport(r *onlinesync.FileReport, dry bool) {
	would := ""
	if dry {
		would = " (nothing was written)"
	}
	fmt.Printf("new %d, known %d, refused %d%s\n", r.New, r.Known, len(r.Refused), would)
	if r.Skipped > 0 {
		fmt.Printf("  %d before the first day that may be imported\n", r.Skipped)
	}
	for _, refused := range r.Refused {
		fmt.Printf("  line %d: %s\n", refused.Line, refused.Reason)
	}
}
