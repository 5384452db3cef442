package dialecttest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
)

func contains(names, name string) bool { return slices.Contains(strings.Fields(names), name) }

// testPatterns compares Like with dialect.Match, its meaning in Go.
func testPatterns(t *testing.T, s dialect.Store) {
	table(t, s)
	words := []string{"", "abc", "ABC", "100%", "100x", "a_c", "a\\c", "a*c", "a?c", "a[b]c", "]", "Gent", "Ghént", "GHÉNT",
		"straße", "STRASSE",
		"Kelvin", "\u212aelvin", "İzmir", "izmir", "ızmir", "ΣΊΣΥΦΟΣ", "σίσυφος", "ǅ", "ǆ", "Ǆ", "😀x", "ÿ", "Ÿ", "a\nb"}
	patterns := []string{"", "%", "_", "%_", "abc", "A%C", "100\\%", "100%", "a\\_c", "a_c", "a\\\\c", "a\\", "a*c", "a?c", "a[b]c",
		"%]%", "[a-c]bc",
		"gh_nt", "ghént", "%É%", "straße", "STRASSE", "kelvin", "%K%", "izmir", "İZMIR", "%ı%", "σίσυφοσ", "%ς", "ǅ", "_x", "ÿ",
		"%\n%", "%a%b%c%"}
	tx := begin(t, s, dialect.ReadWrite)
	for _, word := range words {
		insert(t, tx, s, "c", word)
	}
	for _, pattern := range patterns {
		for _, fold := range []bool{false, true} {
			sql, arg, err := s.Dialect().Like("c", s.Dialect().Placeholder(1), pattern, fold)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{}
			for _, word := range words {
				if dialect.Match(word, dialect.Pattern(pattern), fold) {
					want = append(want, word)
				}
			}
			got := texts(t, tx, "SELECT c FROM x WHERE "+sql+" ORDER BY id", arg)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("pattern %q fold %v: %s", pattern, fold, diff)
			}
		}
	}
	for _, pattern := range []string{"a\x00", "\xff", strings.Repeat("a", dialect.MaxPattern+1)} {
		if _, _, err := s.Dialect().Like("c", "?", pattern, true); err == nil {
			t.Errorf("took a pattern of %d bytes", len(pattern))
		}
	}
}

// testFold checks every letter that has two cases: the database must find it by
// its lower case.
func testFold(t *testing.T, s dialect.Store) {
	table(t, s)
	tx := begin(t, s, dialect.ReadWrite)
	var values []any
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if lower := unicode.ToLower(r); lower != r && unicode.IsLetter(r) {
			values = append(values, string(r))
		}
	}
	insert(t, tx, s, "c", values...)
	var missed []string
	for _, v := range values {
		sql, arg, err := s.Dialect().Like("c", s.Dialect().Placeholder(2), dialect.Fold(v.(string)), true)
		if err != nil {
			t.Fatal(err)
		}
		if n := ints(t, tx, "SELECT count(*) FROM x WHERE c = "+s.Dialect().Placeholder(1)+" AND "+sql, v, arg)[0]; n != 1 {
			missed = append(missed, fmt.Sprintf("%s U+%04X", v, []rune(v.(string))[0]))
		}
	}
	// Letters that Unicode added after the C library's tables do not count.
	const unknown = 60
	if len(missed) > unknown {
		t.Errorf("%d of %d letters do not fold: %v", len(missed), len(values), missed)
	} else if len(missed) > 0 {
		t.Logf("%d of %d letters are unknown to the database: %v", len(missed), len(values), missed)
	}
}

func testTextOrder(t *testing.T, s dialect.Store) {
	table(t, s)
	words := []any{"b", "B", "a", "Z", "é", "e", "ö", "_", "1", "10", "2", "", "ﬀ", "😀"}
	tx := begin(t, s, dialect.ReadWrite)
	insert(t, tx, s, "c", words...)
	want := []string{}
	for _, w := range words {
		want = append(want, w.(string))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, texts(t, tx, "SELECT c FROM x ORDER BY "+s.Dialect().OrderTerm("c", false, false, false))); diff != "" {
		t.Error(diff)
	}
	if got := texts(t, tx, "SELECT c FROM x WHERE c > 'Z' AND c < 'f' ORDER BY c"); !slices.Equal(got, []string{"_", "a", "b", "e"}) {
		t.Errorf("between Z and f: %q", got)
	}
}

func testNullOrder(t *testing.T, s dialect.Store) {
	table(t, s)
	tx := begin(t, s, dialect.ReadWrite)
	insert(t, tx, s, "i", int64(2), nil, int64(1))
	for _, test := range []struct {
		desc, nullsFirst bool
		want             []int64
	}{{false, false, []int64{3, 1, 2}}, {false, true, []int64{2, 3, 1}}, {true, true, []int64{2, 1, 3}}, {true, false, []int64{1, 3, 2}}} {
		term := s.Dialect().OrderTerm("i", test.desc, test.nullsFirst, false)
		if got := ints(t, tx, "SELECT id FROM x ORDER BY "+term); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", term, got, test.want)
		}
	}
}

