package csv_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/csv"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// read reads text as the provider does.
func read(t testing.TB, text string, options map[string]string) ([]sdk.StatementBatch, error) {
	t.Helper()
	return readBy(t, nil, text, options)
}

func readBy(t testing.TB, lib *words.Library, text string, options map[string]string) ([]sdk.StatementBatch, error) {
	t.Helper()
	o, err := csv.ParseOptions(options)
	if err != nil {
		return nil, err
	}
	o.Words = lib
	head := []byte(text[:min(len(text), 32<<10)])
	return statementtest.Batches(func(r io.Reader, emit func(sdk.StatementBatch) error) error { return csv.Read(r, head, o, emit) }, text)
}

// banks are files as banks of several countries write them, and what they say.
var banks = map[string]struct {
	text string
	want []string
	as   map[string]string // ReadAs without columns and headings
}{
	"Dutch, af and bij": {
		`"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen";"Saldo na ` +
			`mutatie";"Tag"
"20240212";"J. Jansen";"NL20INGB0001234567";"NL91ABNA0417164300";"GT";"Bij";"1250,00";"Online bankieren";"Factuur 12";"2250,00";""
"20240205";"Kosten ""Zakelijk""";"NL20INGB0001234567";"";"DV";"Af";"4,10";"Diversen";"Kwartaal 4";"1000,00";""
`, []string{
			"csv NL20INGB0001234567 EUR  closing 2024-02-12 2250.00 EUR",
			"  2024-02-12 in 1250.00 EUR | J. Jansen | NL91ABNA0417164300 | Factuur 12",
			`  2024-02-05 out 4.10 EUR | Kosten "Zakelijk" |  | Kwartaal 4`,
		}, map[string]string{"date_order": "ymd", "decimal": ",", "delimiter": ";"}},
	"Dutch, signed": {
		`"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN","Naam tegenpartij",` +
			`"Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID","Transactiereferentie",` +
			`"Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1","Omschrijving-2","Omschrijving-3","Reden retour",` +
			`"Oorspr bedrag","Oorspr munt","Koers"` + "\n" +
			`"NL44RABO0123456789","EUR","RABONL2U","000000000000007213","2024-03-01","2024-03-02","-1.234,50","+8.765,50",` +
			`"NL91ABNA0417164300","Stroom BV","","","ABNANL2A","ei","","TX-778899","MND-1","NL12ZZZ00001","","Termijn","maart",` +
			`"","","","",""` + "\n", []string{
			"csv NL44RABO0123456789 EUR  closing 2024-03-01 8765.50 EUR",
			"  2024-03-01 (2024-03-02) out 1234.50 EUR | Stroom BV | NL91ABNA0417164300 | Termijn maart",
		}, map[string]string{"decimal": ",", "delimiter": ","}},
	"Dutch, tabs and no headings": {
		"NL91ABNA0417164300\tEUR\t20240102\t100,00\t92,50\t20240103\t-7,50\tBEA, PAS 012  BAKKER\n" +
			"NL91ABNA0417164300\tEUR\t20240103\t92,50\t192,50\t20240103\t100,00\tSEPA Overboeking\n",
		[]string{
			"csv NL91ABNA0417164300 EUR  closing 2024-01-03 192.50 EUR",
			"  2024-01-02 (2024-01-03) out 7.50 EUR |  |  | BEA, PAS 012 BAKKER",
			"  2024-01-03 in 100.00 EUR |  |  | SEPA Overboeking",
		}, map[string]string{"date_order": "ymd", "decimal": ",", "delimiter": "tab", "headings": "no"}},
	"German, with a preface": {
		"Kontoauszug;;\nStand;01.04.2024;\n\n" +
			"\"Auftragskonto\";\"Buchungstag\";\"Valutadatum\";\"Buchungstext\";\"Verwendungszweck\";\"Glaeubiger " +
			"ID\";\"Mandatsreferenz\";\"Kundenreferenz (End-to-End)\";\"Beguenstigter/Zahlungspflichtiger\";\"Kontonummer/IBAN\";\"BIC " +
			"(SWIFT-Code)\";\"Betrag\";\"Waehrung\";\"Info\"\n" +
			"\"DE02120300000000202051\";\"02.04.24\";\"03.04.24\";\"LASTSCHRIFT\";\"Strom\n" +
			"April\";\"DE98ZZZ09999999999\";\"M-9\";\"E-1\";\"Stadtwerke\";\"DE89370400440532013000\";\"COBADEFF\";\"-45," +
			"99\";\"EUR\";\"Umsatz gebucht\"\n" +
			"\"DE02120300000000202051\";\"04.04.24\";\"\";\"GUTSCHRIFT\";\"Rechnung 5\";\"\";\"\";\"\";\"Kunde\";\"\";\"\";\"Betrag " +
			"fehlt\";\"EUR\";\"Umsatz vorgemerkt\"\n",
		[]string{
			"csv DE02120300000000202051 EUR ",
			"  2024-04-02 (2024-04-03) out 45.99 EUR | Stadtwerke | DE89370400440532013000 | Strom April",
			`  refused line 7: row: amount "Betrag fehlt": not an amount`,
		}, map[string]string{"date_order": "dmy", "decimal": ",", "delimiter": ";"}},
	"French, two columns": {
		"Date;Libellé;Débit euros;Crédit euros\n02/03/2024;VIREMENT;;1 250,00\n03/03/2024;PRLV EDF;-80,10;\n04/03/2024;ZERO;0,00;0,00\n" +
			"05/03/2024;DEUX;1,00;2,00\nTotal;;;\n",
		[]string{
			"csv  EUR ",
			"  2024-03-02 in 1250.00 EUR |  |  | VIREMENT",
			"  2024-03-03 out 80.10 EUR |  |  | PRLV EDF",
			"  2024-03-04 in 0.00 EUR |  |  | ZERO",
			"  refused line 5: row: it has both a debit and a credit",
		}, map[string]string{"date_order": "dmy", "decimal": ",", "delimiter": ";"}},
	"American, with a status": {
		"Date,Status,Description,Withdrawal,Deposit,Running Balance\n08/17/2022,Posted,PAYPAL,\"$1,057.27\",,$36.47\n" +
			"08/18/2022,Pending,CARD,$5.00,,\n08/17/2022,Posted,BAD,x,,\n",
		[]string{
			"csv    closing 2022-08-17 36.47 ",
			"  2022-08-17 out 1057.27  |  |  | PAYPAL",
			"  pending 2022-08-18 out 5.00  |  |  | CARD",
			`  refused line 4: row: amount "x": not an amount`,
		}, map[string]string{"date_order": "mdy", "decimal": ".", "delimiter": ","}},
}

