package onlinesync_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
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
