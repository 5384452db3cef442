package orm

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// dated puts days and moments into a condition where it names them relatively
// ("today -7d"), and refuses texts with a time zone.
func (e *Env) dated(on *entity, node domain.Node) (domain.Node, error) {
	switch n := node.(type) {
	case domain.And:
		all, err := e.datedAll(on, n)
		return domain.And(all), err
	case domain.Or:
		any, err := e.datedAll(on, n)
		return domain.Or(any), err
	case domain.Not:
		inner, err := e.dated(on, n.Node)
		return domain.Not{Node: inner}, err
	case domain.Leaf:
		return e.datedLeaf(on, n)
	}
	return node, nil
}

func (e *Env) datedAll(on *entity, nodes []domain.Node) ([]domain.Node, error) {
	out := make([]domain.Node, len(nodes))
	for i, node := range nodes {
		var err error
		if out[i], err = e.dated(on, node); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *Env) datedLeaf(on *entity, leaf domain.Leaf) (domain.Node, error) {
	field, end := e.endOf(on, leaf.Field)
	if field == nil {
		return leaf, nil
	}
	if sub, ok := leaf.Value.(domain.Node); ok && end != nil {
		inner, err := e.dated(end, sub)
		leaf.Value = inner
		return leaf, err
	}
	if field.Type != schema.TypeDate && field.Type != schema.TypeDatetime {
		return leaf, nil
	}
	switch v := leaf.Value.(type) {
	case string:
		moment, err := e.moment(v)
		leaf.Value = moment
		return leaf, err
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = item
			if text, ok := item.(string); ok {
				var err error
				if list[i], err = e.moment(text); err != nil {
					return nil, err
				}
			}
		}
		leaf.Value = list
	}
	return leaf, nil
}

// endOf is the field at the end of a dotted path, and its comodel; nil for what
// does not exist, or is a part of a date.
func (e *Env) endOf(on *entity, path string) (field *schema.Field, end *entity) {
	for name := range strings.SplitSeq(path, ".") {
		if on == nil {
			return nil, nil
		}
		f, ok := on.Field(name)
		if !ok {
			return nil, nil
		}
		field, on = f, e.db.reg.entities[f.Comodel]
	}
	return field, on
}

var (
	isoBegins = regexp.MustCompile(`^\d+-`)
	zoneEnds  = regexp.MustCompile(`[T ]\d.*(?:Z|[+-]\d\d(?::?\d\d)?)$`)
)

// moment turns "today", "now" and their offsets into a day or a moment in UTC,
// as text: +3d, -1m, =1d (days, weeks, months, years: d w m y; hours, minutes,
// seconds: H M S), =monday, +friday, -week_start. Other texts stay as they are.
func (e *Env) moment(text string) (string, error) {
	if isoBegins.MatchString(text) {
		if zoneEnds.MatchString(text) {
			return "", fault.New(fault.Value, "expecting only datetimes with no timezone: %s", repr(text))
		}
		return text, nil
	}
	terms := strings.Fields(text)
	if len(terms) == 0 {
		return "", fault.New(fault.Value, "Empty date value")
	}
	at, day := e.Now().In(e.location()), terms[0] == "today"
	if day {
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	}
	if day || terms[0] == "now" {
		terms = terms[1:]
	}
	for _, term := range terms {
		moved, ok := e.offset(at, term, day)
		if !ok || !schema.InCalendar(moved) {
			return "", fault.New(fault.Value, "Invalid term %s in expression date: %s", repr(term), repr(text))
		}
		at = moved
	}
	if day {
		return at.Format(time.DateOnly), nil
	}
	return at.UTC().Format(schema.DatetimeLayout), nil
}

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
	"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
}

// offset moves by one term.
func (e *Env) offset(at time.Time, term string, day bool) (time.Time, bool) {
	if len(term) < 3 || !strings.Contains("+-=", term[:1]) {
		return at, false
	}
	begins := time.Monday
	if startsOnSunday(e.context.Lang()) {
		begins = time.Sunday
	}
	wanted, ok := weekdays[term[1:]]
	if term[1:] == "week_start" {
		wanted, ok = begins, true
	}
	if ok {
		return toWeekday(at, term[0], wanted, begins), true
	}
	number, unit := term[1:len(term)-1], term[len(term)-1]
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 1_000_000 || day && strings.IndexByte("HMS", unit) >= 0 {
		return at, false
	}
	if term[0] == '=' {
		return setPart(at, unit, n)
	}
	if term[0] == '-' {
		n = -n
	}
	return moveBy(at, unit, n)
}

// toWeekday goes to a day of the week: '=' within the week, '+' not back, '-' not ahead.
func toWeekday(at time.Time, how byte, wanted, begins time.Weekday) time.Time {
	days := (int(wanted-begins)+7)%7 - (int(at.Weekday()-begins)+7)%7
	switch {
	case how == '+' && days < 0:
		days += 7
	case how == '-' && days > 0:
		days -= 7
	case how == '=':
		at = midnight(at)
	}
	return at.AddDate(0, 0, days)
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// moveBy adds n units. The last days of a month stay within it: 31 January and a
// month is the end of February.
func moveBy(at time.Time, unit byte, n int) (time.Time, bool) {
	switch unit {
	case 'd':
		return at.AddDate(0, 0, n), true
	case 'w':
		return at.AddDate(0, 0, 7*n), true
	case 'm':
		return monthsOn(at, n), true
	case 'y':
		return monthsOn(at, 12*n), true
	case 'H':
		return at.Add(time.Duration(n) * time.Hour), true
	case 'M':
		return at.Add(time.Duration(n) * time.Minute), true
	case 'S':
		return at.Add(time.Duration(n) * time.Second), true
	}
	return at, false
}

func monthsOn(at time.Time, n int) time.Time {
	first := time.Date(at.Year(), at.Month()+time.Month(n), 1, at.Hour(), at.Minute(), at.Second(), 0, at.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1)
}

// setPart sets one part of a moment; the smaller parts of its time become 0.
func setPart(at time.Time, unit byte, n int) (time.Time, bool) {
	y, m, d := at.Date()
	h, minute := at.Hour(), at.Minute()
	loc := at.Location()
	switch {
	case unit == 'd' && n >= 1 && n <= 31:
		last := time.Date(y, m+1, 0, 0, 0, 0, 0, loc).Day()
		return time.Date(y, m, min(n, last), 0, 0, 0, 0, loc), true
	case unit == 'm' && n >= 1 && n <= 12:
		return monthsOn(midnight(at), n-int(m)), true
	case unit == 'y' && n >= 1 && n <= 9999:
		return monthsOn(midnight(at), 12*(n-y)), true
	case unit == 'H' && n < 24:
		return time.Date(y, m, d, n, 0, 0, 0, loc), true
	case unit == 'M' && n < 60:
		return time.Date(y, m, d, h, n, 0, 0, loc), true
	case unit == 'S' && n < 60:
		return time.Date(y, m, d, h, minute, n, 0, loc), true
	}
	return at, false
}
