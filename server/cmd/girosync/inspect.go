package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/girosync/girosync/addon/onlinesync/filing"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server"
)

type inspectCommand struct {
	Config  string `help:"Configuration file." placeholder:"FILE"`
	Plugins string `help:"Folder of provider programs." placeholder:"DIR"`
	readingFlags
	File    string `arg:"" help:"Statement file: CAMT, MT940, OFX, QIF, BAI2, CODA, CSV, XLSX, HTML." type:"existingfile"`
	Explain bool   `help:"Tell also what was taken for what, and why."`
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
	options := maps.Clone(c.Option)
	if c.Explain {
		if options == nil {
			options = map[string]string{}
		}
		options["explain"] = "yes"
	}
	found, err := server.Inspect(ctx, config, p.log(), filepath.Base(c.File), file, options)
	if err != nil {
		if c.Explain && !c.JSON {
			printFindings(os.Stdout, found.Findings)
		}
		return plain(err)
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(found)
	}
	return printInspection(os.Stdout, found)
}

func printInspection(to io.Writer, found server.Inspection) error {
	fmt.Fprintln(to, "Format:", found.Format)
	table := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tCURRENCY\tTRANSACTIONS\tSUM\tOPENING\tCLOSING\tFROM\tTO")
	for _, a := range found.Accounts {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", dash(a.Number+a.Name), dash(a.Currency), a.Count, a.Sum,
			dash(a.Opening), dash(a.Closing), dash(a.FirstDate), dash(a.LastDate))
		for _, other := range a.OtherCurrencies {
			fmt.Fprintf(table, "\t%s\t%d\t%s\t\t\t\t\n", other.Currency, other.Count, other.Sum)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range found.Refused {
		fmt.Fprintf(to, "refused, line %d: %s\n", r.Line, r.Reason)
	}
	printFindings(to, found.Findings)
	return nil
}

// printFindings prints what a file proves, what is doubtful, and how it was
// read: a part for each, with what was chosen before why.
func printFindings(to io.Writer, findings []filing.Finding) {
	for _, part := range []struct {
		kind  sdk.FindingKind
		title string
	}{{sdk.FindingProof, "Proven"}, {sdk.FindingDoubt, "Doubtful"}, {sdk.FindingChoice, "How it was read"}} {
		table := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
		begun := false
		for _, f := range findings {
			if f.Kind != string(part.kind) {
				continue
			}
			if !begun {
				begun = true
				fmt.Fprintf(to, "\n%s\n", part.title)
			}
			text := f.Text
			if what, rest, ok := strings.Cut(text, ": "); ok && part.kind == sdk.FindingChoice && !strings.Contains(what, " is ") {
				text = what + "\t" + rest
			}
			fmt.Fprintf(table, "  %s\n", text)
		}
		table.Flush() // to has taken what came before
	}
}
