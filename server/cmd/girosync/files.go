package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/filing"
	"github.com/girosync/girosync/plugins/files/table"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

// readingOptions is the help of the flag.
func readingOptions() string {
	return "How to read the file, one choice at a time: date_order=dmy|mdy|ymd, decimal=.|,, " +
		"columns='{\"date\":\"Datum\",\"amount\":\"Bedrag\"}', debit_words='Af,D', invert=yes|no, skip_rows=N, headings=no, " +
		"delimiter=tab, encoding=NAME, sheet=NAME, limit=ROWS, reader=PLUGIN. A column may be: " +
		strings.Join(table.RoleNames(), ", ") + "."
}

// readingFlags choose what a file leaves open.
type readingFlags struct {
	Option map[string]string `help:"${reading_options}" mapsep:"none" placeholder:"NAME=VALUE"`
}

// sayFindings says what a file proves, denies and leaves out, a line each.
func sayFindings(list []filing.Finding, indent string) {
	words := map[string]string{"doubt": "doubtful: ", "proof": "proven: "}
	for _, f := range list {
		fmt.Println(indent + words[f.Kind] + f.Text)
	}
}

type importCommand struct {
	place
	readingFlags
	File        string `arg:"" help:"Statement file of any size, zipped or not." type:"existingfile"`
	DB          string `name:"db" required:"" help:"Database." placeholder:"NAME"`
	Journal     string `required:"" help:"Code of the journal." placeholder:"CODE"`
	Account     string `help:"Which account of a file that holds several." placeholder:"NUMBER"`
	DryRun      bool   `help:"Show what would happen, write nothing."`
	SaveMapping bool   `help:"Save for the journal how the file was read."`
	JSON        bool   `help:"For machines."`
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
		options := maps.Clone(c.Option)
		if c.Account != "" {
			if options == nil {
				options = map[string]string{}
			}
			options["account"] = c.Account
		}
		report, err := h.Sync.ImportFile(ctx, db, orm.Principal{UID: base.AdminUser}, filing.Request{
			Journal: journal, Filename: filepath.Base(c.File), File: file, Options: options, DryRun: c.DryRun, SaveMapping: c.SaveMapping,
			Progress: func(done int) { shown.step(done, 0, "transactions") },
			Patience: 10 * time.Minute, Waiting: func(what string) { shown.step(0, 0, what) },
		})
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

func printReport(r *filing.Report, dry bool) {
	would := ""
	if dry {
		would = " (nothing was written)"
	}
	fmt.Printf("new %d, known %d, refused %d%s\n", r.New, r.Known, len(r.Refused)+r.MoreRefused, would)
	for _, part := range []struct {
		n    int
		what string
	}{
		{r.Changed, "of the known say something else now"},
		{r.Duplicates, "of the known are recognised by what they say: they would be duplicates"},
		{r.Questions, "may be duplicates: questions on the journal"}, {r.Repeated, "are told twice in the file"},
		{r.Skipped, "before the first day that may be imported"}, {r.Pending, "pending, not imported"},
	} {
		if part.n > 0 {
			fmt.Printf("  %d %s\n", part.n, part.what)
		}
	}
	if len(r.Others) > 0 {
		fmt.Println("  not imported, other accounts:", strings.Join(r.Others, ", "))
	}
	sayFindings(r.Findings, "  ")
	for _, refused := range r.Refused {
		fmt.Printf("  line %d: %s\n", refused.Line, refused.Reason)
	}
	const shown = 20
	for i, l := range r.Lines {
		if i == shown {
			fmt.Println("  …")
			break
		}
		fmt.Printf("  %-9s %s %12s  %s\n", l.State, l.Date, l.Amount, l.Text)
	}
	if r.Message != "" {
		fmt.Println(r.Message)
	}
}
