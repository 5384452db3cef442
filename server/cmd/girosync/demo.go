package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/girosync/girosync/server"
)

type demoCommand struct {
	serveFlags
	StandIns bool `help:"Serve stand-ins of real services beside it." default:"true" negatable:""`
}

func (c *demoCommand) Run(ctx context.Context) error {
	config, err := c.load(c.Listen)
	if err != nil {
		return err
	}
	if err := loopbackOnly(config.Server.Listen); err != nil {
		return err
	}
	config.Plugins.Demo = true
	if c.Config == "" && !c.Verbose {
		config.Log.Level = slog.LevelWarn // the progress below says what happens
	}
	served := &standIns{}
	if c.StandIns {
		if served, err = serveStandIns(ctx, config); err != nil {
			return err
		}
		defer served.stop()
	}
	h, err := server.Open(ctx, config, logger(config, c.Verbose))
	if err != nil {
		return err
	}
	defer h.Close()
	began, address := time.Now(), ""
	bar := newProgress(os.Stderr)
	return h.Serve(ctx, func(ctx context.Context) error {
		err := h.Demo(ctx, bar.step)
		bar.end()
		if err != nil {
			return err
		}
		fmt.Printf("\n  girosync demo is ready (%.1f s)\n\n  Open      http://%s\n  Database  %s\n  Login     admin\n  Password  admin\n\n%s"+
			"  Stop it with Ctrl-C. The data is in %s.\n\n", time.Since(began).Seconds(), address, server.DemoDatabase, served,
			where(config))
		return nil
	}, func(a string) { address = a })
}

// loopbackOnly keeps the well-known password of the demonstration off networks.
func loopbackOnly(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("demo listens on loopback only (its password is known to everyone), not on %s", listen)
	}
	return nil
}
