package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/girosync/girosync/server"
)

type doctorCommand struct {
	place
	JSON bool `help:"For machines."`
}

// finding is the result of one check.
type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

func (c *doctorCommand) Run(ctx context.Context) error {
	var list []finding
	note := func(check string, err error, detail string) {
		f := finding{Check: check, OK: err == nil, Detail: detail}
		if err != nil {
			f.Detail = strings.TrimSpace(err.Error())
		}
		list = append(list, f)
		if !c.JSON {
			mark := "ok   "
			if !f.OK {
				mark = "FAIL "
			}
			fmt.Printf("%s %-28s %s\n", mark, f.Check, f.Detail)
		}
	}
	config, err := c.load("")
	note("configuration", err, c.Config)
	if err == nil {
		var h *server.Host
		h, err = server.Open(ctx, config, c.log())
		note("system store and key set", err, where(config))
		if err == nil {
			c.examine(ctx, h, note)
			err = h.Close()
		}
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(list); err != nil {
			return err
		}
	}
	for _, f := range list {
		if !f.OK {
			return errors.Join(errors.New("something needs attention"), err)
		}
	}
	return err
}

// examine looks at databases, plugins and the addresses that they need.
func (c *doctorCommand) examine(ctx context.Context, h *server.Host, note func(check string, err error, detail string)) {
	names, err := h.Databases.Names(ctx)
	note("databases", err, fmt.Sprintf("%d", len(names)))
	files := h.Config.Database.URL == "" // PostgreSQL looks after its own pages
	if files {
		note("pages of the system store", h.Databases.CheckSystem(ctx), "none is damaged")
	}
	for _, name := range names {
		if files {
			note("pages of "+name, h.Databases.Check(ctx, name), "none is damaged")
		}
		db, err := h.Databases.Open(ctx, name)
		note("database "+name, err, "")
		if err == nil {
			note("credentials of "+name, h.CheckSecrets(ctx, db), "the key set opens them")
		}
	}
	if h.HasReaderSettings() {
		note("settings for statement files", h.CheckReaders(ctx), "a table is read with them")
	}
	c.mail(ctx, h, note)
	for _, p := range h.Plugins.List() {
		_, err := h.Plugins.Capabilities(ctx, p.Name)
		info, _ := h.Plugins.Info(p.Name)
		note("plugin "+p.Name, err, info.Version)
		for _, address := range info.Description.AddressesFor(h.Config.Providers[p.Name]) {
			reached, cancel := context.WithTimeout(ctx, 10*time.Second)
			note("address "+address, server.Reach(reached, address), "DNS, TCP, TLS and HTTP answer")
			cancel()
		}
	}
}

// mail reaches the mail server, where there is one.
func (c *doctorCommand) mail(ctx context.Context, h *server.Host, note func(check string, err error, detail string)) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	detail, err := h.CheckMail(ctx)
	note("e-mail", err, detail)
}
