package ofx_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/ofx"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/files/words"
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
	batches, err := statementtest.Batches(plain, text)
	if err != nil {
		t.Fatal(err)
	}
	return batches
}

// TestSGML reads leaves without end tags, a missing end tag of a transaction,
// unescaped signs, an impossible day, and a date in the zone that is written.
// plain reads with the words that come with the program.
func plain(r io.Reader, emit func(sdk.StatementBatch) error) error {
	return ofx.Read(r, words.Known(), emit)
}

func TestSGML(t *testing.T) {
	batches := read(t, file(t, "bank_v102.ofx"))
	want := []string{
		"ofx 000-123 456 USD  interim 2024-04-01 2000.44 USD",
		"  2024-03-02 out 1234.56 USD | HARDWARE & PAINT |  | DRILL < 500 W, M&M PAINT",
		"  2024-03-03 in 100.00 USD | ANN LEE | 777 | ",
		"  2024-03-04 out 5.00 USD |  |  | MONTHLY FEE",
		`  refused line 38: transaction: date "20240230": no such day`,
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	account := batches[0].Account
	if account.Kind != sdk.Checking || len(account.Balances) != 1 || account.Balances[0].Amount != "1900.44" {
		t.Errorf("account %+v", account)
	}
	first, second := &batches[0].Booked[0], &batches[0].Booked[1]
	if diff := cmp.Diff([]string{"Code=DEBIT", "ID=20240302-000017/2024-03-02/-1234.56", "fitid=20240302-000017", "initiated=2024-03-01"},
		statementtest.Details(first)); diff != "" {
		t.Error(diff)
	}
	if second.ID != "" {
		t.Errorf("a counter of two digits became the id %q", second.ID)
	}
	if second.Details["original_currency"] != "EUR" || second.Details["original_rate"] != "1.08" || second.OriginalCurrency != "" {
		t.Errorf("a converted payment tells %+v", second)
	}
	if raw := string(first.Raw); !strings.HasPrefix(raw, "<STMTTRN>") || !strings.HasSuffix(raw, "</STMTTRN>") {
		t.Errorf("raw %q", raw)
	}
}

func TestXMLCardsAndInvestments(t *testing.T) {
	batches := read(t, file(t, "cards_v211.ofx"))
	want := []string{
		"ofx 4111XXXX1111 EUR  interim 2024-01-31 -20.00 EUR",
		"  2024-01-10 out 20.00 EUR | CAFÉ <EST> |  | CAFÉ <EST>",
		"ofx INV-9 CAD ",
		"  2024-01-31 in 3.10 USD |  |  | interest",
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if batches[0].Account.Kind != sdk.CreditCard || batches[1].Account.Kind != sdk.Investment {
		t.Errorf("kinds %q and %q", batches[0].Account.Kind, batches[1].Account.Kind)
	}
	if rate := batches[1].Booked[0].Rate; rate != "1.35" {
		t.Errorf("rate %q", rate)
	}
}

// statement wraps transactions into a bank statement.
func statement(inner string) string {
	return "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>A1</BANKACCTFROM><BANKTRANLIST>" + inner +
		"</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
}

func TestTransactions(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"nothing inside": {"<STMTTRN>snipped</STMTTRN>", nil},
		"no amount":      {"<STMTTRN><DTPOSTED>20240101<NAME>x</STMTTRN>", []string{"  refused line 1: transaction: amount is empty"}},
		"no date":        {"<STMTTRN><TRNAMT>1<NAME>x</STMTTRN>", []string{`  refused line 1: transaction: date "": want YYYYMMDD`}},
		"minus zero":     {"<STMTTRN><DTPOSTED>20240101<TRNAMT>-0.00</STMTTRN>", []string{"  2024-01-01 in 0.00 USD |  |  | "}},
		"odd time":       {"<STMTTRN><DTPOSTED>20240101235959:014<TRNAMT>1</STMTTRN>", []string{"  2024-01-01 in 1 USD |  |  | "}},
		"pending": {"<STMTTRNP><DTTRAN>20240102<TRNAMT>-3<NAME>shop</STMTTRNP>",
			[]string{"  pending 2024-01-02 out 3 USD | shop |  | shop"}},
		"same currency told again": {"<STMTTRN><DTPOSTED>20240101<TRNAMT>1<CURRENCY><CURRATE>1.0<CURSYM>USD</CURRENCY></STMTTRN>",
			[]string{"  2024-01-01 in 1 USD |  |  | "}},
		"to the account itself": {"<STMTTRN><DTPOSTED>20240101<TRNAMT>1<BANKACCTTO><ACCTID>A1</BANKACCTTO></STMTTRN>",
			[]string{"  2024-01-01 in 1 USD |  |  | "}},
		"same id twice": {strings.Repeat("<STMTTRN><DTPOSTED>20240101<TRNAMT>1<FITID>123456</STMTTRN>", 2),
			[]string{"  2024-01-01 in 1 USD |  |  | ", "  2024-01-01 in 1 USD |  |  | "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches := read(t, statement(test.text))
			want := append([]string{"ofx A1 USD "}, test.want...)
			if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
				t.Error(diff)
			}
			booked := batches[0].Booked
			if len(booked) == 2 && (booked[0].ID == booked[1].ID || booked[1].ID == "") {
				t.Errorf("ids %q and %q: two payments would become one", booked[0].ID, booked[1].ID)
			}
		})
	}
}

