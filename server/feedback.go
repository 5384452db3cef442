package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/institution"
)

// Feedback is what a provider's author may be sent: counters by institution, as
// the provider lists it, and by how synchronisations ended. It names no person,
// account, amount, connection or database (S57).
type Feedback struct {
	Provider     string                `json:"provider"`
	Version      string                `json:"version,omitempty"`
	Until        string                `json:"until"` // a day
	Days         int64                 `json:"days"`
	Institutions []InstitutionFeedback `json:"institutions"`
}

// InstitutionFeedback counts the synchronisations of one institution.
type InstitutionFeedback struct {
	Identifier string           `json:"identifier"` // the provider's own
	Name       string           `json:"name"`
	OK         int64            `json:"ok"`
	Failed     int64            `json:"failed"`
	Outcomes   map[string]int64 `json:"outcomes"` // account.online.run's
}

// ErrNoFeedback: the configuration (plugins.feedback) does not name the provider.
var ErrNoFeedback = errors.New("feedback is switched off")

// Feedback makes the report about a provider over the last days, at most 90. Who
// gets it is up to whoever asks: the host sends it to nobody.
func (h *Host) Feedback(ctx context.Context, provider string, days int64) (Feedback, error) {
	if !slices.Contains(h.Config.Plugins.Feedback, provider) {
		return Feedback{}, fmt.Errorf("about %[1]s: %[2]w; to allow the report, write feedback = [%[1]q] under [plugins] in the "+
			"configuration", provider, ErrNoFeedback)
	}
	report := Feedback{Provider: provider, Until: time.Now().UTC().Format(time.DateOnly), Days: min(max(days, 1), 90),
		Institutions: []InstitutionFeedback{}}
	for _, p := range h.Plugins.List() {
		if p.Name == provider {
			report.Version = p.Version
		}
	}
	all, err := h.Health(ctx, days)
	if err != nil {
		return report, err
	}
	byBank := map[string]*InstitutionFeedback{}
	for _, health := range all {
		if health.ProviderName == provider {
			addFeedback(byBank, health.Health)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byBank)) {
		report.Institutions = append(report.Institutions, *byBank[id])
	}
	return report, nil
}

// addFeedback adds the figures of one database.
func addFeedback(byBank map[string]*InstitutionFeedback, h institution.Health) {
	f := byBank[h.Identifier]
	if f == nil {
		f = &InstitutionFeedback{Identifier: h.Identifier, Name: h.Name, Outcomes: map[string]int64{}}
		byBank[h.Identifier] = f
	}
	f.Failed += h.Failed
	f.OK += h.Succeeded()
	for outcome, n := range h.Outcomes {
		f.Outcomes[outcome] += n
	}
}

// DatabaseHealth is how an institution does in a database.
type DatabaseHealth struct {
	Database string
	institution.Health
}

// Health is how institutions do in some databases, all if none is named, the
// worst first.
func (h *Host) Health(ctx context.Context, days int64, names ...string) ([]DatabaseHealth, error) {
	if len(names) == 0 {
		var err error
		if names, err = h.Databases.Names(ctx); err != nil {
			return nil, err
		}
	}
	var all []DatabaseHealth
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
			all = append(all, DatabaseHealth{name, f})
		}
	}
	slices.SortStableFunc(all, func(a, b DatabaseHealth) int {
		return cmp.Or(cmp.Compare(b.Rate(), a.Rate()), cmp.Compare(b.Failed, a.Failed))
	})
	return all, nil
}
