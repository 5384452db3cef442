package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/institution"
	"github.com/girosync/girosync/server"
)

type pluginFeedback struct {
	place
	Name string `arg:"" help:"The provider."`
	Days int64  `default:"30" help:"How many days it is about, at most 90."`
}

// feedback is what a provider's author may be sent: counters by institution, as
// the provider lists it, and by how runs ended. It names no person, account,
// amount, connection or database.
type feedback struct {
	Provider     string                `json:"provider"`
	Version      string                `json:"version,omitempty"`
	Until        string                `json:"until"` // a day
	Days         int64                 `json:"days"`
	Institutions []institutionFeedback `json:"institutions"`
}

type institutionFeedback struct {
	Identifier string           `json:"identifier"`
	Name       string           `json:"name"`
	OK         int64            `json:"ok"`
	Failed     int64            `json:"failed"`
	Outcomes   map[string]int64 `json:"outcomes"`
}

// Run prints the report. It is made only where the configuration allows it, and
// sent by nobody but whoever reads it.
func (c *pluginFeedback) Run(ctx context.Context) error {
	return c.host(ctx, func(h *server.Host) error {
		if !slices.Contains(h.Config.Plugins.Feedback, c.Name) {
			return fmt.Errorf("feedback about %[1]s is switched off; to allow this report, write feedback = [%[1]q] under [plugins] "+
				"in the configuration", c.Name)
		}
		report := feedback{Provider: c.Name, Until: time.Now().UTC().Format(time.DateOnly), Days: min(max(c.Days, 1), 90),
			Institutions: []institutionFeedback{}}
		for _, p := range h.Plugins.List() {
			if p.Name == c.Name {
				report.Version = p.Version
			}
		}
		all, err := healthEverywhere(ctx, h, c.Days)
		if err != nil {
			return err
		}
		byBank := map[string]*institutionFeedback{}
		for _, health := range all {
			if health.ProviderName == c.Name {
				report.add(byBank, health.Health)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(byBank)) {
			report.Institutions = append(report.Institutions, *byBank[id])
		}
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(report)
	})
}

// add adds the figures of one database.
func (r *feedback) add(byBank map[string]*institutionFeedback, h institution.Health) {
	f := byBank[h.Identifier]
	if f == nil {
		f = &institutionFeedback{Identifier: h.Identifier, Name: h.Name, Outcomes: map[string]int64{}}
		byBank[h.Identifier] = f
	}
	f.Failed += h.Failed
	for outcome, n := range h.Outcomes {
		f.Outcomes[outcome] += n
		if outcome == "ok" || outcome == "nothing_new" {
			f.OK += n
		}
	}
}

// databaseHealth is how an institution does in a database.
type databaseHealth struct {
	database string
	institution.Health
}

// healthEverywhere is how institutions do in all databases, the worst first.
func healthEverywhere(ctx context.Context, h *server.Host, days int64, only ...string) ([]databaseHealth, error) {
	names := only
	if len(names) == 0 {
		var err error
		if names, err = h.Databases.Names(ctx); err != nil {
			return nil, err
		}
	}
	var all []databaseHealth
	for _, name := range names {
		db, err := h.Databases.Open(ctx, name)
		if err != nil {
			return nil, err
		}
		found, err := h.Sync.Health(ctx, db, days)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			all = append(all, databaseHealth{name, f})
		}
	}
	slices.SortStableFunc(all, func(a, b databaseHealth) int {
		return cmp.Or(cmp.Compare(b.Rate(), a.Rate()), cmp.Compare(b.Failed, a.Failed))
	})
	return all, nil
}
