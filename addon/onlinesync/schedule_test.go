package onlinesync_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

func TestConnectionsAndProvidersHaveIntervalsOfTheirOwn(t *testing.T) { // S25
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.work()
		began := r.clock()
		at := func(hours int) string { return began.Add(time.Duration(hours) * time.Hour).Format(time.DateTime) }
		next := func() any { return r.link(link)["next_refresh"] }
		provider := r.rows("account.online.provider", []any{leaf("name", "=", "script")}, "id")[0]["id"]
		set := func(model string, id, hours any) error {
			_, err := r.try(model, "write", []any{id}, object{"interval_hours": hours})
			return err
		}
		if next() != at(12) {
			t.Fatalf("by itself: %v", next())
		}
		if err := set("account.online.link", link, 6); err != nil || next() != at(6) {
			t.Errorf("its own six hours: %v, %v", next(), err)
		}
		for _, wrong := range []int{-1, 721, 100_000} {
			for model, id := range map[string]any{"account.online.link": link, "account.online.provider": provider} {
				if err := set(model, id, wrong); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s with %d hours: %v", model, wrong, err)
				}
			}
		}
		if next() != at(6) {
			t.Errorf("after what was refused: %v", next())
		}
		r.later(6 * time.Hour)
		asked := s.fetched()
		r.sweepAndWork()
		if s.fetched() != asked+1 || next() != at(12) {
			t.Errorf("six hours later it was fetched %d times, the next is %v", s.fetched()-asked, next())
		}
		if err := set("account.online.link", link, 0); err != nil || next() != at(18) {
			t.Errorf("as the database says again: %v, %v", next(), err)
		}
		if err := set("account.online.provider", provider, 24); err != nil {
			t.Error(err)
		}
		r.later(12 * time.Hour)
		r.sweepAndWork()
		if next() != at(18+24) {
			t.Errorf("as its provider says: %v", next())
		}
	})
}

func TestAPausedProviderIsNotAskedUnattended(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.work()
		provider := r.rows("account.online.provider", []any{leaf("name", "=", "script")}, "id")[0]["id"]
		r.call("account.online.provider", "write", []any{provider}, object{"paused": true})
		_, err := r.try("account.online.provider", "write", []any{provider}, object{"checksum": "x"})
		if kept := r.rows("account.online.provider", []any{leaf("checksum", "=", "x")}, "id"); len(kept) > 0 {
			t.Errorf("what is the host's own can be written, %v", err)
		}
		asked := s.fetched()
		r.later(13 * time.Hour)
		r.sweepAndWork()
		if s.fetched() != asked {
			t.Error("it was asked by the schedule")
		}
		if r.sync(link); s.fetched() != asked+1 {
			t.Error("a user cannot ask it")
		}
		r.call("account.online.provider", "write", []any{provider}, object{"paused": false})
		r.later(12 * time.Hour)
		if r.sweepAndWork(); s.fetched() != asked+2 {
			t.Errorf("when it goes on it was asked %d times", s.fetched()-asked-1)
		}
	})
}

// dueLinks makes so many connections that are due now.
func (r *rig) dueLinks(n int) {
	r.t.Helper()
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		provider, err := env.Search("account.online.provider", domain.Where("name", domain.Eq, "demo"), orm.SearchOptions{})
		rows := make([]orm.Values, n)
		for i := range rows {
			rows[i] = orm.Values{"name": fmt.Sprintf("Bank %d", i), "provider_id": provider[0], "company_id": int64(1),
				"uuid": base.NewUUID(), "auto_sync": true, "next_refresh": env.Now().Add(-time.Hour)}
		}
		if err == nil {
			_, err = env.Create("account.online.link", rows...)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestManyThatAreDueAtOnceAreSpread(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			costs := map[int]int{}
			for _, n := range []int{50, 400} {
				r := countedRig(t, kind)
				r.dueLinks(n)
				costs[n] = r.cost.Of(func() {
					if err := r.addon.Sweep(t.Context(), r.db); err != nil {
						t.Fatal(err)
					}
				}).Statements
				due := r.due()
				slices.SortFunc(due, time.Time.Compare)
				window := 30 * time.Minute
				if len(due) != n || due[0].Before(r.clock()) || !due[n-1].Before(r.clock().Add(window)) || len(r.woken) != 0 {
					t.Fatalf("%d runs from %v to %v, %d woken", len(due), due[0], due[n-1], len(r.woken))
				}
				for quarter := range 4 {
					from := r.clock().Add(time.Duration(quarter) * window / 4)
					in := 0
					for _, at := range due {
						if !at.Before(from) && at.Before(from.Add(window/4)) {
							in++
						}
					}
					if in < n/8 {
						t.Errorf("%d of %d begin in quarter %d", in, n, quarter)
					}
				}
				if err := r.addon.Sweep(t.Context(), r.db); err != nil {
					t.Fatal(err)
				}
				if again := len(r.due()); again != n {
					t.Errorf("the next sweep made %d runs of %d", again, n)
				}
			}
			if costs[400] > costs[50]+10 {
				t.Errorf("the statements of a sweep, by connections: %v", costs)
			}
		})
	}
}

// due lists when the queued runs may begin; no user sees it.
func (r *rig) due() (list []time.Time) {
	r.t.Helper()
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		list = nil
		rows, err := env.SearchRead("account.online.run", domain.Where("state", domain.Eq, "queued"), []string{"due"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		for row := range rows.All() {
			list = append(list, row.Time("due"))
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}
