package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
	"github.com/girosync/girosync/server"
)

// pluginDev is the loop of writing a provider.
type pluginDev struct {
	place
	Path   string `arg:"" help:"Folder of a provider in Go, or a program of any kind named girosync-provider-NAME." type:"path"`
	Suite  string `help:"As for plugin conform; by default conform.toml in the folder." type:"existingfile" placeholder:"FILE"`
	Once   bool   `help:"End after the first round."`
	Anyway bool   `help:"Use a program that breaks the contract, too."`

	from source
}

func (c *pluginDev) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		if _, err := os.Stat(c.Path); err != nil {
			return err
		}
		if !c.Once {
			fmt.Printf("Each change in %s is built and examined, and put into %s and trusted. Ctrl+C ends.\n", c.Path, h.Config.Plugins.Dir)
			fmt.Println("A host that runs on this data and this folder uses it within seconds.")
		}
		for {
			c.from.folder = c.folder()
			before := c.state()
			err := c.round(ctx, h)
			if c.Once || ctx.Err() != nil {
				return err
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			if err := c.changed(ctx, before); err != nil {
				return nil // ended by the user
			}
			fmt.Printf("\n%s: changed\n", time.Now().Format(time.TimeOnly))
		}
	})
}

// round builds the program as it is now, examines it, and uses it if it keeps the
// contract: what breaks it does not replace one that may be better.
func (c *pluginDev) round(ctx context.Context, h *server.Host) (err error) {
	if c.from, err = sourceOf(ctx, c.Path); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "girosync-dev-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, host.Prefix+c.from.name)
	if c.from.program != "" {
		program = c.from.program // it may need what lies beside it
	} else if err := c.from.put(ctx, program); err != nil {
		return err
	}
	report, err := c.examine(ctx, program, c.from.suite(c.Suite), true)
	if err != nil {
		return err
	}
	if err := printConformance(os.Stdout, report); err != nil {
		return err
	}
	used := report.Failed == 0 || c.Anyway
	if used {
		err = c.use(ctx, h, program, report)
	}
	switch {
	case err != nil:
		return err
	case !used:
		return fmt.Errorf("the program breaks the contract, or the suite does not fit it: %s checks passed. "+
			"It is not used, and what was used before stays; --anyway uses it all the same", report.Grade())
	case !report.FullMarks():
		return fmt.Errorf("the program breaks the contract, or the suite does not fit it: %s checks passed", report.Grade())
	}
	return nil
}

// use puts a program into the folder of plugins, trusts it and records its grade.
func (c *pluginDev) use(ctx context.Context, h *server.Host, program string, report sdktest.Report) error {
	dir := h.Config.Plugins.Dir
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, host.Prefix+c.from.name)
	if !sameFile(program, path) {
		if err := (source{program: program}).put(ctx, path+".new"); err != nil {
			return err
		}
		if err := os.Rename(path+".new", path); err != nil {
			return err
		}
		if err := server.Starts(path); err != nil {
			return fmt.Errorf("where the host looks, in %s, it does not start; what it needs must lie beside it there: %w", dir, err)
		}
	}
	sum, err := host.Checksum(path)
	if err == nil {
		err = h.System.TrustPlugin(ctx, c.from.name, sum, time.Now())
	}
	if err != nil {
		return err
	}
	return keepGrade(ctx, h, path, report)
}

// folder is where the sources are.
func (c *pluginDev) folder() string {
	if info, err := os.Stat(c.Path); err == nil && !info.IsDir() {
		return filepath.Dir(c.Path)
	}
	return c.Path
}

// state is what the sources look like: the time of their last change, and their number.
func (c *pluginDev) state() string {
	var last time.Time
	files := 0
	_ = filepath.WalkDir(c.from.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it has just gone
		}
		made := strings.HasPrefix(entry.Name(), ".") || entry.Name() == "__pycache__"
		if entry.IsDir() && made && path != c.from.folder {
			return fs.SkipDir
		}
		if info, err := entry.Info(); err == nil && !entry.IsDir() {
			files++
			if info.ModTime().After(last) {
				last = info.ModTime()
			}
		}
		return nil
	})
	return fmt.Sprint(files, last.UnixNano())
}

// changed waits until the sources are not what they were.
func (c *pluginDev) changed(ctx context.Context, before string) error {
	const often = 300 * time.Millisecond
	tick := time.NewTicker(often)
	defer tick.Stop()
	for c.state() == before {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
