package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/girosync/girosync/server"
)

type keyCommands struct {
	Backup keyBackup `cmd:"" help:"Copy the key set to a safe place, apart from the databases."`
	New    keyNew    `cmd:"" help:"Make a key set in place of one that is lost. What the lost one sealed stays sealed."`
	Rotate keyRotate `cmd:"" help:"Make a new key, and seal all secrets with it anew."`
}

type keyBackup struct {
	place
	File string `arg:"" help:"File to write; it must not exist." default:"girosync-keyset-backup.json"`
	JSON bool   `help:"For machines."`
}

func (c *keyBackup) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		if err := h.Keys.Backup(c.File); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(map[string]any{"file": c.File, "keys": len(h.Keys.Keys())})
		}
		fmt.Printf("The key set is in %s. Keep it apart from the databases: with both, every bank credential can be read.\n", c.File)
		return nil
	})
}

type keyNew struct {
	place
	JSON bool `help:"For machines."`
}

// Run makes a key set only where there is none.
func (c *keyNew) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		if !h.Keys.Missing() {
			return fmt.Errorf("%s is there already; a new key beside the old ones: girosync key rotate", h.Keys.Path())
		}
		if err := h.Keys.Make(); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(map[string]any{"file": h.Keys.Path(), "keys": len(h.Keys.Keys())})
		}
		fmt.Printf("A new key set is in %s. Connections made before have to be reconnected.\n", h.Keys.Path())
		return nil
	})
}

type keyRotate struct {
	place
	JSON bool `help:"For machines."`
}

// Run rotates, then seals anew what older keys sealed. A database in trouble
// keeps its secrets as they are, readable by the old key, and another run goes on
// with it.
func (c *keyRotate) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		if err := h.Keys.Rotate(); err != nil {
			return err
		}
		shown := newProgress(os.Stderr)
		sealed, err := h.Reseal(ctx, shown.step)
		shown.end()
		if err != nil {
			return errors.Join(fmt.Errorf("the new key is made, and %d secrets are sealed with it; not all: run it again", sealed), err)
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(map[string]any{"keys": len(h.Keys.Keys()), "resealed": sealed})
		}
		fmt.Printf("A new key seals from now on, and %d secrets are sealed with it anew.\n"+
			"Back up the key set: girosync key backup. Other hosts on the same databases need the new file at once.\n", sealed)
		return nil
	})
}
