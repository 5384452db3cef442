package mt940_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/mt940"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func file(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func read(t testing.TB, text string) []sdk.StatementBatch {
	t.Helper()
	batches, err := statementtest.Batches(mt940.Read, text)
	if err != nil {
		t.Fatal(err)
	}
	return batches
}

// TestGerman reads pages, subfields, reversals (RC takes money out, RD brings
// it in), the 30th of February, a wrapped time that looks like a field, an
// impossible day, and an entry of the old year among those of the new.
func TestGerman(t *testing.T) {
	batches := read(t, file(t, "german.sta"))
	want := []string{
		"mt940 50050000/1234567890 EUR 17 opening 2024-03-01 1500.00 EUR interim 2024-03-04 1225.50 EUR",
		"  2024-03-01 out 250.00 EUR | Bäckerei Sonnenschein GmbH & Co. KG | DE02120300000000202051 | 24-02-29T10:11 Debitk.Nr 3 2026-12",
		"  2024-03-04 out 40.00 EUR | Max Muster |  | Gutschrift zurueck",
		"  2024-03-04 in 15.50 EUR | Strom AG |  | Lastschrift zurueck",
		"mt940 50050000/1234567890 EUR 17 closing 2024-03-05 1227.00 EUR",
		"  2024-03-01 (2024-02-29) out 1.50 EUR |  |  | Pauschale 01.02. 13:28:00 Uhr",
		"  2023-12-31 (2023-12-29) in 3 EUR |  |  | ABC12345",
		`  refused line 23: entry: date "249999": no such day`,
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"Code=NMSC", "EndToEndID=CARD-88123456", "ID=2024030112345678/2024-03-01/-250.00",
		"bank_reference=2024030112345678", "booking_text=KARTENZAHLUNG", "counterparty_bic=DRESDEFF",
		"journal_number=9310", "text_key=011", "transaction_code=106", "ultimate_debtor=Bäckerei Sonnenschein GmbH",
	}, statementtest.Details(&batches[0].Booked[0])); diff != "" {
		t.Error(diff)
	}
	if got := batches[0].Booked[1].Details["reversal"]; got != "true" {
		t.Error("a reversal is not told")
	}
	if got := batches[1].Account.Balances; len(got) != 1 || got[0].Kind != sdk.Available || got[0].Amount != "1200.00" {
		t.Errorf("available balance %+v", got)
	}
	raw := string(batches[1].Booked[1].Raw)
	if raw != ":61:2312291231C3,NMSCABC12345//7712345678\n" {
		t.Errorf("raw %q", raw)
	}
}

