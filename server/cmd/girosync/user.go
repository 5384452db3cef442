package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/server"
)

type userCommands struct {
	Add    userAdd    `cmd:"" help:"Add a user."`
	Passwd userPasswd `cmd:"" help:"Change a password."`
	APIKey userAPIKey `cmd:"" name:"api-key" help:"Make an API key, printed once, alone on the last line; or list and revoke keys."`
}

type userFlags struct {
	place
	DB    string `name:"db" required:"" help:"Database." placeholder:"NAME"`
	Login string `required:"" help:"The user's login." placeholder:"LOGIN"`
	JSON  bool   `help:"For machines."`
}

// printUser says what was done, and a password that was made, once.
func (f userFlags) printUser(said, password string) error {
	if f.JSON {
		out := map[string]string{"database": f.DB, "login": f.Login}
		if password != "" {
			out["password"] = password
		}
		return json.NewEncoder(os.Stdout).Encode(out)
	}
	fmt.Println(said)
	if password != "" {
		fmt.Printf("Password (shown once): %s\n", password)
	}
	return nil
}

// asSystem does something in a database with all rights.
func (f userFlags) asSystem(ctx context.Context, do func(h *server.Host, env *orm.Env) error) error {
	return f.within(ctx, f.DB, func(h *server.Host, db *orm.Database) error {
		return db.Within(ctx, orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error { return do(h, env) })
	})
}

func (f userFlags) find(env *orm.Env) (int64, error) {
	ids, err := env.Search("res.users", domain.Where("login", domain.Eq, f.Login), orm.SearchOptions{Limit: 1, Archived: true})
	if err == nil && len(ids) == 0 {
		err = fmt.Errorf("there is no user %s in %s", f.Login, f.DB)
	}
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

type userAdd struct {
	userFlags
	PasswordStdin bool     `help:"Read the password from standard input."`
	Name          string   `help:"The person's name; the login if empty."`
	Group         []string `help:"External id of a group, several times." default:"base.group_user" placeholder:"XMLID"`
}

func (c *userAdd) Run(ctx context.Context) error {
	password, generated, err := newPassword(c.PasswordStdin, c.Login)
	if err != nil {
		return err
	}
	var weak error // as with db init, who sets up this machine chooses freely, and is told
	err = c.asSystem(ctx, func(h *server.Host, env *orm.Env) error {
		weak = h.Base.CheckPolicy(env, password)
		groups, err := groupIDs(env, c.Group)
		if err != nil {
			return err
		}
		home, err := base.Ref(env, "base.main_company")
		if err != nil {
			return err
		}
		name := c.Name
		if name == "" {
			name = c.Login
		}
		_, err = env.Create("res.users", orm.Values{
			"name": name, "login": c.Login, "password": password, "company_id": home,
			"company_ids": []orm.Command{{Op: orm.CommandSet, IDs: []int64{home}}},
			"groups_id":   []orm.Command{{Op: orm.CommandSet, IDs: groups}},
		})
		return err
	})
	if err != nil {
		return err
	}
	if weak != nil {
		fmt.Fprintln(os.Stderr, "A weak password: "+plain(weak).Error())
	}
	return c.printUser(fmt.Sprintf("User %s is added to %s.", c.Login, c.DB), made(password, generated))
}

// made is a password if it was generated; one that its owner chose is never shown.
func made(password string, generated bool) string {
	if generated {
		return password
	}
	return ""
}

// groupIDs resolves groups; every user is an internal one too.
func groupIDs(env *orm.Env, xmlids []string) ([]int64, error) {
	var ids []int64
	var errs []error
	for _, xmlid := range append([]string{base.GroupUser}, xmlids...) {
		id, err := base.Ref(env, xmlid)
		if err != nil {
			errs = append(errs, fmt.Errorf("there is no group %s", xmlid))
			continue
		}
		ids = append(ids, id)
	}
	return ids, errors.Join(errs...)
}

type userPasswd struct {
	userFlags
	PasswordStdin bool `help:"Read the password from standard input."`
}

func (c *userPasswd) Run(ctx context.Context) error {
	password, generated, err := newPassword(c.PasswordStdin, c.Login)
	if err != nil {
		return err
	}
	err = c.asSystem(ctx, func(h *server.Host, env *orm.Env) error {
		if err := h.Base.CheckPolicy(env, password); err != nil {
			return err
		}
		id, err := c.find(env)
		if err != nil {
			return err
		}
		env.AfterCommit(func() { _ = h.Forgive(ctx, c.DB, c.Login) }) // else the locks end by themselves
		return env.Write("res.users", []int64{id}, orm.Values{"password": password})
	})
	if err != nil {
		return err
	}
	return c.printUser(fmt.Sprintf("The password of %s is changed.", c.Login), made(password, generated))
}
