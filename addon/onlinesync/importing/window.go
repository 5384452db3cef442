package importing

import "github.com/girosync/girosync/addon/orm/schema"

// DefaultLookBack is how many days before the last confirmed one a fetch
// begins, to catch what banks book late, when the provider does not say.
const DefaultLookBack = 10

// WindowRule is what the days of a fetch depend on. "" is unset.
type WindowRule struct {
	Today schema.Date
	// LastLine is the last day of the journal's lines, before the account was
	// first fetched: the first fetch starts the day after (D05).
	LastLine schema.Date
	// ImportFrom is the first day that the account's first fetch took; nothing
	// before it is ever imported.
	ImportFrom schema.Date
	// First: nothing was fetched of this account yet.
	First bool
	// LockDate is the last day that nothing may be booked on.
	LockDate schema.Date
	// HistoryFrom is the oldest day that the consent allows to ask for.
	HistoryFrom schema.Date
	// AskFrom is where days begin that were taken back, and that are asked for once
	// more, Beginning for all there are; "" for none. The coverage alone does not
	// tell: of days before its first, a bank may have nothing.
	AskFrom  schema.Date
	Coverage Coverage
	LookBack int // days
}

// Beginning is as far back as there is anything, where "" says that nothing is.
const Beginning schema.Date = "0001-01-01"

// Window is what to fetch and what to take of it.
type Window struct {
	From, To schema.Date // inclusive; From "" is as far back as allowed
	// Floor is the first day that may be imported; "" for none.
	Floor schema.Date
}

// Plan computes the window: the first fetch begins after the journal's last
// line, a later one the look-back before the last confirmed day, or with the days
// that were taken back; never before the lock date or the consent's scope.
func (r WindowRule) Plan() Window {
	w := Window{To: r.Today, Floor: r.ImportFrom}
	if r.First && r.LastLine != "" {
		w.Floor = max(w.Floor, r.LastLine.AddDays(1))
	}
	if r.LockDate != "" {
		w.Floor = max(w.Floor, r.LockDate.AddDays(1))
	}
	w.From = w.Floor
	if last := r.Coverage.Confirmed(r.HistoryFrom); !r.First && last != "" {
		w.From = max(w.From, r.back(last.AddDays(-r.LookBack)))
	}
	w.From = max(w.From, r.HistoryFrom)
	w.From = min(w.From, w.To)
	return w
}

// back is the first of the days that were taken back, where it lies before a day.
func (r WindowRule) back(day schema.Date) schema.Date {
	switch r.AskFrom {
	case "":
		return day
	case Beginning:
		return ""
	}
	return min(day, r.AskFrom)
}

// Unreached is the first stretch of a wish, which begins at w.From, that is not
// covered and lies before the bank's limit, the oldest day that it gives; ok is
// false for none. From "" is as far back as there is anything.
func (w Window) Unreached(limit schema.Date, covered Coverage) (gap Interval, ok bool) {
	gap = Interval{From: w.From, To: limit.AddDays(-1)}
	for _, v := range covered {
		switch {
		case gap.From != "" && v.From <= gap.From && gap.From <= v.To:
			gap.From = v.To.AddDays(1)
		case v.From > gap.From:
			gap.To = min(gap.To, v.From.AddDays(-1))
		}
	}
	return gap, limit != "" && gap.From <= gap.To
}
