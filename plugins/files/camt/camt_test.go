package camt_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/camt"
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
	batches, err := statementtest.Batches(camt.Read, text)
	if err != nil {
		t.Fatal(err)
	}
	return batches
}

func TestStatement(t *testing.T) {
	batches := read(t, file(t, "statement.xml"))
	want := []string{
		"camt.053 NL91ABNA0417164300 EUR 2024-45 opening 2024-03-04 1000.00 EUR closing 2024-03-04 -12.60 EUR",
		"  2024-03-04 (2024-03-05) out 1250.00 EUR | Mill & Quay Estates | NL02RABO0123456789 | Rent March Quay 4",
		"  2024-03-04 in 120.50 EUR | Anna Vos | NL20INGB0001234567 | RF18539007547034",
		"  2024-03-04 in 179.50 EUR | Bram de Wit |  | Cakes",
		"  2024-03-04 out 80.00 EUR |  |  | Salaries, details by post",
		"  2024-03-04 in 17.40 EUR | Gas Works |  | Debit given back",
		"  pending 2024-03-05 out 92.53 EUR | Flour Inc |  |  | 100.00 USD at 0.9253",
		`  refused line 96: entry: amount "1O.00": 'O' is not a digit`,
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if got := batches[0].Account; got.Owner != "Windmill Bakery B.V." || len(got.Balances) != 1 || got.Balances[0].Amount != "487.40" {
		t.Errorf("account %+v", got)
	}
	rent := &batches[0].Booked[0]
	if !strings.HasPrefix(string(rent.Raw), "<Ntry>") || !strings.HasSuffix(string(rent.Raw), "</Ntry>") {
		t.Errorf("raw %q", rent.Raw)
	}
	if diff := cmp.Diff([]string{
		"Code=PMNT/ICDT/ESCT", "EndToEndID=RENT-2024-03", "ID=SR240304000017/2024-03-04/-1250.00",
		"account_servicer_reference=SR240304000017", "counterparty_bic=RABONL2U", "entry_reference=1", "proprietary_code=00100",
	}, statementtest.Details(rent)); diff != "" {
		t.Error(diff)
	}
	// A part of a collective entry never takes the id of the whole.
	if part := batches[0].Booked[1]; part.ID != "" || part.Details["collective_entry"] != "300.00" ||
		part.Details["batch_id"] != "BATCH-7" {
		t.Errorf("part of a collective entry: id %q, details %v", part.ID, part.Details)
	}
}

func TestLaterVersionAndPrefix(t *testing.T) {
	want := []string{
		"camt.052 ACC-77 CHF R-1 interim 2024-06-30 5.00 CHF interim 2024-06-30 25.00 CHF",
		"  2024-06-30 in 20 CHF | Ueli Meier |  | Bücher",
		"  refused line 18: entry of 2024-06-30 9: for information only, not booked",
	}
	if diff := cmp.Diff(want, statementtest.Lines(read(t, file(t, "report_v8.xml")))); diff != "" {
		t.Error(diff)
	}
}

// message wraps entries into a statement of account A1.
func message(entries string) string {
	return "<Document><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>A1</Id></Othr></Id><Ccy>EUR</Ccy><Ownr><Nm>Me</Nm></Ownr></Acct>" + entries +
		"</Stmt></BkToCstmrStmt></Document>"
}

// TestStates books what the bank says is booked, and nothing else.
func TestStates(t *testing.T) {
	entry := "<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>DBIT</CdtDbtInd>%s<BookgDt><Dt>2024-01-02</Dt></BookgDt></Ntry>"
	const refused = "  refused line 1: entry of 2024-01-02 1: its status is %s, which does not say that it is booked"
	for state, want := range map[string]string{
		"<Sts>BOOK</Sts>":                    "  2024-01-02 out 1 EUR |  |  | ",
		"":                                   "  2024-01-02 out 1 EUR |  |  | ",
		"<Sts><Cd>PDNG</Cd></Sts>":           "  pending 2024-01-02 out 1 EUR |  |  | ",
		"<Sts><Cd>RJCT</Cd></Sts>":           fmt.Sprintf(refused, `"RJCT"`),
		"<Sts><Prtry>DECLINED</Prtry></Sts>": fmt.Sprintf(refused, `"DECLINED"`),
		"<Sts>CANC</Sts>":                    fmt.Sprintf(refused, `"CANC"`),
	} {
		if diff := cmp.Diff(want, statementtest.Lines(read(t, message(fmt.Sprintf(entry, state))))[1]); diff != "" {
			t.Errorf("%s: %s", state, diff)
		}
	}
}

// TestParties holds row 37: the other party, never the holder.
func TestParties(t *testing.T) {
	tests := map[string]struct{ indicator, extra, parties, want string }{
		"money in is from the debtor":  {"CRDT", "", "<Dbtr><Nm>Ann</Nm></Dbtr><Cdtr><Nm>Me</Nm></Cdtr>", "Ann"},
		"money out is to the creditor": {"DBIT", "", "<Dbtr><Nm>Me</Nm></Dbtr><Cdtr><Nm>Bob</Nm></Cdtr>", "Bob"},
		"accounts decide before direction": {"DBIT", "",
			"<Dbtr><Nm>Ann</Nm></Dbtr><DbtrAcct><Id><IBAN>X9</IBAN></Id></DbtrAcct><Cdtr><Nm>Me</Nm></Cdtr><CdtrAcct><Id><IBAN>A1</IBAN>" +
				"</Id></CdtrAcct>", "Ann X9"},
		"a return keeps the roles of the original": {"DBIT", "<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf>",
			"<Dbtr><Nm>Ann</Nm></Dbtr><Cdtr><Nm>Us</Nm></Cdtr>", "Ann"},
		"the holder alone is nobody": {"CRDT", "", "<Dbtr><Nm>ME</Nm></Dbtr>", ""},
		"the holder's role with a foreign account": {"CRDT", "", "<Cdtr><Nm>Bob</Nm></Cdtr><CdtrAcct><Id><IBAN>X9</IBAN></Id></CdtrAcct>",
			"Bob X9"},
		"the holder's role without an account":  {"CRDT", "", "<Cdtr><Nm>Bob</Nm></Cdtr>", ""},
		"ultimate party when there is no other": {"CRDT", "", "<UltmtDbtr><Nm>Ann</Nm></UltmtDbtr>", "Ann"},
		"the holder as ultimate party":          {"CRDT", "", "<UltmtDbtr><Nm>Me</Nm></UltmtDbtr>", ""},
		"an account of zeros is none": {"CRDT", "",
			"<Dbtr><Nm>Ann</Nm></Dbtr><DbtrAcct><Id><Othr><Id>0000</Id></Othr></Id></DbtrAcct>", "Ann"},
		"a transfer to oneself names the holder's other account": {"DBIT", "",
			"<Cdtr><Nm>Me</Nm></Cdtr><CdtrAcct><Id><IBAN>X9</IBAN></Id></CdtrAcct>", "Me X9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches := read(t, message("<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>"+test.indicator+"</CdtDbtInd><BookgDt><Dt>2024-01-02</Dt>"+
				"</BookgDt>"+
				"<NtryDtls><TxDtls><RltdPties>"+test.parties+"</RltdPties>"+test.extra+"</TxDtls></NtryDtls></Ntry>"))
			tx := batches[0].Booked[0]
			if got := strings.TrimSpace(tx.Counterparty + " " + tx.CounterNumber); got != test.want {
				t.Errorf("other party %q, want %q", got, test.want)
			}
		})
	}
}

