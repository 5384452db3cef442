package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

type serveFlags struct {
	place
	Listen string `help:"Address to listen on." placeholder:"HOST:PORT"`
}

type serveCommand struct{ serveFlags }

func (c *serveCommand) Run(ctx context.Context) error {
	config, err := c.load(c.Listen)
	if err != nil {
		return err
	}
	h, err := server.Open(ctx, config, logger(config, c.Verbose))
	if err != nil {
		return err
	}
	defer h.Close()
	return h.Serve(ctx, nil, func(address string) {
		fmt.Printf("girosync %s serves http://%s (data in %s)\n", server.Version, address, where(config))
	})
}

func where(config conf.Config) string {
	if config.Database.URL != "" {
		return "PostgreSQL"
	}
	return config.Server.DataDir
}

// logger is the log of a host that runs.
func logger(config conf.Config, verbose bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: config.Log.Level}
	if verbose {
		options.Level = slog.LevelDebug
	}
	if config.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

type demoCommand struct{ serveFlags }

func (c *demoCommand) Run(ctx context.Context) error {
	config, err := c.load(c.Listen)
	if err != nil {
		return err
	}
	if err := loopbackOnly(config.Server.Listen); err != nil {
		return err
	}
	if c.Config == "" && !c.Verbose {
		config.Log.Level = slog.LevelWarn // the progress below says what happens
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
		fmt.Printf("\n  girosync demo is ready (%.1f s)\n\n  Open      http://%s\n  Database  %s\n  Login     admin\n  Password  admin\n\n"+
			"  Stop it with Ctrl-C. The data is in %s.\n\n", time.Since(began).Seconds(), address, server.DemoDatabase, where(config))
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
