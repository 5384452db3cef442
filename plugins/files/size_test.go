package files_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
)

// generated is a file of any size that exists only as it is read.
type generated struct {
	head, tail string
	entry      func(i int) string
	entries    int
	at         int // -1 after the tail
	rest       string
}

func (g *generated) Read(p []byte) (int, error) {
	if g.rest == "" {
		switch {
		case g.at == 0 && g.head != "":
			g.rest, g.head = g.head, ""
		case g.at < g.entries:
			g.rest = g.entry(g.at)
			g.at++
		case g.tail != "":
			g.rest, g.tail = g.tail, ""
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// camtFile has entries of about a kilobyte, as banks write them.
func camtFile(entries int) *generated {
	return &generated{entries: entries,
		head: `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S1</Id>
<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct>
`,
		entry: func(i int) string {
			return fmt.Sprintf(`      <Ntry>
        <Amt Ccy="EUR">%d.%02d</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
        <Sts>BOOK</Sts>
        <BookgDt><Dt>2024-%02d-%02d</Dt></BookgDt>
        <ValDt><Dt>2024-01-02</Dt></ValDt>
        <AcctSvcrRef>REF%09d</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs><EndToEndId>E2E-%d</EndToEndId></Refs>
            <RltdPties>
              <Dbtr><Nm>Customer number %d</Nm></Dbtr>
              <DbtrAcct><Id><IBAN>NL20INGB0001234567</IBAN></Id></DbtrAcct>
            </RltdPties>
            <RltdAgts><DbtrAgt><FinInstnId><BIC>INGBNL2A</BIC></FinInstnId></DbtrAgt></RltdAgts>
            <RmtInf><Ustrd>Invoice 2024/%d, thank you for your order</Ustrd></RmtInf>
          </TxDtls>
        </NtryDtls>
      </Ntry>
`, i%900+1, i%100, i/9000%12+1, i/320%28+1, i, i, i%5000, i)
		},
		tail: "</Stmt></BkToCstmrStmt></Document>\n",
	}
}

func mt940File(entries int) *generated {
	return &generated{entries: entries,
		head: ":20:STARTUMS\r\n:25:NL91ABNA0417164300\r\n:28C:1/1\r\n:60F:C240101EUR0,\r\n",
		entry: func(i int) string {
			return fmt.Sprintf(":61:2401020102C%d,%02dNTRFNONREF//B%09d\r\n:86:166?00GUTSCHRIFT?109310?20EREF+E2E-%d?21SVWZ+Invoice 2024 "+
				"%d?30\r\nINGBNL2A?31NL20INGB0001234567?32Customer number %d\r\n", i%900+1, i%100, i, i, i%1000, i%5000)
		},
		tail: ":62F:C240102EUR0,\r\n-\r\n",
	}
}

func ofxFile(entries int) *generated {
	return &generated{entries: entries,
		head: "OFXHEADER:100\nDATA:OFXSGML\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM>" +
			"<ACCTID>77</BANKACCTFROM><BANKTRANLIST>\n",
		entry: func(i int) string {
			return fmt.Sprintf("<STMTTRN>\n<TRNTYPE>CREDIT\n<DTPOSTED>20240102120000[0:GMT]\n<TRNAMT>%d.%02d\n<FITID>F%09d\n"+
				"<NAME>Customer number %d\n<MEMO>Invoice 2024/%d\n</STMTTRN>\n", i%900+1, i%100, i, i%5000, i)
		},
		tail: "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n",
	}
}

func qifFile(entries int) *generated {
	return &generated{entries: entries, head: "!Type:Bank\nD12/31/2023\nT1.00\nPBegin\n^\n",
		entry: func(i int) string {
			return fmt.Sprintf("D%d/%d/2024\nT-%d.%02d\nPCustomer number %d\nMInvoice 2024/%d, thank you for your order\n^\n", i/9000%12+1,
				i/320%28+1, i%900+1, i%100, i%5000, i)
		},
		tail: "D12/31/2024\nT1.00\nPEnd\n^\n",
	}
}

func csvFile(entries int) *generated {
	return &generated{entries: entries, head: "Date;Amount;Currency;Account;Name;Description\n",
		entry: func(i int) string {
			return fmt.Sprintf("2024-%02d-%02d;%d,%02d;EUR;NL91ABNA0417164300;\"Customer number %d\";\"Invoice 2024/%d; "+
				"thank you for your order\"\n", i/9000%12+1, i/320%28+1, i%900+1, i%100, i%5000, i)
		},
	}
}

func bai2File(entries int) *generated {
	return &generated{entries: entries, head: "01,A,B,240301,0200,1,80,,2/\n02,B,A,1,240229,2359,USD,2/\n03,0123456789,,010,100,,/\n",
		entry: func(i int) string {
			return fmt.Sprintf("16,142,%d,Z,REF%09d,,Customer number %d\n88,Invoice 2024/%d, thank you for your order\n", i%90000+1,
				i, i%5000, i)
		},
		tail: "49,,1/\n98,,1,1/\n99,,1,1/\n",
	}
}

func codaFile(entries int) *generated {
	return &generated{entries: entries,
		head: fmt.Sprintf("%-127s2\n1200%-36sEUR0%015d010124%-64s\n", "0000001012430005", "1BE68539007547034", 0, "Example"),
		entry: func(i int) string {
			return fmt.Sprintf("21%04d0000%-21s0%015d010124001500000%-53s0101240010%s 0\n22%04d0000%-53s%-65s\n", i%10000,
				fmt.Sprintf("REF%09d", i), (i%90000+1)*10, fmt.Sprintf("Invoice 2024/%d", i), "1", i%10000, " thank you", "E2E")
		},
		tail: fmt.Sprintf("8001%-37s0%015d010124%-65s\n9%-127s\n", "BE68539007547034", 0, "", ""),
	}
}

// readAll reads a file and returns the number of booked transactions.
func readAll(t testing.TB, src io.Reader, each func()) int {
	t.Helper()
	count := 0
	err := files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{}, src, func(b sdk.StatementBatch) error {
		count += len(b.Booked)
		if each != nil {
			each()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// held returns how many bytes are reachable.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestMemoryIsBounded reads large files and looks at what stays reachable
// while it does: as much near the end as after the first batches.
func TestMemoryIsBounded(t *testing.T) {
	sizes := map[string]*generated{"camt": camtFile(10_000), "mt940": mt940File(10_000), "ofx": ofxFile(10_000),
		"qif": qifFile(9_998), "csv": csvFile(10_000), "bai2": bai2File(10_000), "coda": codaFile(10_000)}
	for name, file := range sizes {
		t.Run(name, func(t *testing.T) {
			want := 10_000
			var peak uint64
			before := held()
			batches := 0
			got := readAll(t, file, func() {
				if batches++; batches%5 != 0 {
					return
				}
				if now := held(); now > before {
					peak = max(peak, now-before)
				}
			})
			if got != want {
				t.Errorf("read %d transactions, want %d", got, want)
			}
			if peak > 8<<20 {
				t.Errorf("%d MiB were held", peak>>20)
			}
		})
	}
}

// TestHugeSingleEntry refuses an entry that no bank writes, and reads on.
func TestHugeSingleEntry(t *testing.T) {
	huge := "<Ntry>" + strings.Repeat("<NtryDtls><TxDtls><AddtlTxInf>"+strings.Repeat("x", 900<<10)+"</AddtlTxInf></TxDtls></NtryDtls>",
		40) + "</Ntry>"
	text := strings.Replace(camtText, "<Ntry>", huge+"<Ntry>", 1)
	got, err := lines(t, files.Provider{}, []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[1] != booked || !strings.Contains(got[2], "the entry is too large") {
		t.Errorf("%q", got)
	}
}

func BenchmarkRead(b *testing.B) {
	const entries = 100_000
	for name, make := range map[string]func(int) *generated{"camt": camtFile, "mt940": mt940File, "ofx": ofxFile, "csv": csvFile,
		"bai2": bai2File, "coda": codaFile} {
		var text strings.Builder
		if _, err := io.Copy(&text, make(entries)); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if n := readAll(b, strings.NewReader(text.String()), nil); n != entries {
					b.Fatalf("read %d", n)
				}
			}
			b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
