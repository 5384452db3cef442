package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
	"github.com/girosync/girosync/server/databases"
)

// standard is the file name of standard input and output.
const standard = "-"

type dbDump struct {
	place
	Name string `arg:"" help:"Database."`
	File string `arg:"" help:"File to write; - for standard output."`
	JSON bool   `help:"For machines."`
}

func (c *dbDump) Run(ctx context.Context) error {
	if c.JSON && c.File == standard {
		return errors.New("the dump itself goes to standard output: leave out --json")
	}
	return c.host(ctx, func(h *server.Host) error {
		shown := newProgress(os.Stderr)
		size, err := writeWhole(c.File, func(w io.Writer) error { return h.Databases.Dump(ctx, c.Name, w, shown.step) })
		shown.end()
		switch {
		case err != nil:
			return err
		case c.JSON:
			return json.NewEncoder(os.Stdout).Encode(map[string]any{"database": c.Name, "file": c.File, "bytes": size})
		case c.File != standard:
			fmt.Printf("Database %s is dumped into %s (%d bytes). The keys that open its secrets are not in it: girosync key backup\n",
				c.Name, c.File, size)
		}
		return nil
	})
}

// writeWhole writes a file that is there when it is whole, readable by its owner
// alone. An older one of that name is replaced.
func writeWhole(path string, write func(w io.Writer) error) (size int64, err error) {
	if path == standard {
		return 0, write(os.Stdout)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".girosync-dump-*") // mode 0600
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name()) // gone after the rename
	err = write(file)
	if err == nil {
		size, err = file.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, err
	}
	return size, os.Rename(file.Name(), path)
}

// replacesOriginal is the help of the flag.
const replacesOriginal = "It takes the place of the original, which runs no more: bank connections go on. " +
	"Otherwise it is a copy with an identity of its own, and disconnected."

// origin is whether what is made goes on in the original's place.
type origin struct {
	ReplacesOriginal bool `help:"${replaces_original}"`
	Copy             bool `help:"It is a copy; do not ask."`
}

// copied asks, at a terminal, if no flag says it.
func (o origin) copied(name string) (bool, error) {
	switch {
	case o.ReplacesOriginal && o.Copy:
		return false, errors.New("choose one of --replaces-original and --copy")
	case o.ReplacesOriginal:
		return false, nil
	case o.Copy || !term.IsTerminal(int(os.Stdin.Fd())):
		return true, nil
	}
	fmt.Fprintf(os.Stderr, "Does %s take the place of the original, which runs no more? "+
		"Otherwise it is a copy, whose bank connections are disconnected. [y/N] ", name)
	var typed string
	_, _ = fmt.Fscanln(os.Stdin, &typed) // nothing typed is no
	return !strings.EqualFold(typed, "y") && !strings.EqualFold(typed, "yes"), nil
}

type dbRestore struct {
	place
	origin
	Name string `arg:"" help:"Name of the new database."`
	File string `arg:"" help:"Dump; - for standard input."`
	JSON bool   `help:"For machines."`
}

func (c *dbRestore) Run(ctx context.Context) error {
	in := os.Stdin
	if c.File != standard {
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	copied, err := true, error(nil)
	if c.File != standard || c.ReplacesOriginal || c.Copy {
		copied, err = c.copied(c.Name)
	}
	if err != nil {
		return err
	}
	return c.host(ctx, func(h *server.Host) error {
		shown := newProgress(os.Stderr)
		_, err := h.Databases.Restore(ctx, c.Name, in, copied, shown.step)
		shown.end()
		if err != nil {
			return err
		}
		return tellMade(c.JSON, c.Name, copied)
	})
}

// tellMade says what a restore or copy made.
func tellMade(machine bool, name string, copied bool) error {
	if machine {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"database": name, "copy": copied})
	}
	if copied {
		fmt.Printf("Database %s is made, as a copy: its bank connections are disconnected.\n", name)
		return nil
	}
	fmt.Printf("Database %s is made, in the original's place. Do not run the original any more.\n", name)
	return nil
}

type dbCopy struct {
	place
	origin
	Name string `arg:"" help:"Database."`
	To   string `help:"Where to: postgres://… or another data folder; this place if empty." placeholder:"URL"`
	As   string `help:"Name of the new database; the same name if empty." placeholder:"NAME"`
	JSON bool   `help:"For machines."`
}

func (c *dbCopy) Run(ctx context.Context) error {
	if c.As == "" {
		c.As = c.Name
	}
	copied, err := c.copied(c.As)
	if err != nil {
		return err
	}
	return c.host(ctx, func(h *server.Host) error {
		shown := newProgress(os.Stderr)
		err := c.run(ctx, h, copied, shown.step)
		shown.end()
		if err != nil {
			return err
		}
		return tellMade(c.JSON, c.As, copied)
	})
}

func (c *dbCopy) run(ctx context.Context, h *server.Host, copied bool, step databases.Progress) error {
	if c.To == "" {
		_, err := h.Databases.CopyTo(ctx, c.Name, h.Databases, c.As, copied, step)
		return err
	}
	config, err := c.target()
	if err != nil {
		return err
	}
	to, err := server.Open(ctx, config, c.log())
	if err != nil {
		return err
	}
	_, err = h.Databases.CopyTo(ctx, c.Name, to.Databases, c.As, copied, step)
	return errors.Join(err, to.Close())
}

// target is the configuration of a host at the other place. On PostgreSQL it has
// this host's key set; another data folder has its own.
func (c *dbCopy) target() (conf.Config, error) {
	config, err := c.load("")
	if err != nil {
		return config, err
	}
	if strings.HasPrefix(c.To, "postgres://") || strings.HasPrefix(c.To, "postgresql://") {
		config.Database.URL = conf.Secret(c.To)
		return config, nil
	}
	if strings.Contains(c.To, "://") {
		return config, errors.New("--to: want postgres://… or a data folder")
	}
	if info, err := os.Stat(c.To); err == nil && !info.IsDir() || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return config, fmt.Errorf("--to: %s is no folder", c.To)
	}
	config.Database.URL, config.Server.DataDir = "", c.To
	config.Secrets.KeySetFile = filepath.Join(c.To, "keyset.json")
	return config, nil
}
