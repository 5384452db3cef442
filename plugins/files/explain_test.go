package files_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestExplain tells what was taken for what, and why; only when it is asked to.
func TestExplain(t *testing.T) {
	qif, err := os.ReadFile("qif/testdata/accounts.qif")
	if err != nil {
		t.Fatal(err)
	}
	const words = "\nMijn bank\nRekeningnummer;Transactiedatum;CreditDebet;Bedrag;Tegenrekeninghouder;Omschrijving;Status;Saldo\n" +
		"NL00TEST0000000001;05-03-2024;D;25,50;Bakker;Brood;Geboekt;74,50\nNL00TEST0000000001;06-03-2024;C;1200,00;Klant;Factuur;Geboekt;1274,50\n" +
		"NL00TEST0000000001;07-03-2024;D;99,00;Energie;Stroom;Geweigerd;\n"
	tests := map[string]struct {
		name, text string
		options    map[string]string
		want       []string
	}{
		"a table": {"a.csv", words, nil, []string{
			"format: CSV, rows with the same number of values",
			"encoding: utf-8, every byte of it is",
			"values: parted by semicolons, with which most columns are known",
			"headings: line 3, most of them known in Dutch; passed over before it: 2 lines",
			"date: column 2 “Transactiedatum”, a heading in Dutch",
			"amount: column 4 “Bedrag”, a heading in Dutch",
			"sign: column 3 “CreditDebet”, a heading in Dutch",
			"balance: column 8 “Saldo”, a heading in Dutch",
			"counterparty: column 5 “Tegenrekeninghouder”, a heading in Dutch",
			"account: column 1 “Rekeningnummer”, a heading in Dutch",
			"reference: column 6 “Omschrijving”, a heading in Dutch",
			"status: column 7 “Status”, a heading in Dutch",
			"dates: day/month/year, as the language of the headings writes them; no date decides",
			"decimals: behind a comma, by amounts that can be read in one way only",
			"signs: column 3 says which way an amount goes: “D” is a debit, “C” is a credit",
			"signs: proven by the balances of the first 2 rows, each of which follows from the one before",
			"states: “Geboekt” is booked, “Geweigerd” is left out",
		}},
		"choices": {"a.csv", "x,y,z\n01/02/2024,1.50,Tea\n", map[string]string{"columns": `{"date":"x","amount":"y"}`, "date_order": "dmy"},
			[]string{
				"format: CSV, rows with the same number of values",
				"encoding: utf-8, every byte of it is",
				"values: parted by commas, with which most rows have the same number of values",
				"headings: line 1",
				"date: column 1 “x”, chosen",
				"amount: column 2 “y”, chosen",
				"account: the file names none, so it is the journal's",
				"dates: day/month/year, chosen",
				"decimals: behind a point, by amounts that can be read in one way only",
				"signs: no amount of the first rows has one, so they come in",
			}},
		"no headings": {"a.txt", "123456789\tEUR\t20240102\t100,00\t87,50\t20240102\t-12,50\tBakker\n" +
			"123456789\tEUR\t20240103\t87,50\t187,50\t20240103\t100,00\tKlant\n", nil, []string{
			"format: CSV, rows with the same number of values",
			"encoding: utf-8, every byte of it is",
			"values: parted by tabs, with which most columns are known",
			"headings: none; the rows fit the layout “TAB, Dutch”",
			"date: column 3, as the layout says",
			"value date: column 6, as the layout says",
			"amount: column 7, as the layout says",
			"currency: column 2, as the layout says",
			"balance: column 5, as the layout says",
			"account: column 1, as the layout says",
			"reference: column 8, as the layout says",
			"dates: year/month/day, as the layout says",
			"decimals: behind a comma, as the layout or the amounts say",
			"signs: each amount has its own",
			"signs: proven by the balances of the first 2 rows, each of which follows from the one before",
		}},
		"QIF": {"a.qif", string(qif), nil, []string{
			"format: QIF, it begins with a section of QIF",
			"encoding: utf-8, every byte of it is",
			"account: !Account N",
			"day of a transaction: D",
			"which way the money goes: T, else U",
			"name and text: P, M",
			"balances: L[…], else P",
			"passed over, since it is no payment of the account: !Type:Invst, !Type:Cat, !Type:Class, !Type:Memorized",
			"dates: month/day/year, by dates that can be read in one way only",
			"decimals: behind a point, by amounts that can be read in one way only",
		}},
		"MT940": {"a.sta", mt940Text, nil, []string{
			"format: MT940, lines begin with the fields of a SWIFT statement",
			"encoding: utf-8, every byte of it is",
			"account: :25:",
			"day of a transaction: :61: MMDD, else :61: YYMMDD",
			"which way the money goes: :61: C, D, RC, RD",
			"id, together with day and amount: :61: //",
			"name and text: :86:, else :61:",
			"balances: :60F:, :62F:, else :60M:, :62M:",
			"told apart as pending: :61: EC, ED",
			"passed over, since it is no payment of the account: :65:",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.options == nil {
				test.options = map[string]string{}
			}
			if got := choicesOf(t, test.name, test.text, test.options); len(got) > 0 {
				t.Errorf("told without being asked: %q", got)
			}
			test.options["explain"] = "yes"
			got := choicesOf(t, test.name, test.text, test.options)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEverySourceIsTold names where each format with a fixed meaning tells the
// account, the day and the sign.
func TestEverySourceIsTold(t *testing.T) {
	for name, text := range map[string]string{
		"a.sta": mt940Text, "a.ofx": ofxText, "a.xml": strings.Replace(camtText, "ISO-8859-1", "UTF-8", 1),
		"a.cod": codaText, "a.qif": "!Type:Bank\nD2024-01-02\nT1.00\nPx\n^\n",
		"a.bai": fmt.Sprintf(bai2Statement("2", "1500", "500"), "3500")} {
		got := strings.Join(choicesOf(t, name, text, map[string]string{"explain": "yes"}), "\n")
		for _, what := range []string{"\naccount: ", "\nday of a transaction: ", "\nwhich way the money goes: ", "\nbalances: "} {
			if !strings.Contains(got, what) {
				t.Errorf("%s: nothing about %q in\n%s", name, what, got)
			}
		}
	}
}

// reckoned are the choices that concern what was left out, told in any case.
func reckoned(f sdk.Finding) bool {
	return strings.HasSuffix(f.Code, "_rows") || strings.HasPrefix(f.Code, "opening") || f.Code == "balance_unproven"
}

func choicesOf(t *testing.T, name, text string, options map[string]string) []string {
	t.Helper()
	var told []string
	err := files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{Filename: name, Options: options},
		bytes.NewReader([]byte(text)), func(b sdk.StatementBatch) error {
			for _, f := range b.Findings {
				if f.Kind == sdk.FindingChoice && !reckoned(f) {
					told = append(told, f.Text)
				}
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return told
}
