package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/girosync/girosync/server"
)

type institutionCommands struct {
	Failing institutionsFailing `cmd:"" help:"List the institutions whose synchronisations fail, the worst first."`
}

type institutionsFailing struct {
	place
	DB   string `name:"db" help:"One database; all otherwise." placeholder:"NAME"`
	Days int64  `default:"7" help:"How many days to look at, at most 90."`
	JSON bool   `help:"For machines."`
}

// failingRow is an institution as --json prints it.
type failingRow struct {
	Database    string           `json:"database"`
	Institution string           `json:"institution"`
	Identifier  string           `json:"identifier"`
	Provider    string           `json:"provider"`
	Connections int              `json:"connections"`
	Runs        int64            `json:"runs"`
	Failed      int64            `json:"failed"`
	Rate        float64          `json:"failure_rate"`
	Outcomes    map[string]int64 `json:"outcomes"`
	MainError   string           `json:"main_error"`
	Since       string           `json:"failing_since,omitempty"` // RFC 3339; none where the last run did well
}

func (c *institutionsFailing) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		var only []string
		if c.DB != "" {
			only = []string{c.DB}
		}
		all, err := h.Health(ctx, c.Days, only...)
		if err != nil {
			return err
		}
		list := []failingRow{}
		for _, f := range all {
			if f.Failed == 0 {
				continue
			}
			row := failingRow{Database: f.Database, Institution: f.Name, Identifier: f.Identifier, Provider: f.ProviderName,
				Connections: f.Connections, Runs: f.Runs, Failed: f.Failed, Rate: f.Rate(), Outcomes: f.Outcomes, MainError: f.MainError}
			if !f.Since.IsZero() {
				row.Since = f.Since.UTC().Format(time.RFC3339)
			}
			list = append(list, row)
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(list)
		}
		return printFailing(list, c.Days)
	})
}

func printFailing(list []failingRow, days int64) error {
	if len(list) == 0 {
		fmt.Printf("No synchronisation failed in the last %d days.\n", days)
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "DATABASE\tPROVIDER\tINSTITUTION\tCONNECTIONS\tRUNS\tFAILED\tMAIN ERROR\tFAILING SINCE")
	for _, r := range list {
		since := r.Since
		if since == "" {
			since = "well again"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d (%.0f %%)\t%s\t%s\n", r.Database, r.Provider, r.Institution, r.Connections, r.Runs, r.Failed,
			100*r.Rate, r.MainError, since)
	}
	return w.Flush()
}
