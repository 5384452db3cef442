package host_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

// benchProvider is the odd plugin as a real process, verified and over mutual TLS.
func benchProvider(b *testing.B) sdk.Provider {
	b.Helper()
	dir := b.TempDir()
	if err := os.Link(oddBinary, filepath.Join(dir, host.Prefix+"odd")); err != nil {
		b.Fatal(err)
	}
	m, err := host.New(host.Options{Dir: dir, Trust: trustList{"odd": oddSum}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { m.Close() })
	p, err := m.Provider("odd")
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func BenchmarkUnaryCall(b *testing.B) {
	p := benchProvider(b)
	for b.Loop() {
		if _, err := do(p, ""); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnaryCallParallel(b *testing.B) {
	p := benchProvider(b)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := do(p, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStream reports transactions per second for several page sizes.
func BenchmarkStream(b *testing.B) {
	const transactions = 100_000
	p := benchProvider(b)
	for _, size := range []int{100, 500, 1000, 5000} {
		b.Run(fmt.Sprintf("page=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n, err := fetch(p, "", transactions, size, nil)
				if n != transactions || err != nil {
					b.Fatalf("%d transactions, %v", n, err)
				}
			}
			b.ReportMetric(float64(b.N)*transactions/b.Elapsed().Seconds(), "tx/s")
		})
	}
}

// BenchmarkStart measures from nothing to the first answer, verification included.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	if err := os.Link(oddBinary, filepath.Join(dir, host.Prefix+"odd")); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		m, err := host.New(host.Options{Dir: dir, Trust: trustList{"odd": oddSum}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.Capabilities(context.Background(), "odd"); err != nil {
			b.Fatal(err)
		}
		m.Close()
	}
}
