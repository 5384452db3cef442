package onlinesync_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// crowded lists many institutions to several who ask at the same time: each gets
// the end of the list when all have it.
type crowded struct {
	*script
	listing sync.WaitGroup
}

func (c *crowded) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	for part := range 5 {
		list := make([]sdk.Institution, 1000)
		for i := range list {
			id := fmt.Sprint(part*len(list) + i)
			list[i] = sdk.Institution{ID: id, Name: "Bank " + id, Countries: []string{"NL"}, Status: sdk.Stable}
		}
		if err := emit(list); err != nil {
			return err
		}
	}
	c.listing.Done()
	c.listing.Wait()
	return nil
}

// Several who load the institutions of a new provider at the same time, as two
// hosts do when a program is trusted, end all with every institution once.
func TestACatalogueIsLoadedByManyAtOnce(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			r := newRig(t, kind)
			bank := &crowded{script: newScript()}
			r.banks["script"] = bank
			if _, err := r.addon.RefreshProviders(t.Context(), r.db); err != nil {
				t.Fatal(err)
			}
			const loaders = 3
			bank.listing.Add(loaders)
			var loading sync.WaitGroup
			for range loaders {
				loading.Go(func() {
					if err := r.addon.LoadInstitutions(t.Context(), r.db, "script"); err != nil {
						t.Error(err)
					}
				})
			}
			loading.Wait()
			if n := r.count("account.online.institution", leaf("provider_id.name", "=", "script")); n != 5000 {
				t.Errorf("%d institutions, want 5000", n)
			}
		})
	}
}