func TestNoStatement(t *testing.T) {
	tests := map[string]string{
		"<OFX></OFX>": "the file holds no statement",
		"<OFX><BANKMSGSRSV1><STMTTRNRS><STATUS><CODE>2000<SEVERITY>ERROR<MESSAGE>Not today</STATUS></STMTTRNRS></OFX>": "the bank answered " +
			"with an error instead of a statement: Not today (code 2000)",
		"<OFX><CREDITCARDMSGSRSV1><CCSTMTRS><CCACCTFROM><ACCTID></CCACCTFROM></CCSTMTRS></OFX>": "the file holds " +
			"no statement",
	}
	for text, want := range tests {
		batches := read(t, text)
		if len(batches) != 1 || len(batches[0].Refused) != 1 || batches[0].Refused[0].Reason != want || batches[0].Account.Number != "" {
			t.Errorf("%s: %+v", text, batches)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	tests := map[string]string{
		"cut in a tag":        statement("\n<STMTTRN")[:120] + "\n<STMTTRN",
		"nested too deeply":   "<OFX>" + strings.Repeat("<PAYEE>", 100),
		"text without end":    statement("<STMTTRN><MEMO>" + strings.Repeat("x", 2<<20)),
		"cut behind a value":  statement("<STMTTRN><DTPOSTED>20240101<TRNAMT>12")[:150],
		"cut behind a tag":    strings.TrimSuffix(statement("<STMTTRN><DTPOSTED>20240101<TRNAMT>12</STMTTRN>"), "</OFX>"),
		"second one cut":      statement("") + strings.TrimSuffix(statement(""), "</STMTTRNRS></BANKMSGSRSV1></OFX>"),
		"entities of its own": "<!DOCTYPE OFX [<!ENTITY a 'b'>]><OFX>",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := statementtest.Batches(plain, text); sdk.KindOf(err) != sdk.BadRequest {
				t.Errorf("error %v, want bad request", err)
			}
		})
	}
}