func TestDutch(t *testing.T) {
	batches := read(t, file(t, "dutch.sta"))
	want := []string{
		"mt940 NL91ABNA0417164300 EUR 00012 opening 2024-01-02 -10 EUR closing 2024-01-04 1197.06 EUR",
		"  2024-01-02 in 1234.56 EUR | J. Jansen | NL20INGB0001234567 | Invoice 2024-001 paid",
		"  2024-01-03 out 20.5 EUR | Mill and Quay | NL02RABO0123456789 | Rent",
		"  2024-01-04 out 7 EUR | bloom flowers | NL39RABO0300065264 | roses",
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if got := batches[0].Booked[0]; got.EndToEndID != "INV-2024-001" || got.Details["transaction_code"] != "00100" {
		t.Errorf("end-to-end id %q, details %v", got.EndToEndID, got.Details)
	}
}

// statement wraps fields into a message.
func statement(fields ...string) string {
	return ":20:X\n:25:ACC1\n:28C:1\n:60F:C240101EUR0,\n" + strings.Join(fields, "\n") + "\n:62F:C240131EUR0,\n-\n"
}

// TestEntryLine reads :61: as banks write it.
func TestEntryLine(t *testing.T) {
	tests := map[string]string{
		"2401020103C12,34NTRFREF1":             "2024-01-03 (2024-01-02) in 12.34 EUR |  |  | REF1",
		"240102C12,34NTRFREF1":                 "2024-01-02 in 12.34 EUR |  |  | REF1",
		"240102    DD12,34NMSCNONREF//":        "2024-01-02 out 12.34 EUR |  |  | ",
		"240102CR12,34NMSCNONREF":              "2024-01-02 in 12.34 EUR |  |  | ",
		"240102RCR12,34NMSCNONREF":             "2024-01-02 out 12.34 EUR |  |  | ",
		"240102RD12,34NMSCNONREF":              "2024-01-02 in 12.34 EUR |  |  | ",
		"240102C000000000012,3NMSC":            "2024-01-02 in 12.3 EUR |  |  | ",
		"240102C500NTRF29-07//B4G29":           "2024-01-02 in 500 EUR |  |  | 29-07",
		"240102D1.234,56NMSCREF":               "2024-01-02 out 1234.56 EUR |  |  | REF",
		"240102D9, NRTIKREF+//77":              "2024-01-02 out 9 EUR |  |  | ",
		"240102D1,N0440121470966      W. Jans": "2024-01-02 out 1 EUR | W. Jans | 0121470966 | W. Jans",
		"2401021231C1,NMSC":                    "2023-12-31 (2024-01-02) in 1 EUR |  |  | ",
		"2312310102C1,NMSC":                    "2024-01-02 (2023-12-31) in 1 EUR |  |  | ",
		"2401020230C1,NMSC":                    "2024-01-02 in 1 EUR |  |  | ",
	}
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			lines := statementtest.Lines(read(t, statement(":61:"+line)))
			if diff := cmp.Diff("  "+want, lines[1]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusedEntries(t *testing.T) {
	tests := map[string]string{
		"24013":            "too short",
		"240132C1,NMSC":    "no such day",
		"240102X1,NMSC":    "no credit or debit mark",
		"240102C,NMSC":     "amount",
		"240102CNMSC":      "amount",
		"240102C1,2,3NMSC": "grouped",
		"240102C" + strings.Repeat("9", 60) + ",NMSC": "digits",
	}
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			batches := read(t, statement(":61:"+line, ":86:lost", ":61:240103C1,NMSC", ":86:kept"))
			b := batches[0]
			if len(b.Refused) != 1 || b.Refused[0].Line != 5 || !strings.Contains(b.Refused[0].Reason, want) {
				t.Errorf("refused %+v, want one at line 5 saying %q", b.Refused, want)
			}
			if len(b.Booked) != 1 || b.Booked[0].Reference != "kept" {
				t.Errorf("booked %+v, want the next entry with its own text", b.Booked)
			}
		})
	}
}

