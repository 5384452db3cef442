package wire

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/girosync/girosync/plugins/sdk"
)

// noTime is the zero instant: unknown.
var noTime time.Time

// maxDecimal is the longest decimal that is believed, in characters.
const maxDecimal = 40

func timeToWire(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func timeFromWire(what string, t *timestamppb.Timestamp) (time.Time, error) {
	if t == nil {
		return noTime, nil
	}
	if t.CheckValid() != nil {
		return noTime, fmt.Errorf("%s is no instant", what)
	}
	return t.AsTime(), nil
}

func durationToWire(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func durationFromWire(what string, d *durationpb.Duration) (time.Duration, error) {
	if d == nil {
		return 0, nil
	}
	if d.CheckValid() != nil || d.AsDuration() < 0 {
		return 0, fmt.Errorf("%s is no length of time", what)
	}
	return d.AsDuration(), nil
}

// dates converts civil dates and remembers the last one of each direction,
// since neighbours in a page mostly share a day. The zero value is ready.
type dates struct {
	text string
	date sdk.Date
}

func (c *dates) toWire(d sdk.Date) string {
	if d.IsZero() {
		return ""
	}
	if d == c.date {
		return c.text
	}
	c.date, c.text = d, d.String()
	return c.text
}

// fromWire reads YYYY-MM-DD; "" is the zero date.
func (c *dates) fromWire(what, s string) (sdk.Date, error) {
	if s == "" {
		return sdk.Date{}, nil
	}
	if s == c.text {
		return c.date, nil
	}
	d, ok := parseDate(s)
	if !ok {
		return sdk.Date{}, fmt.Errorf("%s %s: want a day as YYYY-MM-DD", what, quoted(s))
	}
	c.date, c.text = d, s
	return d, nil
}

func parseDate(s string) (sdk.Date, bool) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return sdk.Date{}, false
	}
	year, ok1 := number(s[:4])
	month, ok2 := number(s[5:7])
	day, ok3 := number(s[8:])
	d := sdk.Date{Year: year, Month: time.Month(month), Day: day}
	return d, ok1 && ok2 && ok3 && year > 0 && d.Valid()
}

// number reads a few ASCII digits.
func number(s string) (n int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// unsigned reports whether s is a decimal such as 12 or 12.50.
func unsigned(s string) bool {
	if s == "" || len(s) > maxDecimal {
		return false
	}
	point := -1
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] >= '0' && s[i] <= '9':
		case s[i] == '.' && point < 0:
			point = i
		default:
			return false
		}
	}
	return point != 0 && point != len(s)-1
}

// signed is unsigned with an optional leading "-".
func signed(s string) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	return unsigned(s)
}

// capitals reports whether s is n letters of A to Z, as in ISO 4217 and 3166-1.
func capitals(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := 0; i < n; i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

// utf8Text replaces what is no UTF-8, which the protocol could not carry.
func utf8Text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// quoted shows a wrong value, cut to what helps.
func quoted(s string) string { return fmt.Sprintf("%.40q", s) }

// count reads a number that cannot be negative.
func count(what string, n int64) (int, error) {
	if n < 0 {
		return 0, fmt.Errorf("%s is negative", what)
	}
	return int(n), nil
}

// each converts a list, naming in an error which of them was wrong.
func each[From, To any](what string, from []From, convert func(From) (To, error)) ([]To, error) {
	if len(from) == 0 {
		return nil, nil
	}
	to := make([]To, len(from))
	for i, f := range from {
		t, err := convert(f)
		if err != nil {
			return nil, fmt.Errorf("%s %d: %w", what, i+1, err)
		}
		to[i] = t
	}
	return to, nil
}

// all converts a list where nothing can go wrong.
func all[From, To any](from []From, convert func(From) To) []To {
	if len(from) == 0 {
		return nil
	}
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = convert(f)
	}
	return to
}
