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

type demoCommands struct {
	Run   demoCommand      `cmd:"" default:"withargs" help:"Run it."`
	Clock demoClockCommand `cmd:"" help:"Put the clock of a demonstration that runs ahead, day by day; without a time, show it."`
}

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
	config.Session.Lifetime = 100 * 365 * 24 * time.Hour // whoever puts the clock ahead stays logged in
	if err := os.MkdirAll(config.Server.DataDir, 0o700); err != nil {
		return err
	}
	clock, err := server.OpenDemoClock(config.Server.DataDir)
	if err != nil {
		return err
	}
	served := &standIns{}
	if c.StandIns {
		if served, err = serveStandIns(ctx, config); err != nil {
			return err
		}
		defer served.stop()
		served.follow(clock)
	}
	h, err := server.OpenDemo(ctx, config, logger(config, c.Verbose), clock)
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
			"  Stop it with Ctrl-C. The data is in %s.\n  See what a month brings: girosync demo clock +30d\n\n", time.Since(began).Seconds(), address, server.DemoDatabase, served,
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
