package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

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
