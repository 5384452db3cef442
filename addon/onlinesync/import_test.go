package onlinesync_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
)

func inBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// fileRig has the real reader of files, and a journal of an account.
func fileRig(t *testing.T, r *rig, number string) (journal float64) {
	t.Helper()
	r.banks["files"] = files.Provider{}
	values := object{"name": "Bank", "type": "bank"}
	if number != "" {
		values["bank_acc_number"] = number
	}
	return r.call("account.journal", "create", values).(float64)
}

// send drops a file on a journal.
func (r *rig) send(journal float64, name, text string, options any, dry, save bool) (object, error) {
	r.t.Helper()
	answer, err := r.try("account.journal", "import_statement_file", []any{journal}, name, inBase64(text), options, dry, save)
	if err != nil {
		return nil, err
	}
	return answer.(object), nil
}

// figures are what a report says, without its lists.
func figures(report object) string {
	return fmt.Sprintf("new %v, known %v, changed %v, duplicates %v, repeated %v, skipped %v, refused %d", report["new"], report["known"],
		report["changed"], report["duplicates"], report["repeated"], report["skipped"], len(report["refused"].([]any)))
}

const tableText = "when,what,how much\n3/4/2026,Coffee,-2.50\n3/4/2026,Coffee,-2.50\n5/4/2026,Refund,10\n6/4/2026,Bad,x\n"

// TestPreviewSaysWhereAFileBegins says in a dry run that a file begins with
// another balance than the journal has, in every format that tells one, and is
// silent once the journal agrees.
func TestPreviewSaysWhereAFileBegins(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		mt940 := func(from, to string) string {
			return ":20:X\n:25:NL91ABNA0417164300\n:28C:1\n:60F:C260301EUR" + from + "\n" +
				":61:2603020302C5,00NMSCREF1\n:86:one\n:62F:C260302EUR" +
				to + "\n-\n"
		}
		bai2 := "01,a,b,260302,0200,1,,,2/\n02,b,a,1,260302,,EUR,2/\n03,NL91ABNA0417164300,EUR,010,100000,,,015,100500,,/\n" +
			"16,195,500,,,,WIRE/\n49,201000,3/\n98,201000,1,5/\n99,201000,1,7/"
		qif := "!Account\nNBank\nTBank\n^\n!Type:Bank\nD2026-03-01\nT1000.00\n" +
			"POpening Balance\nL[Bank]\n^\nD2026-03-02\nT5.00\nPx\n^\n"
		camt := "<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry>" +
			"<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>" +
			"<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry>" +
			"</Stmt></BkToCstmrStmt></Document>"
		ofx := "OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>NL91ABNA0417164300</BANKACCTFROM>" +
			"<BANKTRANLIST><STMTTRN><TRNTYPE>OTHER<DTPOSTED>20260301<TRNAMT>1000.00<MEMO>Saldo inicial</STMTTRN><STMTTRN><TRNTYPE>CREDIT" +
			"<DTPOSTED>20260302<TRNAMT>5.00<FITID>F1<NAME>x</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
		csv := "Date,Details,Amount\n2026-03-01,Opening balance,1000.00\n2026-03-02,x,5.00\n2026-03-02,Closing balance,1005.00\n"
		coda := fmt.Sprintf("%-127s2\n1200%-35sEUR0%015d010326%-64s\n", "0000002032630005", "1NL91ABNA0417164300", 1_000_000, "Example") +
			fmt.Sprintf("2100010000%-21s0%015d020326001500000%-53s0203260010%s 0\n", "REF", 5_000, "Invoice", "0") +
			fmt.Sprintf("8001%-37s0%015d020326%-65s\n", "1NL91ABNA0417164300", 1_005_000, "") +
			fmt.Sprintf("9%-21s%015d%015d%-76s\n", "", 0, 5_000, "2")
		journal := fileRig(t, r, "NL91ABNA0417164300")
		doubts := func(name, text string) string {
			t.Helper()
			report, err := r.send(journal, name, text, nil, true, false)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(report["doubts"])
		}
		want := "[The file begins at 1000.00 before 2026-03-02, but the journal Bank has 0"
		for name, text := range map[string]string{"a.sta": mt940("1000,00", "1005,00"), "a.bai": bai2, "a.qif": qif, "a.xml": camt,
			"a.ofx": ofx, "a.csv": csv, "a.cod": coda} {
			if got := doubts(name, text); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "1000.00 is in no line of it.]") {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got := doubts("b.sta", mt940("0,00", "5,00")); got != "<nil>" {
			t.Errorf("a file that begins where the journal does: %s", got)
		}
		if _, err := r.send(journal, "b.sta", mt940("0,00", "5,00"), nil, false, false); err != nil {
			t.Fatal(err)
		}
		next := strings.NewReplacer("C260301", "C260302", "2603020302", "2603030303", "C260302EUR10,00", "C260303EUR10,00")
		if got := doubts("c.sta", next.Replace(mt940("5,00", "10,00"))); got != "<nil>" {
			t.Errorf("the next file: %s", got)
		}
		if got := doubts("d.sta", next.Replace(mt940("7,00", "12,00"))); !strings.Contains(got, "begins at 7.00 before 2026-03-03") {
			t.Errorf("a file behind a gap: %s", got)
		}
		column := "Date,Details,Amount,Balance\n2026-03-03,x,2.00,%s\n2026-03-04,y,3.00,%s\n"
		if got := doubts("e.csv", fmt.Sprintf(column, "7.00", "10.00")); got != "<nil>" {
			t.Errorf("a table that goes on where the journal ends: %s", got)
		}
		behind := "[With this file the journal Bank would have 10.00 at the end of 2026-03-04, but the file says 14.00: 4.00 is in no line of it.]"
		if got := doubts("e.csv", fmt.Sprintf(column, "11.00", "14.00")); got != behind {
			t.Errorf("a table behind a gap: %s", got)
		}
		ofx = strings.NewReplacer("20260302", "20260303", "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20260301<TRNAMT>1000.00<MEMO>Saldo inicial</STMTTRN>", "",
			"</STMTRS>", "<LEDGERBAL><BALAMT>14.00<DTASOF>20260304</LEDGERBAL></STMTRS>").Replace(ofx)
		if got := doubts("f.ofx", ofx); !strings.Contains(got, "would have 10.00 at the end of 2026-03-04, but the file says 14.00") {
			t.Errorf("a file with the balance of its download behind a gap: %s", got)
		}
	})
}

