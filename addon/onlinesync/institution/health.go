package institution

import (
	"cmp"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
)

// Health is how the synchronisations of an institution went over some days, over
// all connections that had any and are still there.
type Health struct {
	Institution   int64
	Name          string
	Identifier    string // the provider's own
	Provider      int64
	ProviderName  string // technical
	ProviderTitle string
	Connections   int
	Runs, Failed  int64            // done, and those of them that failed; what waits for a user did not
	Outcomes      map[string]int64 // by outcome
	MainError     string           // the outcome that most of the failed had; "" for none
	Since         time.Time        // of the first failure after the last success; zero when the last run did well
}

// Rate is the part of the runs that failed, from 0 to 1.
func (h *Health) Rate() float64 {
	if h.Runs == 0 {
		return 0
	}
	return float64(h.Failed) / float64(h.Runs)
}

// Succeeded is how many of the runs did what they were for.
func (h *Health) Succeeded() int64 {
	return h.Outcomes[record.OutcomeOK] + h.Outcomes[record.OutcomeNothingNew]
}

// Outcomes that are no failure: a user is needed, or the bank wants one.
var noFailures = []string{record.OutcomeOK, record.OutcomeNothingNew, record.OutcomeNeedsUser, record.OutcomeNotAllowed}

// Bounds of what one look takes in.
const (
	mostDays   = 90
	mostGroups = 100_000
	linkChunk  = 1000
)

// figures are how the runs of one connection that ended in one way on one day went.
type figures struct {
	link        int64
	outcome     string
	runs        int64
	first, last time.Time
}

// HealthOver tells how the synchronisations of institutions went over the last
// days, the worst first. One query over the index of the time at which runs ended
// makes the figures; the connections that it names are read by their ids. A
// host with so many that they exceed 100,000 groups of connection, outcome and day
// is told of that many. It needs a system environment.
func HealthOver(env *orm.Env, days int64) ([]Health, error) {
	from := env.Now().Add(-time.Duration(min(max(days, 1), mostDays)) * 24 * time.Hour)
	groups, err := env.Group(record.Runs, domain.All(domain.Where("finished_at", domain.Ge, from),
		domain.Where("link_id", domain.Ne, false), domain.Where("outcome", domain.Ne, false)),
		[]query.GroupBy{{Field: "link_id"}, {Field: "outcome"}, {Field: "finished_at", Granularity: "day"}},
		[]query.Aggregate{{Field: "__count"}, {Field: "finished_at", Func: "min"}, {Field: "finished_at", Func: "max"}},
		orm.GroupOptions{Limit: mostGroups})
	if err != nil {
		return nil, err
	}
	var (
		list  []figures
		links []int64
	)
	for _, g := range groups.List {
		f := figures{}
		f.link, _ = g.Keys[0].(int64)
		f.outcome, _ = g.Keys[1].(string)
		f.runs, _ = g.Figures[0].(int64)
		f.first, _ = g.Figures[1].(time.Time)
		f.last, _ = g.Figures[2].(time.Time)
		list, links = append(list, f), append(links, f.link)
	}
	slices.Sort(links)
	of, err := institutionsOf(env, slices.Compact(links))
	if err != nil {
		return nil, err
	}
	return gatherHealth(env, list, of)
}

// institutionsOf is which institution each connection is at.
func institutionsOf(env *orm.Env, links []int64) (map[int64]int64, error) {
	of := make(map[int64]int64, len(links))
	for chunk := range slices.Chunk(links, linkChunk) {
		rows, err := env.Read(record.Links, chunk, "institution_id")
		if err != nil {
			return nil, err
		}
		for row := range rows.All() {
			of[row.ID()] = row.Ref("institution_id")
		}
	}
	return of, nil
}

