package files_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// lines reads a file with the provider and shows what came out.
func lines(t *testing.T, p files.Provider, raw []byte, options map[string]string) ([]string, error) {
	t.Helper()
	var batches []sdk.StatementBatch
	err := p.ReadStatements(context.Background(), sdk.ReadRequest{Filename: "upload", Options: options}, bytes.NewReader(raw),
		func(b sdk.StatementBatch) error {
			batches = append(batches, b)
			return nil
		})
	return statementtest.Lines(batches), err
}

const (
	mt940Text = ":20:X\r\n:25:ACC1\r\n:60F:C240101EUR0,\r\n:61:240102C1,NMSC\r\n:86:Müller\r\n:62F:C240102EUR1,\r\n-\r\n"
	ofxText   = "OFXHEADER:100\nCHARSET:1252\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>ACC1</BANKACCTFROM><STMTTRN>" +
		"<DTPOSTED>20240102<TRNAMT>1<MEMO>Müller</STMTTRN></STMTRS></OFX>"
	camtText = "<?xml version='1.0' encoding='ISO-8859-1'?><Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>ACC1</IBAN></Id>" +
		"<Ccy>EUR</Ccy></Acct>" +
		"<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2024-01-02</Dt></BookgDt><AddtlNtryInf>Müller</AddtlNtryInf>" +
		"</Ntry></Stmt></BkToCstmrStmt></Document>"
	booked = "  2024-01-02 in 1 EUR |  |  | Müller"
)