// TestTableIsMappedTestedAndImported asks what a table leaves open, saves the
// answers for the journal, and reads the next file of it without them.
func TestTableIsMappedTestedAndImported(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		journal := fileRig(t, r, "")
		_, err := r.send(journal, "april.csv", tableText, nil, false, false)
		if !fault.Is(err, fault.User) || !strings.Contains(fault.MessageOf(err), "when | what | how much") {
			t.Fatalf("unknown columns: %v", err)
		}
		columns := object{"date": "when", "reference": "what", "amount": "how much"}
		test := r.call("account.journal", "test_mapping", []any{journal}, "april.csv", inBase64(tableText), object{"columns": columns},
			2).(object)
		if question := test["question"].(object); question["option"] != "date_order" ||
			!strings.Contains(question["message"].(string), "3/4/2026") {
			t.Errorf("question %v", question)
		}
		if diff := cmp.Diff([]any{"when", "what", "how much"}, test["headings"]); diff != "" {
			t.Error(diff)
		}
		chosen := object{"columns": columns, "date_order": "dmy"}
		test = r.call("account.journal", "test_mapping", []any{journal}, "april.csv", inBase64(tableText), chosen, 2).(object)
		want := []any{object{"date": "2026-04-03", "amount": "-2.50", "payment_ref": "Coffee"},
			object{"date": "2026-04-03", "amount": "-2.50", "payment_ref": "Coffee"}}
		if diff := cmp.Diff(want, test["rows"]); diff != "" || test["question"] != nil {
			t.Errorf("rows %s, question %v", diff, test["question"])
		}
		dry, err := r.send(journal, "april.csv", tableText, chosen, true, true)
		if err != nil {
			t.Fatal(err)
		}
		if got := figures(dry); got != "new 3, known 0, changed 0, duplicates 0, repeated 0, skipped 0, refused 1" ||
			r.count("account.bank.statement.line") != 0 || r.count("account.online.file.mapping") != 0 {
			t.Errorf("dry run: %s", got)
		}
		if refused := dry["refused"].([]any)[0].(object); refused["line"] != 5.0 {
			t.Errorf("refused %v", refused)
		}
		if lines := dry["lines"].([]any); len(lines) != 3 || lines[2].(object)["state"] != "new" || lines[2].(object)["amount"] != "10" {
			t.Errorf("lines %v", lines)
		}
		got, err := r.send(journal, "april.csv", tableText, chosen, false, true)
		if err != nil || figures(got) != "new 3, known 0, changed 0, duplicates 0, repeated 0, skipped 0, refused 1" {
			t.Fatalf("import: %v, %v", got, err)
		}
		saved := r.rows("account.online.file.mapping", []any{leaf("journal_id", "=", journal)}, "date_order", "decimal_separator",
			"delimiter", "columns", "has_headings")
		if len(saved) != 1 || saved[0]["date_order"] != "dmy" || saved[0]["decimal_separator"] != "." || saved[0]["delimiter"] != "," ||
			saved[0]["has_headings"] != true {
			t.Fatalf("saved %v", saved)
		}
		again, err := r.send(journal, "may.csv", tableText+"7/4/2026,Tea,-1.00\n", nil, false, false)
		if err != nil || figures(again) != "new 1, known 3, changed 0, duplicates 3, repeated 0, skipped 0, refused 1" {
			t.Errorf("an overlapping file, by what was saved: %v, %v", again, err)
		}
		nothing, err := r.send(journal, "may.csv", tableText, nil, false, false)
		if err != nil || nothing["new"] != 0.0 || !strings.Contains(nothing["message"].(string),
			"all 3 transactions of this file are in the journal Bank already") {
			t.Errorf("nothing new: %v, %v", nothing, err)
		}
		if n := r.count("account.bank.statement.line"); n != 4 {
			t.Errorf("%d lines, want 4", n)
		}
		r.call("account.online.file.mapping", "write", []any{saved[0]["id"]}, object{"date_order": "mdy"})
		other := r.call("account.online.file.mapping", "test_mapping", []any{saved[0]["id"]}, "x.csv", inBase64(tableText)).(object)
		if rows := other["rows"].([]any); rows[0].(object)["date"] != "2026-03-04" {
			t.Errorf("by the mapping: %v", rows[0])
		}
	})
}