// TestBalanceRows takes rows that tell a balance for what they are, and refuses
// those that only look like one or contradict the rows beside them.
func TestBalanceRows(t *testing.T) {
	row := func(day, amount, id, memo string) string {
		return "<STMTTRN><DTPOSTED>202401" + day + "<TRNAMT>" + amount + "<FITID>" + id + "<MEMO>" + memo + "</STMTTRN>\n"
	}
	doubt := "  refused line 1: transaction: %s, reads like a balance or a sum of other rows, and nothing in the file proves what it is; it is not booked"
	denied := "  refused line 3: balance: %s, which the rows beside it do not come to: something is missing or was changed"
	tests := map[string]struct {
		rows    string
		opening string
		want    []string
	}{
		"as Brazilian banks write them": {row("01", "600.00", "", "Saldo Anterior") + row("05", "-500.00", "20240105001", "Pix - Enviado") +
			row("05", "100.00", "", "Saldo do dia"), " opening 2024-01-02 600.00 USD",
			[]string{"  2024-01-05 out 500.00 USD |  |  | Pix - Enviado"}},
		"with ids that their sums prove": {row("01", "10.00", "", "SALDO ANTERIOR") + row("02", "5.00", "A00001", "TED") +
			row("02", "15.00", "A00002", "S A L D O"), " opening 2024-01-02 10.00 USD", []string{"  2024-01-02 in 5.00 USD |  |  | TED"}},
		"newest first": {row("03", "-4.00", "", "Solde du jour") + row("03", "-9.00", "B00001", "Loyer") + row("01", "5.00", "",
			"Solde initial"),
			" opening 2024-01-02 5.00 USD", []string{"  2024-01-03 out 9.00 USD |  |  | Loyer"}},
		"a turnover": {row("02", "5.00", "C00001", "Rent") + row("02", "5.00", "", "Total de créditos"), "",
			[]string{"  2024-01-02 in 5.00 USD |  |  | Rent"}},
		"a name alone, with an id": {row("02", "5.00", "D00001", "Opening balance"), "",
			[]string{fmt.Sprintf(doubt, `"Opening balance" of 2024-01-02, 5.00`)}},
		"one that the rows deny": {row("01", "10.00", "", "Saldo inicial") + row("02", "5.00", "E00001", "TED") + row("02",
			"16.00", "", "Saldo"),
			" opening 2024-01-02 10.00 USD", []string{"  2024-01-02 in 5.00 USD |  |  | TED", fmt.Sprintf(denied,
				`"Saldo" of 2024-01-02 gives 16.00`)}},
		"words of a movement": {row("02", "-5.00", "F00001", "New Balance Store"), "",
			[]string{"  2024-01-02 out 5.00 USD |  |  | New Balance Store"}},
		"money that is only reserved": {"<STMTTRN><TRNTYPE>HOLD<DTPOSTED>20240102<TRNAMT>-5<MEMO>Fuel</STMTTRN>", "",
			[]string{"  pending 2024-01-02 out 5 USD |  |  | Fuel"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := append([]string{"ofx A1 USD " + test.opening}, test.want...)
			if diff := cmp.Diff(want, statementtest.Lines(read(t, statement(test.rows)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCorrections books what is right in the end, in either order of the file.
func TestCorrections(t *testing.T) {
	row := func(id, amount, more string) string {
		return "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240102<TRNAMT>" + amount + "<FITID>" + id + "<NAME>x" + more + "</STMTTRN>\n"
	}
	const replace, deletes = "<CORRECTFITID>A1<CORRECTACTION>REPLACE", "<CORRECTFITID>A1<CORRECTACTION>DELETE"
	refused := `  refused line 1: transaction: it replaces the transaction "A1", which was not found once beside it in the file; it is not booked: ` +
		"correct that one by hand"
	right := []string{"  2024-01-02 out 6 USD | x |  | x"}
	for name, test := range map[string]struct {
		rows string
		want []string
	}{
		"replaced":         {row("A1", "-5", "") + row("A2", "-6", replace), right},
		"replaced before":  {row("A2", "-6", replace) + row("A1", "-5", ""), right},
		"deleted":          {row("A0", "-6", "") + row("A1", "-5", "") + row("A2", "-5", deletes), right},
		"not in the file":  {row("A2", "-6", replace), []string{refused}},
		"another, kept":    {row("A3", "-6", "") + row("A1", "-5", "") + row("A2", "5", deletes), right},
		"says nothing new": {row("A1", "-6", "<CORRECTFITID>A1<CORRECTACTION>REPLACE"), right},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(append([]string{"ofx A1 USD "}, test.want...), statementtest.Lines(read(t, statement(test.rows)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTypesThatDenySigns doubts amounts that mostly go the other way than their
// types say, and follows their signs.
func TestTypesThatDenySigns(t *testing.T) {
	row := func(kind, amount string) string {
		return "<STMTTRN><TRNTYPE>" + kind + "<DTPOSTED>20240102<TRNAMT>" + amount + "</STMTTRN>"
	}
	for name, test := range map[string]struct {
		rows string
		want []string
	}{
		"all":            {row("DEBIT", "5") + row("PAYMENT", "6"), []string{"doubt types_deny_signs against=2 of=2"}},
		"a card's":       {row("POS", "5") + row("CREDIT", "-6"), []string{"doubt types_deny_signs against=2 of=2"}},
		"half":           {row("DEBIT", "5") + row("CREDIT", "6"), []string{"doubt types_deny_signs against=1 of=2"}},
		"one of three":   {row("DEBIT", "5") + row("DEBIT", "-6") + row("DEP", "7"), nil},
		"no way is said": {row("XFER", "5") + row("OTHER", "-6") + row("DEBIT", "0.00"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			batches := read(t, statement(test.rows))
			if diff := cmp.Diff(test.want, statementtest.Findings(batches)); diff != "" {
				t.Error(diff)
			}
			if tx := batches[0].Booked[0]; tx.Direction != sdk.In {
				t.Errorf("the sign was not followed: %+v", tx)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, "bank_v102.ofx"))
	f.Add(file(f, "cards_v211.ofx"))
	f.Add("<OFC><A<B>><STMTRS><STMTTRN><STMTRS></STMTTRN><STATUS>")
	f.Fuzz(func(t *testing.T, text string) {
		batches, err := statementtest.Batches(plain, strings.ToValidUTF8(text, "?"))
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