// TestInformation reads :86: in its dialects.
func TestInformation(t *testing.T) {
	tests := map[string]struct{ info, want string }{
		"several fields":    {":86:FIRST\n:86:SECOND", " |  | FIRST SECOND"},
		"full lines run on": {":86:" + strings.Repeat("x", 64) + "y\nz", " |  | " + strings.Repeat("x", 64) + "yz"},
		"another separator": {":86:166>00KREDIT>20part one>21part two>31123456>32ANN", "ANN | 123456 | part one part two"},
		"Polish IBAN": {":86:020?00Przelew?20faktura 3?3010600076?310000777?32HUTA?38PL0810600076",
			"HUTA | PL0810600076 | faktura 3"},
		"question mark inside": {":86:166?20why? because?32ANN", "ANN |  | why? because"},
		"split keyword":        {":86:166?20EREF+123456 CRED+DE98ZZZ0 S?21VWZ+Rent?32ANN", "ANN |  | Rent"},
		"no purpose":           {":86:117?00DAUERAUFTRAG?32ANN", "ANN |  | DAUERAUFTRAG"},
		"structured reference": {":86:/NAME/TAX/REMI/STRD/CUR/9876543210/", "TAX |  | 9876543210"},
		"own account":          {":86:/IBAN/ACC1/NAME/ANN/REMI/hi", "ANN |  | hi"},
		"old savings bank":     {":NS:01Line one\n02Line two\n15Ann\n3310918001\n34000123456", "Ann | 000123456 | Line one Line two"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches := read(t, statement(":61:240102C1,NMSC", test.info))
			want := "  2024-01-02 in 1 EUR | " + strings.TrimPrefix(test.want, " ")
			if strings.HasPrefix(test.want, " ") {
				want = "  2024-01-02 in 1 EUR | " + test.want
			}
			if diff := cmp.Diff(strings.ReplaceAll(want, "|  |  |  ", "|  |  | "), statementtest.Lines(batches)[1]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWrappers reads what stands around messages.
func TestWrappers(t *testing.T) {
	body := strings.Replace(statement(":61:240102C1,NMSC", ":86:text"), ":62F:C240131EUR0,", ":62F:C240131EUR1,", 1)
	tests := map[string]string{
		"bare":             body,
		"DOS":              strings.ReplaceAll(body, "\n", "\r\n"),
		"doubled return":   strings.ReplaceAll(body, "\n", "\r\r\n"),
		"SWIFT block":      "{1:F01X}{2:O940X}{3:}{4:\n" + strings.Replace(body, "\n-\n", "\n-}{5:}\n", 1),
		"same line":        "{1:F01X}{4:" + strings.Replace(body, "\n-\n", "\n-}\n", 1),
		"bank's header":    "BANKNL2A\n940\nBANKNL2A\n" + body,
		"preface":          "This is an example\n\n- - - -\n" + body,
		"leading end":      "-\n" + body,
		"no end":           strings.TrimSuffix(body, "\n-\n"),
		"field 940":        ":940:\n" + body,
		"end of file mark": body + "\x1a",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			want := []string{
				"mt940 ACC1 EUR 1 opening 2024-01-02 0 EUR closing 2024-01-31 1 EUR",
				"  2024-01-02 in 1 EUR |  |  | text",
			}
			if diff := cmp.Diff(want, statementtest.Lines(read(t, text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInterimReport(t *testing.T) {
	text := ":20:X\n:25:ACC1\n:28C:3/1\n:34F:EURD0,\n:13D:2401021200+0100\n:61:240102C5,NTRFNONREF//B123456\n:86:now\n" +
		":61:240103ED7,NMSC\n:86:later\n:90D:1EUR7,\n:90C:1EUR5,\n:86:sums\n-\n"
	want := []string{
		"mt942 ACC1 EUR 3",
		"  2024-01-02 in 5 EUR |  |  | now",
		"  pending 2024-01-03 out 7 EUR |  |  | later",
	}
	if diff := cmp.Diff(want, statementtest.Lines(read(t, text))); diff != "" {
		t.Error(diff)
	}
}

func TestNothingInside(t *testing.T) {
	want := []string{"mt940   ", "  refused line 1: the file holds no statement"}
	if diff := cmp.Diff(want, statementtest.Lines(read(t, ":20:X"))); diff != "" {
		t.Error(diff)
	}
}

func TestEndlessLine(t *testing.T) {
	_, err := statementtest.Batches(mt940.Read, statement(":61:240102C1,NMSC", ":86:"+strings.Repeat("x", 70<<10)))
	if sdk.KindOf(err) != sdk.BadRequest || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, "german.sta"))
	f.Add(file(f, "dutch.sta"))
	f.Add(":20:X\n:34F:EURD0,\n:61:240102EC1,NMSC\n:NS:01x\n:90C:1EUR1,\n")
	f.Fuzz(func(t *testing.T, text string) {
		batches, err := statementtest.Batches(mt940.Read, strings.ToValidUTF8(text, "?"))
		if err != nil && sdk.KindOf(err) != sdk.BadRequest {
			t.Fatalf("not a clean error: %v", err)
		}
		for _, b := range batches {
			if err := statementtest.Check(b); err != nil {
				t.Fatal(err)
			}
		}
	})
}