const mt940File = ":20:X\n:25:" + "NL91ABNA0417164300" +
	"\n:28C:1\n:60F:C260301EUR100,00\n:61:2603020302C10,00NTRFNONREF//REF1234567\n:86:March\n:61:2604010401D5,00NTRFNONREF//REF1234568\n:86:April\n:62F:C260401EUR105,00\n-\n"

// TestFileIsKeptOnItsStatements keeps the bytes once, on the run and the
// statements of both months, for those who may see them.
func TestFileIsKeptOnItsStatements(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		journal := fileRig(t, r, "NL91ABNA0417164300")
		upload := r.call("ir.attachment", "create", object{"name": "march.sta", "datas": inBase64(mt940File)}).(float64)
		action := r.call("account.journal", "create_document_from_attachment", []any{journal}, []any{upload}).(object)
		report := action["reports"].([]any)[0].(object)
		if action["res_model"] != "account.bank.statement.line" || report["new"] != 2.0 || len(report["attachments"].([]any)) != 3 {
			t.Fatalf("action %v", action)
		}
		kept := r.rows("ir.attachment", []any{}, "name", "res_model", "datas", "checksum")
		models := map[string]int{}
		for _, k := range kept {
			models[k["res_model"].(string)]++
			if k["name"] != "march.sta" || k["datas"] != inBase64(mt940File) {
				t.Errorf("kept %v", k)
			}
		}
		if diff := cmp.Diff(map[string]int{"account.bank.statement": 2, "account.online.run": 1}, models); diff != "" {
			t.Error(diff)
		}
		for _, s := range r.rows("account.bank.statement", []any{}, "attachment_ids") {
			if len(s["attachment_ids"].([]any)) != 1 {
				t.Errorf("statement %v", s)
			}
		}
		if again, err := r.send(journal, "again.sta", mt940File, nil, false, false); err != nil || again["new"] != 0.0 ||
			again["known"] != 2.0 || again["duplicates"] != 0.0 {
			t.Errorf("again: %v, %v", again, err)
		}
	})
}