// TestFormatsAndEncodings tells both by content alone.
func TestFormatsAndEncodings(t *testing.T) {
	formats := map[string]string{"mt940": mt940Text, "ofx": ofxText, "camt": camtText}
	encodings := map[string]interface {
		Bytes([]byte) ([]byte, error)
	}{
		"windows":     charmap.Windows1252.NewEncoder(),
		"DOS":         charmap.CodePage850.NewEncoder(),
		"UTF-16":      unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(),
		"UTF-16 bare": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder(),
		"UTF-8":       unicode.UTF8.NewEncoder(),
		"UTF-8 mark":  unicode.UTF8BOM.NewEncoder(),
	}
	for format, text := range formats {
		for encoding, encoder := range encodings {
			if encoding == "DOS" && format != "mt940" {
				continue // the other two declare another one
			}
			t.Run(format+" "+encoding, func(t *testing.T) {
				raw, err := encoder.Bytes([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				got, err := lines(t, files.Provider{}, raw, nil)
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != 2 || got[1] != booked {
					t.Errorf("%q, want %q", got, booked)
				}
			})
		}
	}
}

func TestEncodingOption(t *testing.T) {
	raw, err := charmap.CodePage437.NewEncoder().Bytes([]byte(strings.Replace(mt940Text, "Müller", "≥ Müller", 1)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := lines(t, files.Provider{}, raw, map[string]string{"encoding": "cp437"})
	if err != nil || !strings.HasSuffix(got[1], "≥ Müller") {
		t.Errorf("%q, %v", got, err)
	}
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, err := w.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, members[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPackedFiles(t *testing.T) {
	mt940Lines := []string{"mt940 ACC1 EUR  opening 2024-01-02 0 EUR closing 2024-01-02 1 EUR", booked}
	tests := map[string]struct {
		raw  []byte
		want []string
	}{
		"gzip": {gzipped(t, mt940Text), mt940Lines},
		"zip": {zipped(t, "a/", "", "a/one.sta", mt940Text, "__MACOSX/x", "x", ".hidden", "x", "read.me", "hello", "two.txt", mt940Text),
			append(append(append([]string{}, mt940Lines...), mt940Lines...), "mt940   ", "  refused line 0: read.me is not a statement")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := lines(t, files.Provider{}, test.raw, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusedFiles(t *testing.T) {
	bomb := mt940Text + strings.Repeat(":86:                    \n", 64<<10)
	small := files.Provider{Limits: files.Limits{Packed: 10 << 10, Unpacked: 1 << 20, Files: 2}}
	ratio := files.Provider{Limits: files.Limits{RatioFrom: 128 << 10}}
	tests := map[string]struct {
		p    files.Provider
		raw  []byte
		says string
	}{
		"empty": {files.Provider{}, nil, "empty"},
		"a picture": {files.Provider{}, []byte("\x89PNG\r\n\x1a\n\x00\x00"),
			"the file is not a statement in a known format (CAMT, OFX, QIF, BAI2, CODA, MT940, HTML, CSV, XLSX)"},
		"a letter":  {files.Provider{}, []byte("Dear bank,\n20: hello"), "not a statement"},
		"other XML": {files.Provider{}, []byte("<other><body>camt</body></other>"), "not a statement"},
		"a page": {files.Provider{}, []byte("<!DOCTYPE html><html><body>Sign in</body></html>"),
			"a web page (HTML) without a table"},
		"zip without statements": {files.Provider{}, zipped(t, "a.txt", "hello"), "not a statement"},
		"zip in a zip":           {files.Provider{}, zipped(t, "a.zip", string(zipped(t, "a.sta", mt940Text))), "not a statement"},
		"damaged zip":            {files.Provider{}, []byte("PK\x03\x04 and no more"), "damaged"},
		"damaged gzip":           {files.Provider{}, gzipped(t, mt940Text)[:40], "damaged"},
		"gzip bomb by ratio":     {ratio, gzipped(t, bomb), "unpacks to more"},
		"zip bomb by ratio":      {ratio, zipped(t, "bomb.sta", bomb), "bomb.sta: the file unpacks to more"},
		"gzip bomb by size":      {small, gzipped(t, bomb), "unpacks to more"},
		"zip of too many":        {small, zipped(t, "a", mt940Text, "b", mt940Text, "c", mt940Text), "more than 2 files"},
		"zip too large":          {files.Provider{Limits: files.Limits{Packed: 100}}, zipped(t, "a", mt940Text), "larger than"},
		"zip of many too large": {small,
			zipped(t, "a", mt940Text+strings.Repeat("x\n", 400<<10), "b", mt940Text+strings.Repeat("x\n", 400<<10)), "unpacks to more"},
		"a cut message":          {files.Provider{}, []byte(camtText[:200]), "CAMT file: the file ends inside"},
		"a cut message in a zip": {files.Provider{}, zipped(t, "a.xml", camtText[:200]), "a.xml: CAMT file: the file ends inside"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := lines(t, test.p, test.raw, nil)
			var told *sdk.Error
			if !errors.As(err, &told) || told.Kind != sdk.BadRequest || !strings.Contains(told.Message, test.says) {
				t.Errorf("error %v, want a bad request that says %q", err, test.says)
			}
		})
	}
}

// TestSpoolIsRemoved leaves nothing of an archive behind.
func TestSpoolIsRemoved(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if _, err := lines(t, files.Provider{}, zipped(t, "a.sta", mt940Text), nil); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := files.Provider{}.ReadStatements(ctx, sdk.ReadRequest{}, strings.NewReader(mt940Text),
		func(sdk.StatementBatch) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

// TestEmitFails ends at once with the host's error.
func TestEmitFails(t *testing.T) {
	full := errors.New("host gone")
	for _, text := range []string{mt940Text, ofxText, camtText} {
		err := files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{}, strings.NewReader(text),
			func(sdk.StatementBatch) error { return full })
		if !errors.Is(err, full) {
			t.Errorf("error %v, want emit's", err)
		}
	}
}

// TestNoConnection says what to do instead.
func TestNoConnection(t *testing.T) {
	p, ctx := files.Provider{}, context.Background()
	_, start := p.StartConnect(ctx, sdk.StartConnectRequest{})
	_, on := p.ContinueConnect(ctx, sdk.ContinueConnectRequest{})
	_, accounts := p.ListAccounts(ctx, sdk.ListAccountsRequest{})
	fetch := p.FetchTransactions(ctx, sdk.FetchRequest{}, nil)
	for _, err := range []error{start, on, accounts, fetch} {
		if sdk.KindOf(err) != sdk.NotSupported || !strings.Contains(err.Error(), "girosync import") {
			t.Errorf("error %v", err)
		}
	}
	d, err := p.Describe(ctx)
	if err != nil || d.Name != "files" {
		t.Errorf("description %+v, %v", d, err)
	}
}
