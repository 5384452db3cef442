package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/server"
)

// pluginDev is the loop of writing a provider.
type pluginDev struct {
	place
	Path  string `arg:"" help:"Folder of a provider in Go, or a program of any kind named girosync-provider-NAME." type:"path"`
	Suite string `help:"As for plugin conform; by default conform.toml in the folder." type:"existingfile" placeholder:"FILE"`
	Once  bool   `help:"End after the first round."`
}

func (c *pluginDev) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		if _, err := os.Stat(c.Path); err != nil {
			return err
		}
		if !c.Once {
			fmt.Printf("Each change in %s is built, put into %s, trusted and examined. Ctrl+C ends.\n", c.Path, h.Config.Plugins.Dir)
			fmt.Println("A host that runs on this data and this folder uses it within seconds.")
		}
		for {
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

// round puts the program as it is now into the folder of plugins, trusts it, and
// examines it.
func (c *pluginDev) round(ctx context.Context, h *server.Host) error {
	name, err := c.provider(ctx)
	if err != nil {
		return err
	}
	dir := h.Config.Plugins.Dir
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, host.Prefix+name)
	if err := c.build(ctx, path+".new"); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	sum, err := host.Checksum(path)
	if err == nil {
		err = h.System.TrustPlugin(ctx, name, sum, time.Now())
	}
	if err != nil {
		return err
	}
	suite := c.Suite
	if beside := filepath.Join(c.folder(), server.SuiteFile); suite == "" && exists(beside) {
		suite = beside
	}
	report, err := server.Conform(ctx, path, suite, c.log())
	if err != nil {
		return err
	}
	if err := keepGrade(ctx, h, path, report); err != nil {
		return err
	}
	if err := printConformance(os.Stdout, report); err != nil {
		return err
	}
	if !report.FullMarks() {
		return fmt.Errorf("the program breaks the contract, or the suite does not fit it: %s checks passed", report.Grade())
	}
	return nil
}

// folder is where the sources are.
func (c *pluginDev) folder() string {
	if info, err := os.Stat(c.Path); err == nil && info.IsDir() {
		return c.Path
	}
	return filepath.Dir(c.Path)
}

// provider is the name of the provider: of the program, or of the package's folder
// or module.
func (c *pluginDev) provider(ctx context.Context) (string, error) {
	if c.folder() != c.Path {
		if name, ok := host.NameOf(c.Path); ok {
			return name, nil
		}
		return "", fmt.Errorf("%s: a provider program is named %sNAME", c.Path, host.Prefix)
	}
	list := exec.CommandContext(ctx, "go", "list", "-f", "{{.ImportPath}}", ".")
	list.Dir = c.Path
	out, err := list.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s holds no package in Go: %s", c.Path, strings.TrimSpace(string(out)))
	}
	for _, path := range []string{strings.TrimSpace(string(out)), c.Path} {
		if name, ok := host.NameOf(path); ok {
			return name, nil
		}
	}
	return "", fmt.Errorf("neither the package's path, %s, nor its folder ends in %sNAME", strings.TrimSpace(string(out)), host.Prefix)
}

// build makes the program, by go or as a copy.
func (c *pluginDev) build(ctx context.Context, to string) error {
	if c.folder() != c.Path {
		program, err := os.ReadFile(c.Path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, program, 0o755)
	}
	command := exec.CommandContext(ctx, "go", "build", "-o", to, ".")
	command.Dir = c.Path
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("it does not build:\n%s", out)
	}
	return nil
}

// state is what the sources look like: the time of their last change, and their number.
func (c *pluginDev) state() string {
	var last time.Time
	files := 0
	_ = filepath.WalkDir(c.folder(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it has just gone
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != c.folder() {
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

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
