package importing_test

import (
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/worldtest"
)

// mutants are faults that an import engine may have. Each stands between the
// parts of the desk, so that the engine itself has no switches.
func mutants() []fault {
	return []fault{
		{name: "no occurrence counter", told: func(t *importing.Told) { t.Booked = distinct(t.Booked, map[string]bool{}) }},
		{name: "no alias", alias: func(*importing.Alias) bool { return false }},
		{name: "a retired alias is alive", alias: func(a *importing.Alias) bool { a.Retired = false; return true }},
		{name: "coverage and cursor before the lines", early: true},
		{name: "pages applied at once, occurrences counted per page", perPage: true},
		{name: "pending imported", told: func(t *importing.Told) { t.Booked, t.Pending = append(t.Booked, t.Pending...), nil }},
		{name: "tombstone ignored", forgets: true},
		{name: "lock date ignored", rule: func(r *importing.WindowRule) { r.LockDate = "" }},
		{name: "floor ignored", told: func(t *importing.Told) { t.Floor = "" }},
		{name: "no look-back", rule: func(r *importing.WindowRule) { r.LookBack = 0 }},
		{name: "holes do not heal", rule: func(r *importing.WindowRule) {
			r.Coverage = importing.Coverage{{From: r.Today.AddDays(-1), To: r.Today}}
		}},
		{name: "account identity by consent", identity: func(f importing.AccountFacts) string { return f.Provider + f.ID }},
		{name: "account identity by provider", identity: func(f importing.AccountFacts) string { return f.Provider }},
		{name: "cursor of another consent kept", keepsCursor: true},
		{name: "another consent not noticed", told: func(t *importing.Told) { t.Anew = false }},
		{name: "removed ignored", told: func(t *importing.Told) { t.Removed = nil }},
		{name: "modified ignored", plan: func(p *importing.Plan) { p.Changes = nil }},
		{name: "ids trusted that are not stable", told: func(t *importing.Told) { t.StableIDs = true }},
		{name: "shared ids taken for one payment", told: func(t *importing.Told) { t.Shared = nil }},
		{name: "other sources not seen", known: func(t *importing.Told, known []*importing.Known) (own []*importing.Known) {
			for _, k := range known {
				if k.Source == t.Source {
					own = append(own, k)
				}
			}
			return own
		}},
		{name: "fuzzy matches merged silently", plan: func(p *importing.Plan) {
			for i := range p.New {
				if p.New[i].Doubt != nil {
					p.New[i].Status = importing.Removed
				}
			}
		}},
	}
}

// distinct keeps the first of equal entries without ids.
func distinct(list []importing.Entry, seen map[string]bool) []importing.Entry {
	var kept []importing.Entry
	for _, e := range list {
		print := importing.Fingerprint(&e)
		if e.ID == "" && seen[print] {
			continue
		}
		seen[print] = true
		kept = append(kept, e)
	}
	return kept
}

// enoughHistories is in how many histories a fault must be found.
const enoughHistories = 400

// TestWorldCatchesEveryMutant holds the world test to finding each fault.
func TestWorldCatchesEveryMutant(t *testing.T) {
	for _, f := range mutants() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(enoughHistories) {
				s := worldtest.Make(seed + 1)
				if _, err := play(s, f); err == nil {
					continue
				}
				if _, err := play(s, fault{}); err != nil {
					t.Fatalf("history %d fails without the fault: %v", seed+1, err)
				}
				if !testing.Verbose() {
					return
				}
				short := worldtest.Shrink(s, func(s *worldtest.Script) bool {
					_, err := play(s, f)
					_, sound := play(s, fault{})
					return err != nil && sound == nil
				})
				_, err := play(short, f)
				t.Logf("caught in history %d; shortest:\n%s%v", seed+1, short, err)
				return
			}
			t.Errorf("not caught in %d histories", enoughHistories)
		})
	}
}
