package notice

import "time"

// Rhythm is how often a person wants e-mail.
type Rhythm string

// Rhythms.
const (
	AtOnce Rhythm = "at_once"
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly"
)

// plan says when a person is to have an e-mail of something that is told now, and
// whether as part of a digest.
func (c *choice) plan(urgent bool, now time.Time) (due time.Time, digest bool) {
	if urgent && c.urgentThrough {
		return now, false
	}
	due = now
	switch c.rhythm {
	case Daily:
		due, digest = c.next(now, func(time.Weekday) bool { return true }), true
	case Weekly:
		due, digest = c.next(now, func(day time.Weekday) bool { return day == c.digestDay }), true
	}
	return c.afterQuiet(due), digest
}

// next is the first digest hour after an instant, on a day that is wanted.
func (c *choice) next(now time.Time, wanted func(time.Weekday) bool) time.Time {
	day := now.In(c.zone)
	for range 9 {
		if at := hourOf(day, c.digestHour); at.After(now) && wanted(day.Weekday()) {
			return at
		}
		day = noonAfter(day)
	}
	return now
}

// afterQuiet puts an instant in the quiet hours off to their end.
func (c *choice) afterQuiet(at time.Time) time.Time {
	from, until := c.quietFrom, c.quietUntil
	local := at.In(c.zone)
	hour := local.Hour()
	quiet := from <= hour && hour < until
	if from > until { // over midnight
		quiet = hour >= from || hour < until
	}
	if !quiet {
		return at
	}
	if end := hourOf(local, until); end.After(at) {
		return end
	}
	return hourOf(noonAfter(local), until)
}

// hourOf is when an hour begins on the day of a local time. An hour that the day
// lacks, because clocks are put forward, begins when they are; of one that it has
// twice, the first counts.
func hourOf(day time.Time, hour int) time.Time {
	year, month, date := day.Date()
	at := time.Date(year, month, date, hour, 0, 0, 0, day.Location())
	if early := at.Add(-time.Hour); early.Hour() == hour && early.Day() == date {
		return early
	}
	if at.Hour() != hour || at.Day() != date { // the hour is left out
		_, before := at.Add(-3 * time.Hour).Zone()
		at = time.Date(year, month, date, hour, 0, 0, 0, time.FixedZone("", before)).In(day.Location())
	}
	return at
}

// noonAfter is the noon of the next day: a time that every day has.
func noonAfter(day time.Time) time.Time {
	year, month, date := day.Date()
	return time.Date(year, month, date+1, 12, 0, 0, 0, day.Location())
}
