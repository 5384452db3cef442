// Command licences lists the licence of everything that is built into the
// programs: Go modules, the Go library itself, SQLite, and the packages of the
// dashboard. It fails when one is not known, or may not be passed on with them.
package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
)

// part is one thing that is built in.
type part struct {
	Name, Version string
	Licences      []string // SPDX names; empty when none is known
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run() error {
	list, err := modules()
	if err != nil {
		return err
	}
	packages, err := npmPackages("server/web/package-lock.json")
	if err != nil {
		return err
	}
	list = append(list, packages...)
	slices.SortFunc(list, func(a, b part) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version)) })
	out := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	bad := 0
	for _, p := range list {
		mark := ""
		if !p.allowed() {
			mark, bad = "\t← may not be built in", bad+1
		}
		fmt.Fprintf(out, "%s\t%s\t%s%s\n", p.Name, p.Version, p.names(), mark)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d may not be built in", bad, len(list))
	}
	return nil
}