func TestCollectiveEntries(t *testing.T) {
	detail := func(amount, extra string) string {
		return "<TxDtls>" + amount + extra + "</TxDtls>"
	}
	amt := func(currency, amount string) string { return "<Amt Ccy='" + currency + "'>" + amount + "</Amt>" }
	tests := map[string]struct {
		details string
		want    []string
	}{
		"parts that add up": {detail(amt("EUR", "6.1"), "") + detail(amt("EUR", "3.90"), ""), []string{"out 6.1", "out 3.90"}},
		"a part the other way": {detail(amt("EUR", "12"), "") + detail(amt("EUR", "2"), "<CdtDbtInd>CRDT</CdtDbtInd>"),
			[]string{"out 12", "in 2"}},
		"parts that do not add up":  {detail(amt("EUR", "6.1"), "") + detail(amt("EUR", "3.8"), ""), []string{"out 10"}},
		"a part without amount":     {detail(amt("EUR", "10"), "") + detail("", ""), []string{"out 10"}},
		"parts in another currency": {detail(amt("USD", "6"), "") + detail(amt("USD", "4"), ""), []string{"out 10"}},
		"one part":                  {detail(amt("EUR", "9"), ""), []string{"out 10"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches := read(t, message("<Ntry>"+amt("EUR", "10")+"<CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2024-01-02</Dt></BookgDt>"+
				"<NtryDtls>"+test.details+"</NtryDtls></Ntry>"))
			var got []string
			for _, tx := range batches[0].Booked {
				got = append(got, string(tx.Direction)+" "+tx.Amount)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEntries reads what is odd but usable, and refuses what is not.
func TestEntries(t *testing.T) {
	const rest = "<CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2024-01-02</Dt></BookgDt>"
	tests := map[string]struct{ entry, want string }{
		"plain":                      {"<Amt Ccy='EUR'>1</Amt>" + rest, "2024-01-02 in 1 EUR |  |  | "},
		"minus beside the indicator": {"<Amt Ccy='EUR'>-1.5</Amt>" + rest, "refused line 1: entry: the amount -1.5 has a minus beside its credit/debit indicator"},
		"the account's currency":     {"<Amt>1</Amt>" + rest, "2024-01-02 in 1 EUR |  |  | "},
		"another currency":           {"<Amt Ccy='sek'>1</Amt>" + rest, "2024-01-02 in 1 SEK |  |  | "},
		"empty booking date": {"<Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt/><ValDt><Dt>2024-01-03</Dt></ValDt>",
			"2024-01-03 in 1 EUR |  |  | "},
		"date of the detail": {"<Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls><TxDtls><RltdDts>" +
			"<TxDtTm>2024-01-04T00:00:00</TxDtTm></RltdDts></TxDtls></NtryDtls>",
			"2024-01-04 in 1 EUR |  |  | "},
		"no date": {"<Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "refused line 1: entry: neither booking nor value date"},
		"no such date": {"<Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2024-02-30</Dt></BookgDt>",
			`refused line 1: entry: date "2024-02-30": no such day`},
		"no indicator": {"<Amt Ccy='EUR'>1</Amt><BookgDt><Dt>2024-01-02</Dt></BookgDt>",
			`refused line 1: entry: the credit/debit indicator is ""`},
		"no amount": {rest, "refused line 1: entry: amount is empty"},
		"future":    {"<Amt Ccy='EUR'>1</Amt><Sts><Cd>FUTR</Cd></Sts>" + rest, "pending 2024-01-02 in 1 EUR |  |  | "},
		"rate without sense": {"<Amt Ccy='EUR'>1</Amt>" + rest + "<NtryDtls><TxDtls><AmtDtls><InstdAmt><Amt Ccy='USD'>2</Amt><CcyXchg>" +
			"<XchgRate>n/a</XchgRate></CcyXchg></InstdAmt></AmtDtls></TxDtls></NtryDtls>",
			"2024-01-02 in 1 EUR |  |  |  | 2 USD at "},
		"bank's words last": {"<Amt Ccy='EUR'>1</Amt>" + rest + "<AddtlNtryInf>Fee</AddtlNtryInf><NtryDtls><TxDtls><RmtInf><Strd>" +
			"<AddtlRmtInf>For  May</AddtlRmtInf></Strd></RmtInf></TxDtls></NtryDtls>",
			"2024-01-02 in 1 EUR |  |  | For May"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			lines := statementtest.Lines(read(t, message("<Ntry>"+test.entry+"</Ntry>")))
			if diff := cmp.Diff("  "+test.want, lines[1]); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("no currency at all", func(t *testing.T) {
		text := strings.Replace(message("<Ntry><Amt>1</Amt>"+rest+"</Ntry>"), "<Ccy>EUR</Ccy>", "", 1)
		if lines := statementtest.Lines(read(t, text)); lines[1] != "  refused line 1: entry: the currency is missing" {
			t.Errorf("%q, want no default (row 36)", lines)
		}
	})
}

// TestSharedReference holds rows 6, 9 and 11: one reference on several entries
// makes several ids, the same ones each time the file is read.
func TestSharedReference(t *testing.T) {
	entry := func(day, amount string) string {
		return "<Ntry><Amt Ccy='EUR'>" + amount + "</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2024-01-" + day +
			"</Dt></BookgDt><AcctSvcrRef>TAX-2024-1</AcctSvcrRef></Ntry>"
	}
	text := message(entry("02", "5") + entry("02", "5") + entry("03", "5") + entry("02", "6"))
	for range 2 {
		var ids []string
		for _, tx := range read(t, text)[0].Booked {
			ids = append(ids, tx.ID)
		}
		want := []string{"TAX-2024-1/2024-01-02/-5", "TAX-2024-1/2024-01-02/-5/2", "TAX-2024-1/2024-01-03/-5", "TAX-2024-1/2024-01-02/-6"}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	tests := map[string]struct {
		text string
		line int
		says string
	}{
		"cut in an entry":     {"<Document><BkToCstmrStmt>\n<Stmt>\n<Ntry><Amt>", 3, "ends inside"},
		"cut in a tag":        {"<Document><BkToCstmrStmt>\n<Stmt", 2, "ends inside"},
		"crossed tags":        {"<Document><BkToCstmrStmt></Document>", 1, "closes nothing"},
		"crossed in an entry": {message("\n<Ntry><Amt></Ntry></Amt>"), 2, "closes nothing"},
		"nested too deeply":   {strings.Repeat("<a>", 100), 1, "nested"},
		"nested in an entry":  {message("<Ntry>" + strings.Repeat("<a>", 100)), 1, "nested"},
		"entities of its own": {"<!DOCTYPE a [<!ENTITY b 'c'>]><Document/>", 1, "document type"},
		"a text without end":  {message("<Ntry><Amt>" + strings.Repeat("1", 2<<20)), 1, "too long"},
		"a tag without end":   {"<Document " + strings.Repeat("x", 100<<10), 1, "too long"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := statementtest.Batches(camt.Read, test.text)
			var told *sdk.Error
			if !errors.As(err, &told) || told.Kind != sdk.BadRequest || told.Line != test.line ||
				!strings.Contains(told.Message, test.says) {
				t.Errorf("error %v, want bad request at line %d saying %q", err, test.line, test.says)
			}
		})
	}
}

func TestNothingInside(t *testing.T) {
	want := []string{"camt   ", "  refused line 1: the file holds no statement"}
	if diff := cmp.Diff(want, statementtest.Lines(read(t, "<Document><BkToCstmrStmt/></Document>"))); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, "statement.xml"))
	f.Add(file(f, "report_v8.xml"))
	f.Add(message("<Ntry><Amt Ccy='EUR'>1</Amt><!-- x --><![CDATA[y]]></Ntry>"))
	f.Fuzz(func(t *testing.T, text string) {
		batches, err := statementtest.Batches(camt.Read, strings.ToValidUTF8(text, "?"))
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
