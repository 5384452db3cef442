package mt940_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files/mt940"
	"github.com/girosync/girosync/plugins/sdk"
)

// BenchmarkRead reads statements of each dialect and tells their entries per
// second.
func BenchmarkRead(b *testing.B) {
	const entries = 20_000
	for _, dialect := range []struct{ name, entry string }{
		{"German", ":61:2401020102D%d,34NMSCKREF+//2024010212345678\n:86:105?00LASTSCHRIFT?109310?20EREF+2024-000-1234567?21MREF+M-77" +
			"12345?22CRED+DE98ZZZ09999999999?23SVWZ+Kunde 123456 Rechnun?24g vom 01.01.2024?30DRESDEFFXXX?31DE02120300000000202051" +
			"\n?32Stadtwerke Musterstadt Gmb?33H und Co. KG?34992\n"},
		{"Dutch", ":61:2401020102C%d,50NTRFEREF//24002123456789\n/TRCD/00100/\n:86:/EREF/INV-2024-001234//CNTP/NL20INGB0001234567/INGBNL2A" +
			"/J. Jansen en Zonen///REM\nI/USTD//Invoice 2024-001234 of 2 January 2024, paid in full/\n"},
		{"plain", ":61:240102D%d,20N501NONREF\nNL02RABO0123456789\n:86:PAYMENT OF JANUARY 2024, FLAT 12 B\nTHANK YOU FOR THE PROMPT ANSWER\n"},
	} {
		b.Run(dialect.name, func(b *testing.B) {
			var text strings.Builder
			text.WriteString(":20:X\n:25:NL91ABNA0417164300\n:28C:1\n:60F:C240101EUR0,\n")
			for i := range entries {
				fmt.Fprintf(&text, dialect.entry, i)
			}
			text.WriteString(":62F:C240131EUR0,\n-\n")
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				n := 0
				err := mt940.Read(strings.NewReader(text.String()), func(batch sdk.StatementBatch) error {
					n += len(batch.Booked)
					return nil
				})
				if err != nil || n != entries {
					b.Fatalf("%d entries, %v", n, err)
				}
			}
			b.ReportMetric(float64(entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
