package statement_test

import (
	"testing"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

func TestParseDay(t *testing.T) {
	tests := []struct {
		text  string
		order statement.DateOrder
		want  string // "" for an error
	}{
		{"2020-02-29", "", "2020-02-29"}, {"2020/2/9 13:45", "mdy", "2020-02-09"}, {"2021-02-03T13:12:00Z", "", "2021-02-03"},
		{"20200209", "", "2020-02-09"},
		{"20200209 101500", "", "2020-02-09"}, {"09.02.2020", "dmy", "2020-02-09"}, {"09.02.2020", "mdy", "2020-09-02"},
		{"09.02.2020", "", ""}, {"13/2/20", "", "2020-02-13"},
		{"2/13'2020", "", "2020-02-13"}, {"1/ 1'00", "", "2000-01-01"}, {"8/25/93", "", "1993-08-25"}, {"13/2/20", "mdy", ""},
		{"10/01/12", "ymd", "2010-01-12"}, {"99/01/12", "", "1999-01-12"},
		{"23-Jan-15", "", "2015-01-23"}, {"Jan 5, 2020", "", "2020-01-05"}, {"5 mei 2020", "", "2020-05-05"},
		{"12. März 2021", "", "2021-03-12"}, {"1 août 2021", "dmy", "2021-08-01"},
		{"2020-Dec-24", "", "2020-12-24"}, {"240131", "ymd", "2024-01-31"}, {"31012024", "", "2024-01-31"}, {"30/02/2020", "", ""},
		{"29.02.2021", "dmy", ""},
		{"", "", ""}, {"yesterday", "", ""}, {"12/2020", "", ""}, {"1/2/3/4", "dmy", "2003-02-01"}, {"1899-01-01", "", ""},
		{"12 Foo 2020", "", ""}, {"١/٢/٢٠٢٠", "", ""},
	}
	for _, test := range tests {
		got, err := words.Known().Months(-1).ParseDay(test.text, test.order)
		if got.String() != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%q as %q is %q, %v; want %q", test.text, test.order, got, err, test.want)
		}
	}
}

// TestDateOrderIsFoundOut goes by all dates of a file, and never guesses.
func TestDateOrderIsFoundOut(t *testing.T) {
	tests := []struct {
		texts []string
		want  statement.DateOrder
		ok    bool
	}{
		{[]string{"8/12/13", "8/15/13"}, "mdy", true}, {[]string{"01.02.2020", "x", "13.02.2020"}, "dmy", true},
		{[]string{"6/1/94", "6/2/94"}, "", false},
		{[]string{"1/1/2000", "5/5/2000"}, "", true}, {[]string{"13/1/2000", "1/13/2000"}, "", false}, {[]string{"2020-01-02"}, "", true},
		{nil, "", true},
		{[]string{"20200102"}, "ymd", true}, {[]string{"99/01/12"}, "ymd", true},
	}
	for _, test := range tests {
		var days statement.Days
		for _, text := range test.texts {
			days.Add(text)
		}
		if got, ok := days.Order(); got != test.want || ok != test.ok {
			t.Errorf("%q: %q, %v; want %q, %v", test.texts, got, ok, test.want, test.ok)
		}
	}
}

func TestParseMoney(t *testing.T) {
	tests := []struct {
		text string
		mark statement.Mark
		want string // "" for an error
	}{
		{"1,234.56", 0, "1234.56"}, {"1.234,56", 0, "1234.56"}, {"1,234", 0, ""}, {"1,234", '.', "1234"}, {"1,234", ',', "1.234"},
		{"1.234.567", 0, "1234567"},
		{"-5", 0, "-5"}, {"5-", 0, "-5"}, {"−5,10", 0, "-5.10"}, {"(5.10)", 0, "-5.10"}, {"+5.10", 0, "5.10"}, {"$1,500.00", 0, "1500.00"},
		{"-$5.00", 0, "-5.00"},
		{"1 234,56 €", 0, "1234.56"}, {"1'234.50", 0, "1234.50"}, {"CHF 12.30", 0, "12.30"}, {"12,30 EUR", 0, "12.30"},
		{"$(4.50)", 0, "-4.50"}, {"€ (63,12)", 0, "-63.12"}, {"($4.50)", 0, "-4.50"}, {"(4.50) EUR", 0, "-4.50"}, {"-(4.50)", 0, ""},
		{"(4.50", 0, ""}, {"4(.50)", 0, ""}, {"1,50,000.00", 0, "150000.00"}, {"-12,34,567", '.', "-1234567"}, {"1,50,000", ',', ""},
		{"100.00 DR", 0, "-100.00"}, {"100.00 CR", 0, "100.00"},
		{"0,125", 0, "0.125"}, {".5", 0, "0.5"}, {"1234,567", 0, "1234.567"}, {"10.", 0, "10"}, {"-0.00", 0, "0.00"}, {"007", 0, "7"},
		{"", 0, ""}, {"-", 0, ""}, {"EUR", 0, ""}, {"1e5", 0, ""}, {"12-3", 0, ""}, {"--5", 0, ""}, {"1.2.3", '.', ""},
		{"1,23,4.5", '.', ""}, {"5%", 0, ""}, {"1/2", 0, ""}, {"1,234.56", ',', ""},
	}
	for _, test := range tests {
		amount, err := statement.ParseMoney(test.text, test.mark, words.Known().IsDebit)
		got := amount.String()
		if err != nil {
			got = ""
		}
		if got != test.want {
			t.Errorf("%q with %q is %q, %v; want %q", test.text, rune(test.mark), got, err, test.want)
		}
	}
}

func TestDecimalMarkIsFoundOut(t *testing.T) {
	tests := []struct {
		texts []string
		want  statement.Mark
		ok    bool
	}{
		{[]string{"1,000", "-75.46"}, '.', true}, {[]string{"1.000", "75,4"}, ',', true}, {[]string{"1,000", "2,000"}, 0, false},
		{[]string{"5", "x"}, 0, true},
		{[]string{"1.5", "1,5"}, 0, true}, {[]string{"1.5", "1,5", "1.000"}, 0, false}, {[]string{"1,000,000"}, '.', true},
	}
	for _, test := range tests {
		var marks statement.Marks
		for _, text := range test.texts {
			marks.Add(text)
		}
		if got, ok := marks.Mark(); got != test.want || ok != test.ok {
			t.Errorf("%q: %q, %v; want %q, %v", test.texts, rune(got), ok, rune(test.want), test.ok)
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add("1/ 1'00", "1.234,56 €")
	f.Add("12. März 2021", "(1'000)")
	f.Fuzz(func(t *testing.T, day, money string) {
		var days statement.Days
		days.Add(day)
		days.Order()
		if d, err := words.Known().Months(-1).ParseDay(day, statement.AnyOrder); err == nil && !d.Valid() {
			t.Errorf("%q became %v", day, d)
		}
		var marks statement.Marks
		marks.Add(money)
		marks.Mark()
		for _, mark := range []statement.Mark{0, '.', ','} {
			if a, err := statement.ParseMoney(money, mark, words.Known().IsDebit); err == nil {
				if again, err := statement.ParseAmount(a.String()); err != nil || again != a {
					t.Errorf("%q became %+v", money, a)
				}
			}
		}
		statement.Fold(day)
	})
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{"Bogføringsdato": "bogforingsdato", "  Beløb (DKK) ": "belob dkk", "Tytułem": "tytulem",
		"Æblegrød": "aeblegrod", "Kênh đối ứng": "kenh doi ung", "Straße": "strasse", "IŞLEM Tutarı": "islem tutari", "D/C": "d c"} {
		if got := statement.Fold(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
