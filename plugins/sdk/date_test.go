package sdk_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestParseDate(t *testing.T) {
	tests := []struct {
		text string
		want sdk.Date
		ok   bool
	}{
		{"2026-03-01", sdk.Date{Year: 2026, Month: time.March, Day: 1}, true},
		{"2024-02-29", sdk.Date{Year: 2024, Month: time.February, Day: 29}, true},
		{"2026-02-29", sdk.Date{}, false},
		{"2026-02-30", sdk.Date{}, false},
		{"2026-3-1", sdk.Date{}, false},
		{"01-03-2026", sdk.Date{}, false},
		{"2026-03-01T00:00:00Z", sdk.Date{}, false},
		{"", sdk.Date{}, false},
	}
	for _, test := range tests {
		got, err := sdk.ParseDate(test.text)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%q: %v, %v", test.text, got, err)
		}
	}
}

func TestAnUnknownDateIsEmpty(t *testing.T) {
	var d sdk.Date
	if !d.IsZero() || d.Valid() || d.String() != "" {
		t.Errorf("%q, zero %t, valid %t", d, d.IsZero(), d.Valid())
	}
	if (sdk.Date{Year: 2026, Month: 2, Day: 30}).Valid() {
		t.Error("30 February is taken for a day")
	}
}

func TestDateOfIsTheZonesOwn(t *testing.T) {
	late := time.Date(2026, 3, 1, 23, 30, 0, 0, time.FixedZone("", -5*3600))
	if got := sdk.DateOf(late).String(); got != "2026-03-01" {
		t.Errorf("got %s", got)
	}
	if got := sdk.DateOf(late.UTC()).String(); got != "2026-03-02" {
		t.Errorf("in UTC: %s", got)
	}
}

func TestDatesCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := sdk.Date{Year: 1900, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 80_000).Draw(t, "day"))
		n := rapid.IntRange(-40_000, 40_000).Draw(t, "n")
		e := d.AddDays(n)
		if e.DaysSince(d) != n || e.AddDays(-n) != d {
			t.Fatalf("%s and %d days is %s", d, n, e)
		}
		if e.Before(d) != (n < 0) || e.After(d) != (n > 0) || e.Before(d) != d.After(e) {
			t.Fatalf("the order of %s and %s", d, e)
		}
		if back, err := sdk.ParseDate(e.String()); err != nil || back != e {
			t.Fatalf("%s is read as %s, %v", e, back, err)
		}
	})
}