// gatherHealth adds up by institution.
func gatherHealth(env *orm.Env, list []figures, of map[int64]int64) ([]Health, error) {
	byID, connected, ids := map[int64]*Health{}, map[int64]map[int64]bool{}, []int64{}
	well := map[int64]time.Time{} // the last success
	for _, f := range list {
		id := of[f.link]
		if id == 0 {
			continue
		}
		h := byID[id]
		if h == nil {
			h = &Health{Institution: id, Outcomes: map[string]int64{}}
			byID[id], connected[id], ids = h, map[int64]bool{}, append(ids, id)
		}
		connected[id][f.link] = true
		h.Runs += f.runs
		h.Outcomes[f.outcome] += f.runs
		if f.outcome == record.OutcomeOK || f.outcome == record.OutcomeNothingNew {
			well[id] = later(well[id], f.last)
		} else if !slices.Contains(noFailures, f.outcome) {
			h.Failed += f.runs
		}
	}
	for _, f := range list {
		if h := byID[of[f.link]]; h != nil && !slices.Contains(noFailures, f.outcome) {
			h.failedBetween(f.first, f.last, well[h.Institution])
		}
	}
	all := make([]Health, 0, len(ids))
	for id, h := range byID {
		h.Connections, h.MainError = len(connected[id]), mainError(h.Outcomes)
		all = append(all, *h)
	}
	slices.SortFunc(all, func(a, b Health) int {
		return cmp.Or(cmp.Compare(b.Rate(), a.Rate()), cmp.Compare(b.Failed, a.Failed), cmp.Compare(a.Institution, b.Institution))
	})
	return all, nameHealth(env, all, ids)
}

// failedBetween notes failures from first to last, where the last success was well:
// of those of one day that began before it, the last stands for the first after it.
func (h *Health) failedBetween(first, last, well time.Time) {
	since := first
	if !first.After(well) {
		since = last
	}
	if since.After(well) && (h.Since.IsZero() || since.Before(h.Since)) {
		h.Since = since
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// mainError is the commonest failure.
func mainError(outcomes map[string]int64) (most string) {
	for _, o := range record.Outcomes {
		if !slices.Contains(noFailures, o.Value) && outcomes[o.Value] > outcomes[most] {
			most = o.Value
		}
	}
	return most
}

// nameHealth fills in the names.
func nameHealth(env *orm.Env, all []Health, ids []int64) error {
	slices.Sort(ids)
	at := make(map[int64]*Health, len(all))
	for i := range all {
		at[all[i].Institution] = &all[i]
	}
	providers, err := env.SearchRead(record.Providers, nil, []string{"name", "title"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, linkChunk) {
		rows, err := env.Read(record.Institutions, chunk, "name", "online_identifier", "provider_id")
		if err != nil {
			return err
		}
		for row := range rows.All() {
			h := at[row.ID()]
			h.Name, h.Identifier, h.Provider = row.Str("name"), row.Str("online_identifier"), row.Ref("provider_id")
			if p, ok := providers.ByID(h.Provider); ok {
				h.ProviderName, h.ProviderTitle = p.Str("name"), p.Str("title")
			}
		}
	}
	return nil
}

// failingInstitutions is HealthOver for administrators, of those that failed.
func failingInstitutions(env *orm.Env, call *orm.Call) (any, error) {
	if !env.HasGroup(base.GroupSystem) && !env.IsSystem() {
		return nil, fault.Say(fault.Denied, "sync.administrators_only", nil)
	}
	days, err := call.Int("days")
	if err != nil {
		return nil, err
	}
	limit, err := call.Int("limit")
	if err != nil {
		return nil, err
	}
	all, err := HealthOver(env.Sudo(), days)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for i := range all {
		if h := &all[i]; h.Failed > 0 && int64(len(out)) < min(max(limit, 1), 1000) {
			out = append(out, map[string]any{"institution_id": []any{h.Institution, h.Name},
				"provider_id": []any{h.Provider, h.ProviderTitle},
				"connections": h.Connections, "runs": h.Runs, "failed": h.Failed, "failure_rate": h.Rate(), "outcomes": h.Outcomes,
				"main_error": h.MainError, "failing_since": record.Moment(h.Since)})
		}
	}
	return out, nil
}
