package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/server"
)

type pluginCommands struct {
	List     pluginList     `cmd:"" help:"List provider programs: whether they may run, their versions and powers."`
	Trust    pluginTrust    `cmd:"" help:"Record a program's checksum, so that it may run."`
	Verify   pluginVerify   `cmd:"" help:"Start every program and check that it answers."`
	New      pluginNew      `cmd:"" help:"Begin a provider of your own: a module that builds, with a test."`
	Dev      pluginDev      `cmd:"" help:"While you write a provider: build, examine and use it at each change."`
	Conform  pluginConform  `cmd:"" help:"Hold a program, in any language, against the contract, and print a report."`
	Feedback pluginFeedback `cmd:"" help:"Write figures for a provider's author, where the configuration allows it."`
}

type pluginList struct {
	place
	JSON bool `help:"For machines."`
}

// pluginRow is a plugin as --json prints it.
type pluginRow struct {
	Name            string   `json:"name"`
	State           string   `json:"state"`
	Version         string   `json:"version,omitempty"`
	ProtocolVersion int      `json:"protocol_version,omitempty"`
	Capabilities    []string `json:"capabilities,omitempty"`
	Checksum        string   `json:"checksum"`
	Path            string   `json:"path"`
	Grade           string   `json:"grade,omitempty"`
	Error           string   `json:"error,omitempty"`
	Regions         []string `json:"regions,omitempty"` // none: everywhere, or not told
	Price           string   `json:"price,omitempty"`   // free, host_pays, user_pays
	Cost            string   `json:"cost,omitempty"`
	Retention       string   `json:"retention,omitempty"`
}

func (c *pluginList) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		askAll(ctx, h)
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(rows(h))
		}
		return printPlugins(h)
	})
}

// askAll starts every program that may run, so that it tells what it is, and
// returns how many cannot be used; why stands in the list.
func askAll(ctx context.Context, h *server.Host) (bad int) {
	const atOnce = 4 // starts are the processor's work
	var failed atomic.Int64
	var asking sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, p := range h.Plugins.List() {
		free <- struct{}{}
		asking.Go(func() {
			defer func() { <-free }()
			if _, err := h.Plugins.Capabilities(ctx, p.Name); err != nil {
				failed.Add(1)
			}
		})
	}
	asking.Wait()
	return int(failed.Load())
}

// stateReady is a program that answered; whether the host that serves runs it just
// now, this command does not know.
const stateReady = "ready"

func rows(h *server.Host) []pluginRow {
	list := []pluginRow{}
	for _, p := range h.Plugins.List() {
		if p.State == host.StateRunning {
			p.State = stateReady
		}
		row := pluginRow{Name: p.Name, State: p.State, Grade: h.Grade(p.Checksum), Version: p.Version, ProtocolVersion: p.ProtocolVersion,
			Checksum: p.Checksum, Path: p.Path, Error: p.LastError, Regions: p.Regions, Price: string(p.Description.Price),
			Cost: p.Description.Cost.In("en"), Retention: p.Description.Retention.In("en")}
		for _, power := range p.Capabilities {
			row.Capabilities = append(row.Capabilities, string(power))
		}
		list = append(list, row)
	}
	return list
}

func printPlugins(h *server.Host) error {
	list := rows(h)
	if len(list) == 0 {
		fmt.Fprintf(os.Stderr, "There are no provider programs in %s.\n", h.Config.Plugins.Dir)
		return nil
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSTATE\tVERSION\tCAN\tCONFORMANCE\tCHECKSUM")
	for _, p := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%.12s\n", p.Name, p.State, dash(p.Version), dash(strings.Join(p.Capabilities, ",")),
			dash(p.Grade), p.Checksum)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, p := range list {
		if p.Error != "" {
			fmt.Printf("\n%s: %s\n", p.Name, p.Error)
		}
		if p.Cost+p.Retention != "" {
			fmt.Printf("\n%s reaches %s\n", p.Name, reached(p.Regions))
			fmt.Printf("  costs: %s\n  keeps: %s\n", dash(p.Cost), dash(p.Retention))
		}
	}
	return nil
}

// reached says which countries a provider reaches; many are counted.
func reached(regions []string) string {
	const most = 12
	switch n := len(regions); {
	case n == 0:
		return "every country"
	case n > most:
		return fmt.Sprintf("%s and %d more countries", strings.Join(regions[:most], ", "), n-most)
	}
	return strings.Join(regions, ", ")
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

type pluginTrust struct {
	place
	Path string `arg:"" help:"Program named girosync-provider-NAME." type:"existingfile"`
	JSON bool   `help:"For machines."`
}

func (c *pluginTrust) Run(ctx context.Context) error {
	sum, err := host.Fit(c.Path)
	if err != nil {
		return err
	}
	name, _ := host.NameOf(c.Path)
	return c.host(ctx, func(h *server.Host) error {
		if err := h.System.TrustPlugin(ctx, name, sum, time.Now()); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(map[string]string{"name": name, "checksum": sum})
		}
		fmt.Printf("%s may run: %s\n", name, sum)
		if there := filepath.Join(h.Config.Plugins.Dir, filepath.Base(c.Path)); !sameFile(c.Path, there) {
			fmt.Fprintf(os.Stderr, "It runs once it lies in %s.\n", h.Config.Plugins.Dir)
			return nil
		}
		fmt.Fprintln(os.Stderr, "A host that runs takes notice within seconds.")
		return nil
	})
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(one, other)
}

type pluginVerify struct {
	place
	JSON bool `help:"For machines."`
}

func (c *pluginVerify) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		bad := askAll(ctx, h)
		var err error
		if c.JSON {
			err = json.NewEncoder(os.Stdout).Encode(rows(h))
		} else {
			err = printPlugins(h)
		}
		if err == nil && bad > 0 {
			err = fmt.Errorf("%d of %d provider programs cannot be used", bad, len(h.Plugins.List()))
		}
		return err
	})
}
