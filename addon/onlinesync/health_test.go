package onlinesync_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// Administrators see which institutions fail, how often, why and since when; what
// waits for a user is no failure, and what lies further back does not count.
func TestWhichInstitutionsFail(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		l := &lister{script: newScript(iban), list: fullList(2)}
		r.banks["script"] = l
		if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
			t.Fatal(err)
		}
		bad := r.connect("bank-00", -1, nil)
		l.accounts = []sdk.Account{second}
		user := r.connect("bank-01", -1, nil)
		r.work() // two that are well
		for _, step := range []struct {
			link float64
			kind sdk.Kind
		}{{bad, sdk.BankUnavailable}, {bad, sdk.Internal}, {bad, sdk.BankUnavailable}, {user, sdk.NeedsUser}} {
			r.later(time.Hour)
			l.failWith("", sdk.Errorf(step.kind, "no"))
			r.sync(step.link)
		}
		want := []any{object{"institution_id": []any{r.bank("bank-00"), "Listed bank-00"}, "connections": 1.0, "runs": 4.0, "failed": 3.0,
			"failure_rate": 0.75, "outcomes": object{"nothing_new": 1.0, "bank_unavailable": 2.0, "failed": 1.0},
			"main_error": "bank_unavailable", "failing_since": "2026-06-17 10:30:00"}}
		failing := func() []any {
			t.Helper()
			list := r.call("account.online.institution", "failing_institutions").([]any)
			for _, f := range list {
				delete(f.(object), "provider_id")
			}
			return list
		}
		if diff := cmp.Diff(want, failing()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		l.failWith("", nil)
		r.later(time.Hour)
		r.sync(bad)
		if again := failing(); len(again) != 1 || again[0].(object)["failing_since"] != false || again[0].(object)["failed"] != 3.0 {
			t.Errorf("well again: %v", again)
		}
		r.later(8 * 24 * time.Hour)
		if old := failing(); len(old) != 0 {
			t.Errorf("a week later: %v", old)
		}
	})
}

// Nobody but administrators is told which institutions fail.
func TestFailingInstitutionsAreForAdministrators(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	manager := r.user("manager", "account.group_account_manager")
	if _, err := r.tryAs(manager, "account.online.institution", "failing_institutions"); err == nil ||
		!strings.Contains(err.Error(), "administrators") {
		t.Errorf("an accountant: %v", err)
	}
}

// The figures cost the same however many runs lie further back.
func TestHealthCostsNoMoreWithAge(t *testing.T) {
	r := countedRig(t, ormtest.SQLite)
	r.banks["script"] = &lister{script: newScript(iban), list: fullList(1)}
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	link := r.connect("bank-00", -1, nil)
	r.work()
	cost := func() ormtest.Cost {
		return r.cost.Of(func() {
			if all, err := r.addon.Health(t.Context(), r.db, 7); err != nil || len(all) != 1 {
				t.Fatalf("%v, %v", all, err)
			}
		})
	}
	young := cost()
	young.By = maps.Clone(young.By)
	err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		old := make([]orm.Values, 500)
		for i := range old {
			old[i] = orm.Values{"link_id": int64(link), "company_id": int64(1), "trigger": "scheduled", "state": "done",
				"outcome": "failed", "finished_at": r.clock().Add(-time.Duration(8*24+i) * time.Hour)}
		}
		_, err := env.Create("account.online.run", old...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(young, cost()); diff != "" || young.Statements == 0 {
		t.Errorf("the cost, young and old (-young +old):\n%s", diff)
	}
}
