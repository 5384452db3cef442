package files_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// camtStatement is a message with an opening and a closing balance and two
// entries, of 10 in and 4 out.
func camtStatement(kind, opening, closing, more string) string {
	entry := func(amount, way string) string {
		return "<Ntry><Amt Ccy=\"EUR\">" + amount + "</Amt><CdtDbtInd>" + way + "</CdtDbtInd><Sts>BOOK</Sts>" +
			"<BookgDt><Dt>2024-03-01</Dt></BookgDt></Ntry>"
	}
	balance := func(code, amount string) string {
		return "<Bal><Tp><CdOrPrtry><Cd>" + code + "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" + amount +
			"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-03-01</Dt></Dt></Bal>"
	}
	return "<Document><BkToCstmr" + kind + "><" + kind + ">" + more + "<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id>" +
		"<Ccy>EUR</Ccy></Acct>" + balance("OPBD", opening) + balance("CLBD", closing) + entry("10.00", "CRDT") +
		entry("4.00", "DBIT") + "</" + kind + "></BkToCstmr" + kind + "></Document>"
}

func camtTotals(count, sum, credits string) string {
	return "<TxsSummry><TtlNtries><NbOfNtries>" + count + "</NbOfNtries><Sum>" + sum + "</Sum></TtlNtries><TtlCdtNtries><Sum>" + credits +
		"</Sum></TtlCdtNtries></TxsSummry>"
}

func ofxStatement(end, asOf, ledger, more string) string {
	return "OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>77</BANKACCTFROM><BANKTRANLIST><DTEND>" +
		end + more + "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20240302<TRNAMT>5.00<FITID>F1<NAME>x</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>" +
		ledger + "<DTASOF>" + asOf + "</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
}

func bai2Statement(modifier, closing, credits string) string {
	return "01,a,b,260302,0200,1,,,2/\n02,b,a,1,260302,,EUR," + modifier + "/\n03,77,EUR,010,1000,,,015," + closing + ",,,100," + credits +
		",,/\n16,195,500,,,,WIRE/\n49,%s,3/\n98,%[1]s,1,5/\n99,%[1]s,1,7/"
}

