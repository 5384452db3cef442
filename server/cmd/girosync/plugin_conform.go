package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
	"github.com/girosync/girosync/server"
)

type pluginConform struct {
	place
	Path   string `arg:"" help:"Program named girosync-provider-NAME, which need not be trusted, or a folder with one, or with one in Go." type:"path"`
	Suite  string `help:"How to reach something worth examining; conform.toml beside it by default." type:"existingfile" placeholder:"FILE"`
	Record bool   `help:"Record the grade where the host looks, so that the provider's record shows it."`
	JSON   bool   `help:"For machines."`
}

func (c *pluginConform) Run(ctx context.Context) error {
	from, err := sourceOf(ctx, c.Path)
	if err != nil {
		return err
	}
	program := from.program
	if program == "" {
		dir, err := os.MkdirTemp("", "girosync-conform-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, host.Prefix+from.name)
		if err := from.put(ctx, program); err != nil {
			return err
		}
	}
	report, err := c.examine(ctx, program, from.suite(c.Suite), !c.JSON)
	if err == nil && c.Record {
		err = c.host(ctx, func(h *server.Host) error { return keepGrade(ctx, h, program, report) })
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(struct {
			Grade     string `json:"grade"`
			FullMarks bool   `json:"full_marks"`
			sdktest.Report
		}{report.Grade(), report.FullMarks(), report})
	} else {
		err = printConformance(os.Stdout, report)
	}
	if err == nil && !report.FullMarks() {
		err = fmt.Errorf("the program breaks the contract, or the suite does not fit it: %s checks passed", report.Grade())
	}
	return err
}

// examine holds a program against the contract, and shows how far it is.
func (p place) examine(ctx context.Context, program, suite string, tell bool) (sdktest.Report, error) {
	log := slog.New(slog.DiscardHandler)
	if p.Verbose {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	o := server.ConformOptions{Suite: suite, Log: log, Emulate: emulated}
	if tell {
		shown := newProgress(os.Stderr)
		defer shown.end()
		o.Progress = func(check, _ string) { shown.step(0, 0, check) }
	}
	return server.Conform(ctx, program, o)
}

// keepGrade records a grade for a program as it is now.
func keepGrade(ctx context.Context, h *server.Host, program string, report sdktest.Report) error {
	sum, err := host.Checksum(program)
	if err != nil {
		return err
	}
	return h.System.GradePlugin(ctx, report.Provider, sum, report.Grade(), time.Now())
}

// printConformance prints a line for each check, and below it what is wrong.
func printConformance(to io.Writer, report sdktest.Report) error {
	fmt.Fprintf(to, "%s %s\n\n", dash(report.Provider), dash(report.Version))
	table := tabwriter.NewWriter(to, 0, 4, 2, ' ', tabwriter.StripEscape)
	for _, r := range report.Results {
		mark, about := "✓", r.About
		switch {
		case len(r.Problems) > 0:
			mark = "✗"
		case r.Skipped != "":
			mark, about = "–", r.Skipped
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", mark, r.Check, about)
		for _, problem := range r.Problems {
			fmt.Fprintf(table, "\t\t  %s\n", problem)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(to, "\nGrade: %s\n", report.Grade())
	return err
}