func TestBanks(t *testing.T) {
	for name, bank := range banks {
		t.Run(name, func(t *testing.T) {
			if !csv.Recognises([]byte(bank.text), nil) {
				t.Error("not recognised")
			}
			batches, err := read(t, bank.text, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(bank.want, statementtest.Lines(batches)); diff != "" {
				t.Error(diff)
			}
			as := batches[0].ReadAs
			again, err := read(t, bank.text, as)
			if err != nil {
				t.Fatalf("read again with %v: %v", as, err)
			}
			if diff := cmp.Diff(bank.want, statementtest.Lines(again)); diff != "" {
				t.Errorf("read again with %v: %s", as, diff)
			}
			rest := map[string]string{}
			for name, value := range as {
				if name != "columns" && name != "column_names" {
					rest[name] = value
				}
			}
			if diff := cmp.Diff(bank.as, rest); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMapping reads what nobody could know by headings.
func TestMapping(t *testing.T) {
	const text = "skip me,please\nwhen,how much,way,what,more\n3/4/2024,\"1,000\",uit,A,a\n5/4/2024,2,binnen,B,\n5/4/2024,3,,C,\n"
	options := map[string]string{"columns": `{"date":"When","amount":2,"sign":"way","reference":["what","more"]}`, "date_order": "dmy",
		"decimal": ".", "debit_words": "Uit"}
	batches, err := read(t, text, options)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"csv   ", "  2024-04-03 out 1000  |  |  | A a", "  2024-04-05 in 2  |  |  | B",
		"  refused line 5: row: nothing says whether it is a debit or a credit"}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if raw := string(batches[0].Booked[0].Raw); raw != "when: 3/4/2024\nhow much: 1,000\nway: uit\nwhat: A\nmore: a\n" {
		t.Errorf("raw %q", raw)
	}
	numbers := map[string]string{"columns": `{"date":"1","amount":2,"reference":4}`, "headings": "no", "skip_rows": "2", "limit": "2",
		"date_order": "mdy", "decimal": ".", "invert": "yes"}
	if batches, err = read(t, text, numbers); err != nil {
		t.Fatal(err)
	}
	want = []string{"csv   ", "  2024-03-04 out 1000  |  |  | A", "  2024-05-04 out 2  |  |  | B"}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
}

// TestQuestions names the option that is needed, and tells the headings first.
func TestQuestions(t *testing.T) {
	tests := map[string]struct {
		text    string
		options map[string]string
		field   string
	}{
		"unknown headings":      {"a,b\n1,2\n", nil, "columns"},
		"headings not there":    {"a,b\n1,2\n", map[string]string{"columns": `{"date":"x","amount":"b"}`}, "columns"},
		"no amount":             {"a,b\n1,2\n", map[string]string{"columns": `{"date":"a"}`}, "columns"},
		"name without headings": {"a,b\n1,2\n", map[string]string{"columns": `{"date":"a","amount":"b"}`, "headings": "no"}, "columns"},
		"unknown role":          {"", map[string]string{"columns": `{"colour":"a"}`}, "columns"},
		"two dates":             {"", map[string]string{"columns": `{"date":["a","b"]}`}, "columns"},
		"no JSON":               {"", map[string]string{"columns": `date`}, "columns"},
		"order of dates":        {"date,amount\n1/2/2024,5.00\n", nil, "date_order"},
		"decimals":              {"date,amount\n2024-01-02,\"5,000\"\n", nil, "decimal"},
		"wrong order":           {"", map[string]string{"date_order": "ydm"}, "date_order"},
		"wrong delimiter":       {"", map[string]string{"delimiter": "::"}, "delimiter"},
		"wrong decimal":         {"", map[string]string{"decimal": "'"}, "decimal"},
		"wrong number of rows":  {"", map[string]string{"skip_rows": "-1"}, "skip_rows"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches, err := read(t, test.text, test.options)
			var asked *sdk.Error
			if !errors.As(err, &asked) || asked.Kind != sdk.BadRequest || asked.Field != test.field {
				t.Fatalf("error %v, want a question about %s", err, test.field)
			}
			if strings.HasPrefix(test.text, "a,b") && test.options["headings"] == "" &&
				(len(batches) != 1 || batches[0].ReadAs["delimiter"] != ",") {
				t.Errorf("batches %v", batches)
			}
		})
	}
}

func TestSniff(t *testing.T) {
	for text, want := range map[string]byte{"a;b;c\n1,5;2;3\n": ';', "a,b\n\"1;2;3\",4\n": ',', "a\tb\n": '\t', "a|b|c\n1|2|3\n": '|',
		"Dear bank\nhello there\n": 0, "": 0, "a,b\x00\n": 0} {
		if got, ok := csv.Sniff([]byte(text), nil); got != want || ok != (want != 0) {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
}

func TestMissingQuote(t *testing.T) {
	_, err := read(t, "date,amount\n2024-01-02,\"5\n"+strings.Repeat("2024-01-02,6.00\n", 20_000), nil)
	var told *sdk.Error
	if !errors.As(err, &told) || told.Kind != sdk.BadRequest || told.Line == 0 || !strings.Contains(told.Message, "quote") {
		t.Errorf("error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, bank := range banks {
		f.Add(bank.text, "", "")
	}
	f.Add("a|b\r1|2\r", `{"date":1,"amount":"b"}`, "mdy")
	f.Fuzz(func(t *testing.T, text, columns, order string) {
		o, err := csv.ParseOptions(map[string]string{"columns": columns, "date_order": order})
		if err != nil {
			return
		}
		text = strings.ToValidUTF8(text, "?")
		head := []byte(text[:min(len(text), 32<<10)])
		csv.Recognises(head, nil)
		statementtest.Sound(t, func(r io.Reader, emit func(sdk.StatementBatch) error) error { return csv.Read(r, head, o, emit) }, text)
	})
}

// TestRowsAreTheSameInAnyPieces reads each table byte by byte, and behind a text
// that moves it over the reader's own bounds.
func TestRowsAreTheSameInAnyPieces(t *testing.T) {
	for name, bank := range banks {
		text := bank.text + strings.Repeat("\n", 3)
		head := []byte(text[:min(len(text), 32<<10)])
		lines := func(wrap func(io.Reader) io.Reader) []string {
			batches, err := statementtest.Batches(func(r io.Reader, emit func(sdk.StatementBatch) error) error {
				return csv.Read(wrap(r), head, csv.Options{}, emit)
			}, text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return statementtest.Lines(batches)
		}
		if diff := cmp.Diff(lines(func(r io.Reader) io.Reader { return r }), lines(iotest.OneByteReader)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	const row = "2024-01-02;\"a \"\"quoted\"\" text; with\r\ntwo lines\";-1,50\r\n"
	for _, pad := range []int{0, 1, 2, 3, 60, 64<<10 - 40, 64<<10 - 20, 64<<10 - 1, 64 << 10} {
		text := "Date;Description;Amount\r\n2024-01-01;" + strings.Repeat("x", pad) + ";1,00\r\n" + row + "2024-01-03;b;2,00\r\n"
		batches, err := read(t, text, nil)
		if err != nil || len(batches) != 1 || len(batches[0].Booked) != 3 {
			t.Fatalf("%d: %v", pad, err)
		}
		if tx := batches[0].Booked[1]; tx.Reference != `a "quoted" text; with two lines` || tx.Amount != "1.50" {
			t.Errorf("%d: %+v", pad, tx)
		}
	}
}
