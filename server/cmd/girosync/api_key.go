package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/server"
)

type userAPIKey struct {
	userFlags
	Name    string `help:"What the key is for." default:"command line"`
	Expires string `help:"When it expires: a date as 2027-01-31, or a time from now as 30d or 12h; never if empty." placeholder:"WHEN"`
	Scope   string `help:"What it is good for: rpc is calls." default:"rpc"`
	List    bool   `help:"List the user's keys instead." xor:"do"`
	Revoke  int64  `help:"Revoke the key with this id instead." xor:"do" placeholder:"ID"`
}

func (c *userAPIKey) Run(ctx context.Context) error {
	return c.asSystem(ctx, func(_ *server.Host, env *orm.Env) error {
		user, err := c.find(env)
		switch {
		case err != nil:
			return err
		case c.List:
			return c.list(env, user)
		case c.Revoke != 0:
			return c.revoke(env, user)
		}
		return c.make(env, user)
	})
}

// make prints a key when it is committed: one that is shown is one that works.
func (c *userAPIKey) make(env *orm.Env, user int64) error {
	expires, err := parseExpiry(c.Expires, env.Now())
	if err != nil {
		return err
	}
	key, err := base.MakeAPIKey(env, user, base.KeyOptions{Name: c.Name, Scope: c.Scope, Expires: expires})
	if err != nil {
		return err
	}
	env.AfterCommit(func() {
		if c.JSON {
			_ = json.NewEncoder(os.Stdout).Encode(map[string]string{"database": c.DB, "login": c.Login, "name": c.Name, "key": key})
			return
		}
		fmt.Println(key)
	})
	return nil
}

// parseExpiry reads a date, whose day is the last, or a time from now.
func parseExpiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	if number, ok := strings.CutSuffix(text, "d"); ok {
		if days, err := strconv.Atoi(number); err == nil && days > 0 {
			return now.AddDate(0, 0, days), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(d), nil
	}
	return time.Time{}, fmt.Errorf("--expires %q: want a date as 2027-01-31, or a time from now as 30d or 12h", text)
}

// keyLine is a key as it is listed.
type keyLine struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Scope   string `json:"scope"`
	Made    string `json:"made"`
	Expires string `json:"expires"`
}

func (c *userAPIKey) list(env *orm.Env, user int64) error {
	rows, err := env.SearchRead("res.users.apikeys", domain.Where("user_id", domain.Eq, user),
		[]string{"name", "scope", "create_date", "expiration_date"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	lines := []keyLine{}
	for row := range rows.All() {
		line := keyLine{ID: row.ID(), Name: row.Str("name"), Scope: row.Str("scope"), Made: row.Time("create_date").Format(time.RFC3339),
			Expires: "never"}
		if expires := row.Time("expiration_date"); !expires.IsZero() {
			line.Expires = expires.Format(time.RFC3339)
		}
		lines = append(lines, line)
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(lines)
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "ID\tNAME\tSCOPE\tMADE\tEXPIRES")
	for _, l := range lines {
		fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\n", l.ID, l.Name, l.Scope, l.Made, l.Expires)
	}
	return out.Flush()
}

func (c *userAPIKey) revoke(env *orm.Env, user int64) error {
	found, err := env.Search("res.users.apikeys",
		domain.All(domain.Where("user_id", domain.Eq, user), domain.Where("id", domain.Eq, c.Revoke)), orm.SearchOptions{})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New(c.Login + " has no key " + strconv.FormatInt(c.Revoke, 10) + "; see --list")
	}
	if err := env.Unlink("res.users.apikeys", found); err != nil {
		return err
	}
	env.AfterCommit(func() {
		if c.JSON {
			_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"database": c.DB, "login": c.Login, "revoked": c.Revoke})
			return
		}
		fmt.Printf("Key %d of %s is revoked.\n", c.Revoke, c.Login)
	})
	return nil
}
