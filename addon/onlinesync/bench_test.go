package onlinesync_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// BenchmarkImport fetches and imports 100,000 transactions of the demo bank,
// from an empty journal; the provider runs in this process.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		r := newRig(b, ormtest.SQLite)
		r.connect("demo-big-100000", -1, nil)
		b.StartTimer()
		began := time.Now()
		r.work()
		b.ReportMetric(100000/time.Since(began).Seconds(), "tx/s")
		b.StopTimer()
		if got := r.count("account.bank.statement.line"); got != 100000 {
			b.Fatalf("%d lines", got)
		}
		b.StartTimer()
	}
}

// BenchmarkMore imports 500 new lines of one day into accounts of different
// sizes, of 1,000 lines a day: what it costs must not grow with the account.
func BenchmarkMore(b *testing.B) {
	for _, size := range []int{10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			r := newRig(b, ormtest.SQLite)
			s, link := scripted(r, sdk.Account{ID: "a1", Name: "Main", Currency: "EUR"})
			last := time.Date(2026, 6, 16, 0, 0, 0, 0, time.UTC)
			tell := func(days, perDay int, mark string) {
				var batches []sdk.Batch
				for d := days - 1; d >= 0; d-- {
					date := last.AddDate(0, 0, -d).Format(time.DateOnly)
					batch := sdk.Batch{From: day(date), To: day(date)}
					for i := range perDay {
						batch.Booked = append(batch.Booked, tx(fmt.Sprint(mark, date, "-", i), date, fmt.Sprintf("-%d.%02d", 1+i, d%100),
							"Payment "+mark+strconv.Itoa(i)))
					}
					batches = append(batches, batch)
				}
				s.tell("a1", batches...)
			}
			tell(size/1000, 1000, "old")
			r.sync(link)
			if got := r.count("account.bank.statement.line"); got != size {
				b.Fatalf("%d lines", got)
			}
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				tell(1, 500, fmt.Sprint("new", n))
				b.StartTimer()
				if run := r.sync(link); run["created"] != 500.0 {
					b.Fatalf("run: %v", run)
				}
			}
		})
	}
}
