package csv_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/statement/statementtest"
)

// TestATableIsProven tells what a column of balances, balances and sums of rows
// prove or deny, and which rows were left out.
func TestATableIsProven(t *testing.T) {
	const balance, sides, states = "Date;Text;Amount;Balance\n", "Date;Text;Debit;Credit\n", "Date;Text;Amount;Status\n"
	long := func(wrong int) string {
		var b strings.Builder
		b.WriteString(balance)
		for i := 1; i <= 2500; i++ {
			told := 1000 + i
			if i == wrong {
				told++
			}
			fmt.Fprintf(&b, "2024-03-01;x;1.00;%d.00\n", told)
		}
		return b.String()
	}
	for name, test := range map[string]struct {
		text    string
		options map[string]string
		want    []string
	}{
		"the newest last": {balance + "2024-03-01;a;10.00;110.00\n2024-03-02;b;-5.00;105.00\n", nil,
			[]string{"proof balance_column rows=2 statements=1"}},
		"the newest first, with gaps": {balance + "2024-03-03;a;10.00;115.00\n2024-03-02;b;-5.00;\n2024-03-01;c;10.00;110.00\n", nil,
			[]string{"proof balance_column rows=3 statements=1"}},
		"the last row has no balance": {balance + "2024-03-01;a;10.00;110.00\n2024-03-02;b;-5.00;105.00\n2024-03-03;c;-5.00;\n", nil,
			[]string{"doubt balance_column_blank agree=2 blank=1 of=3"}},
		"no balance before the first nor behind the last": {balance + "2024-03-04;a;9.00;\n2024-03-03;a;10.00;115.00\n" +
			"2024-03-02;b;-5.00;105.00\n2024-03-01;c;10.00;\n", nil, []string{"doubt balance_column_blank agree=2 blank=2 of=4"}},
		"one balance a day": {balance + "2024-03-03;a;10.00;115.00\n2024-03-03;b;-5.00;\n2024-03-01;c;10.00;110.00\n2024-03-01;d;1.00;\n",
			nil, []string{"proof balance_column_blank agree=3 blank=1 of=4"}},
		"far behind the first rows": {long(2400), nil, []string{"doubt balance_column_breaks agree=2498 line=2401 of=2500"}},
		"all of many":               {long(0), nil, []string{"proof balance_column rows=2500 statements=1"}},
		"the first of many":         {long(0), map[string]string{"limit": "50"}, nil},
		"one row":                   {balance + "2024-03-01;a;10.00;110.00\n", nil, nil},
		"a refused row between": {balance + "2024-03-01;a;17.00;110.00\n2024-03-02;b;x;105.00\n2024-03-02;b;-5.00;100.00\n" +
			"2024-03-02;b;-5.00;95.00\n", nil, []string{"proof balance_column rows=3 statements=1"}},
		"two accounts": {"Date;Account;Amount;Balance\n2024-03-01;NL91ABNA0417164300;10.00;110.00\n" +
			"2024-03-02;NL91ABNA0417164300;1.00;111.00\n2024-03-01;NL20INGB0001234567;10.00;210.00\n" +
			"2024-03-02;NL20INGB0001234567;1.00;212.00\n", nil,
			[]string{"proof balance_column rows=2 statements=1", "doubt balance_column_breaks agree=1 line=5 of=2"}},
		"opening and closing rows": {sides + "2024-01-01;Opening balance;;250.00\n2024-01-02;a;13.44;\n" +
			"2024-01-31;Closing balance;;236.56\n", nil,
			[]string{"choice balance_rows rows=2", "proof closing_balance entries=1 statements=1"}},
		"another closing balance": {sides + "2024-01-01;Opening balance;;250.00\n2024-01-02;a;13.44;\n" +
			"2024-01-31;Closing balance;;250.00\n", nil,
			[]string{"choice balance_rows rows=2", "doubt closing_balance come=236.56 entries=1 opening=250.00 told=250.00"}},
		"balances above and below": {"Closing balance;236,56 EUR\n\nDate;Text;Amount\n2024-01-02;a;-13,44\n2024-01-03;b;-0,00\n" +
			"Opening balance;250,00 EUR\n", nil, []string{"choice balance_rows rows=1", "proof closing_balance entries=2 statements=1"}},
		"turnovers of both sides": {sides + "2024-01-02;a;13.44;\n2024-01-03;b;;20.00\n;Totals;13.44;20.00\n", nil,
			[]string{"choice balance_rows rows=1", "proof totals entries=2 statements=1"}},
		"turnovers of each page": {sides + "2024-01-02;a;13.44;\n;Totals;13.44;0.00\n2024-01-03;b;;20.00\n;Totals;;20.00\n", nil,
			[]string{"choice balance_rows rows=2", "proof totals entries=2 statements=1"}},
		"a turnover of something else": {sides + "2024-01-02;a;13.44;\n2024-01-03;b;;20.00\n;Totals;14.44;20.00\n", nil,
			[]string{"choice balance_rows rows=1", "doubt totals come=13.44 line=4 told=14.44 what=debits"}},
		"rejected": {states + "2024-01-02;a;13.44;booked\n2024-01-03;b;20.00;declined\n2024-01-03;c;20.00;declined\n", nil,
			[]string{"choice rejected_rows rows=2"}},
	} {
		t.Run(name, func(t *testing.T) {
			batches, err := read(t, test.text, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, statementtest.Findings(batches)); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(statementtest.Lines(batches[:1]), "\n"))
			}
		})
	}
}
