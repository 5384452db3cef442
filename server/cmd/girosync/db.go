package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/server"
)

type dbCommands struct {
	List    dbList    `cmd:"" help:"List databases."`
	Init    dbInit    `cmd:"" help:"Make a database with its administrator 'admin'."`
	Drop    dbDrop    `cmd:"" help:"Delete a database with all it holds."`
	Dump    dbDump    `cmd:"" help:"Write a database into one portable file."`
	Restore dbRestore `cmd:"" help:"Make a database of a dump."`
	Copy    dbCopy    `cmd:"" help:"Copy a database, also to another kind of store."`
}

type dbList struct {
	place
	JSON bool `help:"For machines."`
}

func (c *dbList) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		names, err := h.Databases.Names(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(names)
		}
		for _, name := range names {
			fmt.Println(name)
		}
		if len(names) == 0 {
			fmt.Fprintln(os.Stderr, "There are no databases yet; make one with: girosync db init NAME")
		}
		return nil
	})
}

type dbInit struct {
	place
	Name          string `arg:"" help:"Name of the new database."`
	PasswordStdin bool   `help:"Read the administrator's password from standard input."`
	Company       string `help:"Name of the company." default:"My Company"`
	Currency      string `help:"Its currency, ISO 4217." default:"USD"`
	Country       string `help:"Its country, ISO 3166-1." default:"US"`
	JSON          bool   `help:"For machines."`
}

func (c *dbInit) Run(ctx context.Context) error {
	password, generated, err := newPassword(c.PasswordStdin, "admin")
	if err != nil {
		return err
	}
	return c.host(ctx, func(h *server.Host) error {
		shown := newProgress(os.Stderr)
		db, err := h.Databases.Init(ctx, c.Name, addon.Setup{
			Company: c.Company, Currency: strings.ToUpper(c.Currency), Country: strings.ToUpper(c.Country), Password: password,
			Journals: true,
		}, shown.step)
		if err != nil {
			shown.end()
			return err
		}
		shown.step(0, 0, "institutions")
		err = h.Prepare(ctx, db)
		shown.end()
		if err != nil { // the database is made, and a host tries this again
			fmt.Fprintln(os.Stderr, "Not all institutions could be listed: "+strings.TrimSpace(plain(err).Error()))
		}
		if c.JSON {
			out := map[string]string{"database": c.Name, "login": "admin"}
			if generated {
				out["password"] = password
			}
			return json.NewEncoder(os.Stdout).Encode(out)
		}
		fmt.Printf("Database %s is ready. Login: admin\n", c.Name)
		if generated {
			fmt.Printf("Password (shown once): %s\n", password)
		}
		return nil
	})
}

// newPassword is a password for login: from standard input, asked on a
// terminal, or generated.
func newPassword(stdin bool, login string) (password string, generated bool, err error) {
	if stdin {
		text, err := io.ReadAll(io.LimitReader(os.Stdin, 4096))
		if err != nil {
			return "", false, fmt.Errorf("read the password: %w", err)
		}
		if password = strings.TrimRight(string(text), "\r\n"); password == "" {
			return "", false, errors.New("the password on standard input is empty")
		}
		return password, false, nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return rand.Text(), true, nil
	}
	fmt.Fprintf(os.Stderr, "Password for %s (empty: one is made): ", login)
	typed, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", false, fmt.Errorf("read the password: %w", err)
	}
	if len(typed) == 0 {
		return rand.Text(), true, nil
	}
	return string(typed), false, nil
}

type dbDrop struct {
	place
	Name string `arg:"" help:"Database."`
	Yes  bool   `help:"Do not ask." short:"y"`
	JSON bool   `help:"For machines."`
}

func (c *dbDrop) Run(ctx context.Context) error {
	if !c.Yes {
		fmt.Fprintf(os.Stderr, "This deletes the database %s with all it holds. Type its name to go on: ", c.Name)
		var typed string
		if _, err := fmt.Fscanln(os.Stdin, &typed); err != nil || typed != c.Name {
			return errors.New("nothing was deleted")
		}
	}
	return c.host(ctx, func(h *server.Host) error {
		if err := h.Databases.Drop(ctx, c.Name); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(map[string]any{"database": c.Name, "deleted": true})
		}
		fmt.Printf("Database %s is deleted.\n", c.Name)
		return nil
	})
}
