package onlinesync_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// Two connections that feed one account and are worked on at the same moment make
// each line once, whatever words their banks have.
func TestTwoRunsOfAnAccountNeverDecideAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, first := scripted(r, iban)
		b := newScript(sdk.Account{ID: "south-1", Name: "Main", Number: iban.Number, Currency: "EUR", Kind: sdk.Checking})
		r.banks["other"] = otherBank{b}
		if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
			t.Fatal(err)
		}
		r.work()
		second := r.connect("otherbank", -1, nil)
		r.work()
		const rounds, each = 6, 5
		var ofA, ofB []sdk.Transaction
		for round := range rounds {
			for i := range each {
				n := round*each + i
				day := fmt.Sprintf("2026-05-%02d", n+1)
				ofA = append(ofA, tx(fmt.Sprint("a", n), day, fmt.Sprint(-n-1), fmt.Sprint("invoice ", n)))
				ofB = append(ofB, tx(fmt.Sprint("b", n), day, fmt.Sprint(-n-1), fmt.Sprint("SEPA CT INVOICE ", n, " FROM CUSTOMER")))
			}
			a.tell("a1", all(ofA...))
			b.tell("south-1", all(ofB...))
			var working sync.WaitGroup
			for _, link := range []float64{first, second} {
				run := int64(r.call("account.online.link", "action_fetch_transactions", []any{link}).(float64))
				working.Go(func() {
					if err := r.addon.RunSync(context.Background(), r.db, run); err != nil {
						t.Error(err)
					}
				})
			}
			working.Wait()
			r.work() // whoever had to wait for its turn
			if n := r.count("account.bank.statement.line"); n != (round+1)*each {
				t.Fatalf("%d lines of %d transactions", n, (round+1)*each)
			}
		}
	})
}

// A user who presses twice, and many notifications at once, make one run.
func TestManyWhoAskAtOnceMakeOneRun(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, link := scripted(r, iban)
		r.sync(link)
		for round := range 5 {
			var asking sync.WaitGroup
			for range 8 {
				asking.Go(func() {
					if _, err := r.try("account.online.link", "action_fetch_transactions", []any{link}); err != nil {
						t.Error(err)
					}
				})
			}
			asking.Wait()
			if n := r.count("account.online.run", leaf("state", "!=", "done")); n != 1 {
				t.Fatalf("round %d: %d runs", round, n)
			}
			r.work()
		}
	})
}
