package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/girosync/girosync/addon/onlinesync/filing"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/files/anonymise"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server"
)

type inspectCommand struct {
	Config  string `help:"Configuration file." placeholder:"FILE"`
	Plugins string `help:"Folder of provider programs." placeholder:"DIR"`
	readingFlags
	File    string `arg:"" help:"Statement file: CAMT, MT940, OFX, QIF, BAI2, CODA, CSV, XLSX, HTML." type:"existingfile"`
	Explain bool   `help:"Tell also what was taken for what, and why."`
	JSON    bool   `help:"For machines." xor:"what"`

	Anonymise bool   `help:"Write a sample that may be shared: of the same shape, read in the same way, with no one's data." xor:"what"`
	Output    string `help:"Where the sample goes; a file that exists is not overwritten. Without it: standard output." placeholder:"FILE"`
}

func (c *inspectCommand) Run(ctx context.Context) error {
	p := place{Config: c.Config, Plugins: c.Plugins}
	config, err := p.load("")
	if err != nil {
		return err
	}
	if c.Anonymise {
		return c.anonymise(config.Providers[record.FilesProvider])
	}
	if c.Output != "" {
		return errors.New("--output is for --anonymise")
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

// anonymise writes a sample of the file. config are the settings of the
// provider "files".
func (c *inspectCommand) anonymise(config map[string]string) error {
	switch info, err := os.Stat(c.File); {
	case err != nil:
		return err
	case info.Size() > anonymise.MostBytes:
		return fmt.Errorf("%s is larger than %d MiB: make a sample of a part of it", c.File, anonymise.MostBytes>>20)
	}
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	key := make([]byte, 32)
	rand.Read(key) // never fails
	sample, err := anonymise.Sample(raw, anonymise.Options{Filename: filepath.Base(c.File), Options: c.Option, Config: config, Key: key})
	var told *sdk.Error
	if errors.As(err, &told) {
		return errors.New(withOption(filepath.Base(c.File)+": "+told.Message, err))
	}
	if err != nil {
		return err
	}
	if c.Output == "" {
		_, err = os.Stdout.Write(sample)
		return err
	}
	to, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err = to.Write(sample); err == nil {
		fmt.Printf("%s is read as %s is, and holds invented names, texts, numbers, amounts and days. Look through it before you give "+
			"it away.\n", c.Output, filepath.Base(c.File))
	}
	return errors.Join(err, to.Close())
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

// longestWhat bounds the first column of what was chosen, in bytes.
const longestWhat = 20

// What findings are printed below.
const (
	proven   = "Proven"
	doubtful = "Doubtful"
	leftOut  = "Left out"
	howRead  = "How it was read"
)

// partOf is the part in which a finding is printed.
func partOf(f filing.Finding) string {
	switch {
	case f.Kind == string(sdk.FindingProof):
		return proven
	case f.Kind != string(sdk.FindingChoice):
		return doubtful
	case strings.HasSuffix(f.Code, "_rows"):
		return leftOut
	}
	return howRead
}

// printFindings prints what a file proves, what is doubtful, what was left out of
// it and how it was read: a part for each, with what was chosen before why.
func printFindings(to io.Writer, findings []filing.Finding) {
	for _, part := range []string{proven, doubtful, leftOut, howRead} {
		table := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
		begun := false
		for _, f := range findings {
			if partOf(f) != part {
				continue
			}
			if !begun {
				begun = true
				fmt.Fprintf(to, "\n%s\n", part)
			}
			text := f.Text
			if what, rest, ok := strings.Cut(text, ": "); ok && part == howRead && len(what) < longestWhat {
				text = what + "\t" + rest
			}
			fmt.Fprintf(table, "  %s\n", text)
		}
		table.Flush() // to has taken what came before
	}
}
