package onlinesync_test

import (
	"context"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// Connections whose bank hangs hold up neither those of another provider nor, for
// long, a user who waits; and each gets its turn.
func TestAProviderThatHangsTakesNoPlaceFromOthers(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	hanging, free := make(chan struct{}, 100), make(chan struct{})
	s := newScript(iban)
	r.banks["script"] = &unruly{s, func(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
		hanging <- struct{}{}
		<-free
		return emit(sdk.Batch{From: req.From, To: req.To})
	}}
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	var runs []int64
	for i := range 7 {
		own := iban
		own.ID, own.StableID, own.Number = string(rune('a'+i)), string(rune('a'+i)), ""
		s.accounts = []sdk.Account{own}
		link := r.connect("bank", -1, nil)
		runs = append(runs, int64(r.rows("account.online.run", []any{leaf("link_id", "=", link)}, "id")[0]["id"].(float64)))
	}
	var working sync.WaitGroup
	work := func(run int64) {
		working.Go(func() {
			if err := r.addon.RunSync(context.Background(), r.db, run); err != nil {
				t.Error(err)
			}
		})
	}
	for _, run := range runs[:6] { // users wait for them: four and two more
		work(run)
		<-hanging
	}
	woken := len(r.woken)
	if err := r.addon.RunSync(t.Context(), r.db, runs[6]); err != nil || r.run(runs[6])["state"] != "queued" {
		t.Errorf("the seventh: %v, %v", r.run(runs[6]), err)
	}
	other := r.connect("demo-checking", -1, nil)
	done := r.rows("account.online.run", []any{leaf("link_id", "=", other)}, "id")[0]["id"]
	if err := r.addon.RunSync(t.Context(), r.db, int64(done.(float64))); err != nil || r.run(done)["outcome"] != "ok" {
		t.Errorf("another provider's: %v, %v", r.run(done), err)
	}
	close(free)
	working.Wait()
	r.mu.Lock()
	next := r.woken[woken:]
	r.mu.Unlock()
	found := false
	for _, run := range next {
		found = found || run == runs[6]
	}
	if !found {
		t.Errorf("when places are free, %v are woken, not %d", next, runs[6])
	}
	if err := r.addon.RunSync(t.Context(), r.db, runs[6]); err != nil || r.run(runs[6])["outcome"] != "nothing_new" {
		t.Errorf("the seventh at last: %v, %v", r.run(runs[6]), err)
	}
}