func testIn(t *testing.T, s dialect.Store) {
	table(t, s)
	d := s.Dialect()
	tx := begin(t, s, dialect.ReadWrite)
	for i := range 40 {
		for _, f := range fields() {
			if f.Type != schema.TypeJSON && f.Type != schema.TypeBinary {
				insert(t, tx, s, f.Name, sample(&f, i))
			}
		}
	}
	for _, f := range fields() {
		if f.Type == schema.TypeJSON || f.Type == schema.TypeBoolean || f.Type == schema.TypeBinary {
			continue
		}
		for _, n := range []int{0, 1, 5, 30} {
			list := []any{}
			for i := range n {
				arg, err := d.Arg(&f, sample(&f, i+1))
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, arg)
			}
			sql, args := d.In(&f, f.Name, list, nil)
			if got := ints(t, tx, "SELECT count(*) FROM x WHERE "+sql, args...)[0]; got != int64(n) {
				t.Errorf("%s in %d values: %d found", f.Type, n, got)
			}
		}
	}
	many := make([]int64, 100_000)
	for i := range many {
		many[i] = int64(i + 2)
	}
	for _, ids := range [][]int64{nil, {3}, {3, 4, 99_999}, many} {
		sql, args := d.InIDs("id", ids, nil)
		want := 0
		for _, id := range ids {
			if id <= 40*11 {
				want++
			}
		}
		if got := ints(t, tx, "SELECT count(*) FROM x WHERE "+sql, args...)[0]; got != int64(want) {
			t.Errorf("%d ids: %d found, want %d", len(ids), got, want)
		}
	}
}

func testTruncate(t *testing.T, s dialect.Store) {
	table(t, s)
	d := s.Dialect()
	tx := begin(t, s, dialect.ReadWrite)
	day, at := fieldOf("d"), fieldOf("dt")
	for _, test := range []struct {
		f                       *schema.Field
		value                   any
		granularity, zone, want string
	}{
		{day, schema.Date("2026-11-24"), "day", "", "2026-11-24"}, {day, schema.Date("2026-11-22"), "week", "", "2026-11-16"},
		{day, schema.Date("2026-11-23"), "week", "", "2026-11-23"}, {day, schema.Date("2027-01-01"), "week", "", "2026-12-28"},
		{day, schema.Date("2026-11-24"), "month", "", "2026-11-01"}, {day, schema.Date("2026-12-31"), "quarter", "", "2026-10-01"},
		{day, schema.Date("2026-03-31"), "quarter", "", "2026-01-01"}, {day, schema.Date("2026-11-24"), "year", "", "2026-01-01"},
		{at, instant("2026-11-24T23:30:15.5Z"), "day", "", "2026-11-24"},
		{at, instant("2026-11-24T23:30:15.5Z"), "day", "Europe/Brussels", "2026-11-25"},
		{at, instant("2026-06-30T22:30:00Z"), "quarter", "Europe/Brussels", "2026-07-01"},
		{at, instant("2026-11-24T03:59:59Z"), "day", "America/New_York", "2026-11-23"},
		{at, instant("2026-11-24T23:30:15.5Z"), "hour", "Asia/Kolkata", "2026-11-25 05:00:00"},
		{at, instant("2026-11-24T23:30:15.5Z"), "hour", "UTC", "2026-11-24 23:00:00"},
	} {
		run(t, tx, "DELETE FROM x")
		insert(t, tx, s, test.f.Name, test.value)
		sql, err := d.Truncate(test.f, test.f.Name, test.granularity, test.zone)
		if err != nil {
			t.Fatal(err)
		}
		query(t, tx, func(r dialect.Rows) {
			got := ""
			if test.granularity == "hour" {
				got = r.Time(0).Format(schema.DatetimeLayout)
			} else {
				got = string(r.Date(0))
			}
			if got != test.want {
				t.Errorf("%s of %v in %s: %s, want %s", test.granularity, test.value, test.zone, got, test.want)
			}
		}, "SELECT "+sql+" FROM x GROUP BY "+sql)
	}
	for _, test := range [][3]string{{"d", "hour", ""}, {"dt", "century", ""}, {"dt", "day", "Mars/Olympus"},
		{"dt", "day", "x'; DROP TABLE x"}} {
		if sql, err := d.Truncate(fieldOf(test[0]), "d", test[1], test[2]); err == nil {
			t.Errorf("%v gave %s", test, sql)
		}
	}
}

func testFigures(t *testing.T, s dialect.Store) {
	table(t, s)
	d := s.Dialect()
	tx := begin(t, s, dialect.ReadWrite)
	// Ten times a tenth is one, and ten thousand small amounts are exact.
	amounts := make([]any, 10_000)
	for i := range amounts {
		amounts[i] = decimal.MustParse("0.0001")
	}
	insert(t, tx, s, "m", append(amounts, decimal.MustParse("922337203685470"))...)
	insert(t, tx, s, "i", int64(1), int64(2))
	f := fieldOf("m")
	query(t, tx, func(r dialect.Rows) {
		if want := decimal.MustParse("922337203685471"); r.Decimal(0).Cmp(want) != 0 || r.Int(1) != 3 || r.Float(2) != 1.5 {
			t.Errorf("sums %s, %d, mean %v", r.Decimal(0), r.Int(1), r.Float(2))
		}
	}, "SELECT "+d.Sum(f, "m")+", "+d.Sum(fieldOf("i"), "i")+", "+d.Avg(fieldOf("i"), "i")+" FROM x")
	query(t, tx, func(r dialect.Rows) {
		if got := strings.ReplaceAll(r.Text(0), " ", ""); got != "[2,1]" {
			t.Errorf("list %s", got)
		}
	}, "SELECT "+d.List(fieldOf("i"), "i", "id DESC")+" FROM x WHERE i IS NOT NULL")
	insert(t, tx, s, "m", decimal.MustParse("922337203685477"))
	rows, err := tx.Query(context.Background(), "SELECT "+d.Sum(f, "m")+" FROM x")
	if err == nil {
		for rows.Next() {
			rows.Decimal(0)
		}
		err = rows.Err()
		rows.Close()
	}
	if err == nil {
		t.Error("a sum beyond what an amount can be was no error")
	}
}
