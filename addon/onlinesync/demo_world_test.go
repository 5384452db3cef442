package onlinesync_test

import (
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/query"
)

// TestWeeksOfADemoBankBalance synchronises a household's accounts for weeks, in
// which payments wait, post under new ids, vanish, come late, change and are
// taken back, and renews the consent on the way. What the bank reports as
// balance and what the lines sum up to must stay equally far apart.
func TestWeeksOfADemoBankBalance(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		link := r.connect("demo-checking", -1, nil)
		r.work()
		apart := r.apart()
		if len(apart) < 3 {
			t.Fatalf("%d accounts with a balance", len(apart))
		}
		start := r.count("account.bank.statement.line")
		updated, removed := 0.0, 0.0
		weeks := 9
		if r.folder == "" {
			weeks = 3 // PostgreSQL: enough to see that it behaves alike
		}
		for week := range weeks {
			for _, hours := range []int{7, 41, 13, 60, 47} {
				r.later(time.Duration(hours) * time.Hour)
				run := r.sync(link)
				if run["error_message"] != false {
					t.Fatalf("week %d: %v", week, run)
				}
				updated += run["updated"].(float64)
				removed += run["removed"].(float64)
			}
			if week == 1 {
				renewed := r.call("account.online.link", "action_update_credentials", []any{link}).(object)
				renewed = r.submit(renewed, object{"user": "jane", "password": "secret"})
				ids := []any{}
				for _, a := range stepOf(renewed)["accounts"].([]any) {
					ids = append(ids, a.(object)["id"])
				}
				if renewed = r.submit(renewed, object{"accounts": ids}); renewed["state"] != "done" || renewed["link_id"] != link {
					t.Fatalf("renewal: %v (S65)", renewed)
				}
				r.work()
			}
			now := r.apart()
			for id, was := range apart {
				if !now[id].Equal(was) {
					t.Fatalf("week %d: account %d: balance and lines are %s apart, were %s", week, id, now[id], was)
				}
			}
		}
		grown := r.count("account.bank.statement.line") - start
		t.Logf("%d lines, then %d more; %v changed, %v taken back", start, grown, updated, removed)
		if grown < 50 || updated == 0 && weeks == 9 {
			t.Error("the world is too quiet to prove anything")
		}
		if n := r.count("account.online.account"); n != len(apart) {
			t.Errorf("%d accounts after the renewal, %d before", n, len(apart))
		}
	})
}

// apart is, per online account that feeds a journal, the balance that the bank
// reports less the sum of the journal's lines.
func (r *rig) apart() map[int64]decimal.Decimal {
	r.t.Helper()
	out := map[int64]decimal.Decimal{}
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		clear(out)
		rows, err := env.SearchRead("account.online.account", nil, []string{"balance", "balance_date", "journal_ids"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		sums, err := env.Group("account.bank.statement.line", nil, []query.GroupBy{{Field: "online_account_id"}},
			[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
		if err != nil {
			return err
		}
		byAccount := map[int64]decimal.Decimal{}
		for _, g := range sums.List {
			byAccount[g.Keys[0].(int64)] = g.Figures[0].(decimal.Decimal)
		}
		for row := range rows.All() {
			if len(row.Refs("journal_ids")) > 0 && row.Date("balance_date") != "" {
				if out[row.ID()], err = row.Decimal("balance").Sub(byAccount[row.ID()]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func TestTheBalancesOfTheDemoBankAgreeFromDayToDay(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	link := r.connect("demo-checking", -1, nil)
	for range 3 {
		r.sync(link)
		for _, j := range r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "name") {
			p := r.call("account.journal", "balance_proof", []any{j["id"]}).(object)
			check := r.card(j["id"].(float64))["balance_check"].(object)
			if p["verdict"] != "agrees" || check["verdict"] != "agrees" || check["difference"].(float64) != 0 {
				t.Errorf("%s: %v, %v", j["name"], check, p["first_disagreement"])
			}
		}
		r.later(24 * time.Hour)
	}
}
