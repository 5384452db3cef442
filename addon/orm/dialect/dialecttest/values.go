package dialecttest

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
)

func testValues(t *testing.T, s dialect.Store) {
	table(t, s)
	d := s.Dialect()
	money := func(text string) decimal.Decimal { return decimal.MustParse(text) }
	tests := []struct {
		field    string
		in, want any
	}{
		{"c", "é'\"\\%_ 😀\n", nil}, {"c", "", nil}, {"t", strings.Repeat("x", 100_000), nil}, {"h", "<p>", nil}, {"s", "open", nil},
		{"i", int64(0), nil}, {"i", int64(math.MaxInt64), nil}, {"i", int64(math.MinInt64), nil}, {"i", 7, int64(7)},
		{"f", 0.0, nil}, {"f", 0.1, nil}, {"f", -1e300, nil}, {"f", 3.0, nil}, {"f", int64(4), 4.0},
		{"m", money("0.00"), nil}, {"m", money("10.005"), nil}, {"m", money("-0.0001"), nil}, {"m", money("10000"), money("10000.00")},
		{"m", money("922337203685477.5807"), nil}, {"m", money("-922337203685477.5807"), nil},
		{"m", money("100000000"), money("100000000.00")},
		{"b", true, nil}, {"b", false, nil},
		{"d", schema.Date("2026-02-28"), nil}, {"d", schema.Date("1900-01-01"), nil}, {"d", schema.Date(""), "null"},
		{"dt", instant("2026-11-24T00:10:20.123456Z"), nil}, {"dt", instant("1969-12-31T23:59:59.999999Z"), nil},
		{"dt", instant("2026-07-01T02:00:00+02:00"), instant("2026-07-01T00:00:00Z")}, {"dt", time.Time{}, "null"},
		{"r", int64(5), nil}, {"r", int64(0), "null"}, {"j", json.RawMessage(`{"a": [1, "é"]}`), nil}, {"j", json.RawMessage(nil), "null"},
		{"bin", []byte("\x00\xff%PDF"), nil}, {"bin", []byte{}, "null"},
		{"c", nil, "null"}, {"i", nil, "null"}, {"m", nil, "null"}, {"b", nil, "null"}, {"f", nil, "null"},
	}
	tx := begin(t, s, dialect.ReadWrite)
	for i, test := range tests {
		insert(t, tx, s, test.field, test.in)
		f, want := fieldOf(test.field), test.want
		switch want {
		case nil:
			want = test.in
		case "null":
			want = nil
		}
		query(t, tx, func(r dialect.Rows) {
			var scanned any
			if err := r.Scan(&scanned); err != nil {
				t.Fatal(err)
			}
			got, err := d.Value(f, scanned)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, exactly()); diff != "" {
				t.Errorf("%s %v scanned: %s", f.Type, test.in, diff)
			}
			if r.Null(0) != (want == nil) {
				t.Errorf("%s %v: Null says %v", f.Type, test.in, r.Null(0))
			}
			if want == nil {
				return
			}
			if diff := cmp.Diff(want, typed(f, r), exactly()); diff != "" {
				t.Errorf("%s %v typed: %s", f.Type, test.in, diff)
			}
		}, fmt.Sprintf("SELECT %s FROM x WHERE id = %d", d.Quote(f.Name), i+1))
	}
}

func exactly() cmp.Option {
	return cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Cmp(b) == 0 })
}

// typed reads the first column by its typed method.
func typed(f *schema.Field, r dialect.Rows) any {
	switch f.Type {
	case schema.TypeInteger, schema.TypeMany2one:
		return r.Int(0)
	case schema.TypeFloat:
		return r.Float(0)
	case schema.TypeMonetary:
		return r.Decimal(0)
	case schema.TypeBoolean:
		return r.Bool(0)
	case schema.TypeDate:
		return r.Date(0)
	case schema.TypeDatetime:
		return r.Time(0)
	case schema.TypeJSON:
		return json.RawMessage(r.Text(0))
	case schema.TypeBinary:
		return []byte(r.Text(0))
	}
	return r.Text(0)
}

func testRefusedValues(t *testing.T, s dialect.Store) {
	for _, test := range []struct {
		field string
		value any
	}{
		{"m", decimal.MustParse("0.00001")}, {"m", decimal.MustParse("922337203685477.5808")},
		{"m", decimal.MustParse("-1000000000000000")},
		{"m", 1.5}, {"bin", "text"}, {"c", "a\x00b"}, {"c", "\xff"}, {"c", 5}, {"i", "5"}, {"i", 1.0}, {"d", "2026-02-30"},
		{"d", "yesterday"}, {"dt", "2026-01-01"}, {"b", 1}, {"f", "1"},
	} {
		if arg, err := s.Dialect().Arg(fieldOf(test.field), test.value); err == nil {
			t.Errorf("%s %v became %v", test.field, test.value, arg)
		}
	}
}

func testInsert(t *testing.T, s dialect.Store) {
	table(t, s)
	d := s.Dialect()
	for _, n := range []int{0, 1, 19, 20, 3000} {
		var rows [][]any
		for i := range n {
			row := []any{}
			for _, f := range fields() {
				arg, err := d.Arg(&f, sample(&f, i))
				if err != nil {
					t.Fatal(err)
				}
				row = append(row, arg)
			}
			rows = append(rows, row)
		}
		tx := begin(t, s, dialect.ReadWrite)
		var columns []string
		for _, f := range fields() {
			columns = append(columns, f.Name)
		}
		if err := tx.Insert(context.Background(), "x", columns, rows); err != nil {
			t.Fatal(err)
		}
		if got := ints(t, tx, "SELECT count(*) FROM x")[0]; got != int64(n) {
			t.Errorf("%d rows of %d", got, n)
		}
		if n > 0 {
			query(t, tx, func(r dialect.Rows) {
				if want := decimal.MustParse("-0.25"); r.Decimal(0).Cmp(want) != 0 || r.Date(1) != "2026-01-02" || !r.Null(2) {
					t.Errorf("row 0 holds %s %s %q", r.Decimal(0), r.Date(1), r.Text(2))
				}
			}, "SELECT m, d, j FROM x ORDER BY id LIMIT 1")
		}
		tx.Rollback()
	}
}

func sample(f *schema.Field, i int) any {
	switch f.Type {
	case schema.TypeInteger, schema.TypeMany2one:
		return int64(i)
	case schema.TypeFloat:
		return float64(i) / 3
	case schema.TypeMonetary:
		d, _ := decimal.New(int64(i)*100-25, 2)
		return d
	case schema.TypeBoolean:
		return i%2 == 0
	case schema.TypeDate:
		return schema.Date("2026-01-02").AddDays(i)
	case schema.TypeDatetime:
		return instant("2026-01-02T03:04:05.000006Z").Add(time.Duration(i) * time.Hour)
	case schema.TypeJSON:
		return nil
	case schema.TypeBinary:
		return []byte{0, byte(i), 0xFF}
	}
	return fmt.Sprintf("text %d", i)
}
