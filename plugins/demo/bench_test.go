package demo_test

import (
	"context"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

func BenchmarkFetch(b *testing.B) {
	for _, institution := range []string{"demo-checking", "demo-big-100000"} {
		b.Run(institution, func(b *testing.B) {
			c := connect(b, institution, noon, nil)
			told := 0
			b.ReportAllocs()
			for b.Loop() {
				err := c.provider.FetchTransactions(context.Background(),
					sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID, PageSize: 1000},
					func(batch sdk.Batch) error { told += len(batch.Booked); return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(told)/b.Elapsed().Seconds(), "tx/s")
		})
	}
}

func BenchmarkListAccounts(b *testing.B) {
	c := connect(b, "demo-checking", noon, nil)
	for b.Loop() {
		if _, err := c.provider.ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: c.call(noon)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListInstitutions(b *testing.B) {
	c := connect(b, "demo-checking", noon, nil)
	for b.Loop() {
		err := c.provider.ListInstitutions(context.Background(), c.call(noon), func([]sdk.Institution) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}
