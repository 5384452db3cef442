package simplefin

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

func in(t testing.TB, zone string) config {
	t.Helper()
	c, err := configFrom(map[string]string{keyZone: zone})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheDayOfAnInstant(t *testing.T) {
	for _, tt := range []struct{ zone, at, day string }{
		{"America/New_York", "2026-03-17T12:00:00Z", "2026-03-17"}, // a day, told as noon
		{"America/New_York", "2026-03-17T00:00:00Z", "2026-03-17"}, // a day, told as midnight
		{"America/New_York", "2026-03-18T01:30:00Z", "2026-03-17"}, // an evening there
		{"America/New_York", "2026-03-17T04:00:00Z", "2026-03-17"}, // midnight there, in summer
		{"America/New_York", "2026-01-17T04:59:59Z", "2026-01-16"}, // a second before, in winter
		{"America/New_York", "2026-03-17T00:00:01Z", "2026-03-16"},
		{"America/Los_Angeles", "2026-03-17T06:59:00Z", "2026-03-16"},
		{"Pacific/Auckland", "2026-03-17T12:00:00Z", "2026-03-17"},
		{"Pacific/Auckland", "2026-03-17T12:00:01Z", "2026-03-18"},
		{"UTC", "2026-03-17T23:59:59Z", "2026-03-17"},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := in(t, tt.zone).day(at).String(); got != tt.day {
			t.Errorf("%s in %s: %s, want %s", tt.at, tt.zone, got, tt.day)
		}
	}
}

// FuzzSpan: whatever day says is from one day to another lies between the
// instants that are asked for, and those are about as many days as they should be.
func FuzzSpan(f *testing.F) {
	f.Add(int64(1773748800), 0, uint8(0))
	f.Add(int64(793090572), 88, uint8(1))
	f.Add(int64(1773792000), 3, uint8(2))
	zones := []config{in(f, "America/New_York"), in(f, "Pacific/Auckland"), in(f, "Pacific/Pago_Pago"), in(f, "UTC")}
	f.Fuzz(func(t *testing.T, seconds int64, days int, zone uint8) {
		if seconds < -1e10 || seconds > 1e11 || days < 0 || days > 1000 {
			return
		}
		c, at := zones[int(zone)%len(zones)], time.Unix(seconds, 0)
		day := c.day(at)
		for _, window := range [][2]sdk.Date{{day, day.AddDays(days)}, {day.AddDays(-days), day}} {
			start, end := c.span(window[0], window[1])
			if at.Before(start) || !at.Before(end) {
				t.Fatalf("%s is of %s, but %s to %s ask for %s to %s", at.UTC(), day, window[0], window[1], start.UTC(), end.UTC())
			}
			if wide := end.Sub(start); wide > time.Duration(days+2)*24*time.Hour {
				t.Fatalf("%d days ask for %s", days+1, wide)
			}
		}
	})
}

func TestForms(t *testing.T) {
	var told struct {
		W []word
		M []moment
	}
	text := `{"W": ["a", 12, 1.50, null], "M": [5, "6", 7.9, null, "", 0]}`
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(told.W, []word{"a", "12", "1.50", ""}) || !slices.Equal(told.M, []moment{5, 6, 7, 0, 0, 0}) {
		t.Errorf("%+v", told)
	}
	for _, wrong := range []string{`{"W": [{}]}`, `{"W": [true]}`, `{"M": ["x"]}`, `{"M": [1e300]}`, `{"M": [true]}`} {
		if json.Unmarshal([]byte(wrong), &told) == nil {
			t.Errorf("%s is read", wrong)
		}
	}
	for text, want := range map[string]string{
		"usd": "USD", " EUR ": "EUR", "https://x.example/m": "", "": "", "US": "", "U$D": "", "DOLLAR": "",
	} {
		if got := currencyOf(word(text)); got != want {
			t.Errorf("currency %q: %q", text, got)
		}
	}
}

// Two banks may give the same short id, and a bank is named in two ways.
func TestIDs(t *testing.T) {
	var set accountSet
	err := json.Unmarshal([]byte(`{"accounts": [
		{"id": "77", "org": {"domain": "www.one.example"}}, {"id": "77", "org": {"domain": "two.example"}},
		{"id": 78, "conn_id": "C"}, {"id": "ACT-0f8fad5b-d9cb-469f-a165", "conn_id": "C"}],
		"connections": [{"conn_id": "C", "org_url": "https://www.one.example/", "name": "One - Ann"}]}`), &set)
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{{"77 @ one.example", "one.example:77"}, {"77 @ two.example", "two.example:77"}, {"78", "one.example:78"},
		{"ACT-0f8fad5b-d9cb-469f-a165", "ACT-0f8fad5b-d9cb-469f-a165"}}
	for i := range set.Accounts {
		a := &set.Accounts[i]
		if got := [2]string{set.id(a), set.stableID(a)}; got != want[i] || set.find(got[0]) != a {
			t.Errorf("account %d: %v", i+1, got)
		}
	}
	if serverID("77 @ two.example") != "77" || set.find("79") != nil {
		t.Error("ids are not found again")
	}
}

// A limit of days that is merely mentioned is none; a warning of requests is no limit of days.
func TestWhatServersSayInWords(t *testing.T) {
	for _, tt := range []struct {
		p          problem
		often      bool
		long       bool
		most       int
		misleading bool
	}{
		{p: problem{text: "Too many requests today: at most 24 are allowed."}, often: true},
		{p: problem{text: "You are limited to 24 requests per day"}, often: true},
		{p: problem{text: "Rate limit exceeded"}, often: true},
		{p: problem{code: "gen.api", text: "The date range is limited to 90 days."}, long: true, most: 90},
		{p: problem{text: "Requested range of 120 days exceeds the maximum"}, long: true, most: 120},
		{p: problem{text: "start-date too old, date range capped at 60-day windows: limit"}, long: true, most: 60},
		{p: problem{text: "Connection to Investments may need attention"}},
		{p: problem{code: "con.auth", text: "date range limit 90 days"}},
		{p: problem{code: "act.failed", text: "too many requests at the bank"}},
	} {
		most, long := tt.p.tooLong()
		if tt.p.tooOften() != tt.often || long != tt.long || most != tt.most {
			t.Errorf("%+v: often %v, long %v, %d", tt.p, tt.p.tooOften(), long, most)
		}
	}
}