// TestWhatFilesProve reads files of every format that prove what they tell,
// cannot prove it, or deny it.
func TestWhatFilesProve(t *testing.T) {
	const saldo = "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20240301<TRNAMT>100.00<MEMO>Saldo inicial</STMTTRN>"
	proven, totals := "proof closing_balance entries=%d statements=1", "proof totals entries=%d statements=1"
	mt942 := ":20:X\n:25:NL91ABNA0417164300\n:28C:1\n:34F:EUR0,\n:13D:2403011200+0100\n:61:240301C10,NMSCREF1\n:61:240301D4,NMSCREF2\n" +
		":90D:%s\n:90C:1EUR10,\n-\n"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"a.sta": {":20:X\n:25:NL91ABNA0417164300\n:28C:1\n:60F:C240301EUR100,\n:61:240301C5,NMSCREF1\n:62F:C240301EUR105,\n-\n",
			[]string{fmt.Sprintf(proven, 1)}},
		"942 that agrees":   {fmt.Sprintf(mt942, "1EUR4,"), []string{fmt.Sprintf(totals, 2)}},
		"942 that does not": {fmt.Sprintf(mt942, "2EUR9,"), []string{"doubt totals come=4.00 (1) line=8 told=9 (2) what=debits"}},
		"camt":              {camtStatement("Stmt", "100.00", "106.00", ""), []string{fmt.Sprintf(proven, 2)}},
		"camt, another closing": {camtStatement("Stmt", "100.00", "107.00", ""),
			[]string{"doubt closing_balance come=106.00 entries=2 opening=100.00 told=107.00"}},
		"camt, one of two pages": {camtStatement("Stmt", "100.00", "107.00", "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd>"+
			"</StmtPgntn>"), nil},
		"camt, a report": {camtStatement("Rpt", "100.00", "107.00", ""), nil},
		"camt, totals": {camtStatement("Stmt", "0", "6", camtTotals("2", "14.00", "10.00")),
			[]string{fmt.Sprintf(proven, 2), fmt.Sprintf(totals, 2)}},
		"camt, an entry too few": {camtStatement("Rpt", "0", "6", camtTotals("3", "14.00", "10.00")),
			[]string{fmt.Sprintf(proven, 2), "doubt counts come=2 line=1 told=3 what=entries"}},
		"camt, other credits": {camtStatement("Rpt", "0", "6", camtTotals("2", "6.00", "12.00")),
			[]string{fmt.Sprintf(proven, 2), "doubt totals come=10.00 line=1 told=12.00 what=credits"}},
		"ofx": {ofxStatement("20240331", "20240405", "105.00", ""), []string{"choice balance_unproven amount=105.00 date=2024-04-05"}},
		"ofx, an opening row": {ofxStatement("20240331", "20240331", "105.00", saldo),
			[]string{"choice balance_rows rows=1", fmt.Sprintf(proven, 1)}},
		"ofx, a later balance": {ofxStatement("20240331", "20240405", "107.00", saldo), []string{"choice balance_rows rows=1"}},
		"ofx, another balance": {ofxStatement("20240331", "20240331", "107.00", saldo),
			[]string{"choice balance_rows rows=1", "doubt closing_balance come=105.00 entries=1 opening=100.00 told=107.00"}},
		"bai2": {fmt.Sprintf(bai2Statement("2", "1500", "500"), "3500"),
			[]string{fmt.Sprintf(proven, 1), fmt.Sprintf(totals, 1)}},
		"bai2, another closing": {fmt.Sprintf(bai2Statement("2", "1700", "500"), "3700"),
			[]string{"doubt closing_balance come=15.00 entries=1 opening=10.00 told=17.00", fmt.Sprintf(totals, 1)}},
		"bai2, other credits": {fmt.Sprintf(bai2Statement("2", "1500", "600"), "3600"),
			[]string{fmt.Sprintf(proven, 1), "doubt totals come=5.00 line=5 told=6.00 what=credits"}},
		"bai2, the day under way": {fmt.Sprintf(bai2Statement("3", "1700", "600"), "3800"), []string{fmt.Sprintf(totals, 1)}},
		"qif": {"!Type:Bank\nD2024-03-01\nT100.00\nPOpening Balance\nL[Bank]\n^\nD2024-03-02\nT5.00\nPx\n^\n",
			[]string{"choice opening_record amount=100.00 date=2024-03-01 line=2"}},
		"qif, splits": {"!Type:Bank\nD2024-03-02\nT-5.00\nPx\nSa\n$-3.00\nSb\n$-1.50\n^\nD2024-03-03\nT-5.00\nPx\nSa\n$-3.00\nSb\n$-2.00\n^\n",
			[]string{"doubt splits_differ come=-4.50 line=2 told=-5.00"}},
		"coda, a duplicate": {codaText[:16] + "D" + codaText[17:],
			[]string{"doubt duplicate_file", fmt.Sprintf(proven, 1), fmt.Sprintf(totals, 1)}},
		"coda": {codaText, []string{fmt.Sprintf(proven, 1), fmt.Sprintf(totals, 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			var batches []sdk.StatementBatch
			request := sdk.ReadRequest{Filename: name}
			err := files.Provider{}.ReadStatements(t.Context(), request, bytes.NewReader([]byte(test.text)),
				func(b sdk.StatementBatch) error {
					batches = append(batches, b)
					return statementtest.Check(b)
				})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, statementtest.Findings(batches)); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(statementtest.Lines(batches), "\n"))
			}
		})
	}
}

// codaText has one movement of 10 in.
var codaText = fmt.Sprintf("%-127s2\n1200%-35sEUR0%015d010124%-64s\n", "0000001012430005", "1BE68539007547034", 0, "Example") +
	fmt.Sprintf("2100010000%-21s0%015d010124001500000%-53s0101240010%s 0\n", "REF", 10_000, "Invoice", "0") +
	fmt.Sprintf("8001%-37s0%015d010124%-65s\n", "1BE68539007547034", 10_000, "") +
	fmt.Sprintf("9%-21s%015d%015d%-76s\n", "", 0, 10_000, "2")
