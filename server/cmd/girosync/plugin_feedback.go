package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/girosync/girosync/server"
)

type pluginFeedback struct {
	place
	Name string `arg:"" help:"The provider."`
	Days int64  `default:"30" help:"How many days it is about, at most 90."`
}

// Run prints the report. It is sent by nobody but whoever reads it.
func (c *pluginFeedback) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		report, err := h.Feedback(ctx, c.Name, c.Days)
		if err != nil {
			return err
		}
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(report)
	})
}