// TestFilesThatDoNotSuit says why, and imports nothing.
func TestFilesThatDoNotSuit(t *testing.T) {
	r := newRig(t, "sqlite")
	journal := fileRig(t, r, "NL91ABNA0417164300")
	plain := r.call("account.journal", "create", object{"name": "Plain", "type": "bank"}).(float64)
	two := "!Account\nNHouse\nTBank\n^\n!Type:Bank\nD2026-03-01\nT1.00\n^\n!Account\nNCard\nTCCard\n^\n!Type:CCard\nD2026-03-02\nT2.00\n^\n"
	tests := map[string]struct {
		journal    float64
		name, text string
		says       string
	}{
		"another currency": {journal, "x.sta", strings.ReplaceAll(mt940File, "EUR", "USD"),
			"The file is in USD, but the journal Bank is in EUR."},
		"another account": {journal, "x.sta", strings.ReplaceAll(mt940File, "NL91ABNA0417164300", "NL20INGB0001234567"),
			"but about NL20INGB0001234567 EUR"},
		"several unnamed": {plain, "x.qif", two, "several accounts without a number: Card, House"},
		"no statement":    {journal, "x.txt", "Dear bank", "not a statement in a known format"},
		"damaged at a line": {journal, "x.xml", "<?xml version='1.0'?>\n<Document><BkToCstmrStmt>\n<Stmt>",
			"Line 3: CAMT file: the file ends"},
		"no data": {journal, "x.txt", "", "the file is empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := r.send(test.journal, test.name, test.text, nil, false, false)
			if !fault.Is(err, fault.User) || !strings.Contains(fault.MessageOf(err), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
	if n := r.count("account.online.run"); n != 0 {
		t.Errorf("%d runs", n)
	}
	if got, err := r.send(plain, "x.qif", two, object{"account": "card"}, false, false); err != nil || got["new"] != 1.0 {
		t.Errorf("a chosen account: %v, %v", got, err)
	}
	if _, err := r.try("account.journal", "import_statement_file", []any{journal}, "x", "no base64!"); !fault.Is(err, fault.Value) {
		t.Errorf("no base64: %v", err)
	}
}

// TestThirdPartiesReadTheirOwnFormat asks every provider that reads files, the
// known formats first.
func TestThirdPartiesReadTheirOwnFormat(t *testing.T) {
	r := newRig(t, "sqlite")
	journal := fileRig(t, r, iban.Number)
	r.banks["house"] = reader{emptyCatalogue{newScript()}}
	got, err := r.send(journal, "june.txt", iban.Number+"\n- 2026-06-01 -5 COFFEE\n", nil, false, false)
	if err != nil || got["reader"] != "house" || got["format"] != "lines" || got["new"] != 1.0 {
		t.Fatalf("by the third party: %v, %v", got, err)
	}
	if got, err = r.send(journal, "march.sta", strings.ReplaceAll(mt940File, "NL91ABNA0417164300", iban.Number), nil, false,
		false); err != nil || got["reader"] != "files" {
		t.Errorf("a known format: %v, %v", got, err)
	}
	if got, err = r.send(journal, "june.txt", iban.Number+"\n- 2026-06-01 -5 COFFEE\n", object{"reader": "house"}, false,
		false); err != nil || got["known"] != 1.0 {
		t.Errorf("a chosen reader: %v, %v", got, err)
	}
	if _, err = r.send(journal, "june.txt", iban.Number, nil, false, false); !strings.Contains(fault.MessageOf(err), "known format") {
		t.Errorf("nobody's format: %v", err)
	}
}

// endless tells transactions for ever.
type endless struct{ emptyCatalogue }

func (endless) ReadStatements(_ context.Context, _ sdk.ReadRequest, _ io.Reader, emit func(sdk.StatementBatch) error) error {
	b := sdk.StatementBatch{Format: "endless", Account: sdk.Account{Number: iban.Number, Currency: "EUR"}}
	for range 1000 {
		b.Booked = append(b.Booked, tx("", "2026-06-01", "-5", "x"))
	}
	for {
		if err := emit(b); err != nil {
			return err
		}
	}
}

// TestFileBeyondTheBound is refused before the host holds too much.
func TestFileBeyondTheBound(t *testing.T) {
	r := newRig(t, "sqlite")
	journal := fileRig(t, r, iban.Number)
	r.banks["files"] = endless{emptyCatalogue{newScript()}}
	if _, err := r.send(journal, "big.txt", "x", nil, false, false); !fault.Is(err, fault.User) ||
		!strings.Contains(fault.MessageOf(err), "transactions from 2026-06-01 to 2026-06-01") {
		t.Errorf("error %v", err)
	}
}
