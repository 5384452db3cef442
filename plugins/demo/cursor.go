package demo

import (
	"encoding/json"

	"github.com/girosync/girosync/plugins/sdk"
)

// view is what one side knows of an account: everything dated in a window of
// days, as it stood at an instant. A view as of the beginning of 1970 knows nothing.
type view struct {
	Account string `json:"account"` // StableID: a cursor survives a renewed consent
	AsOf    int64  `json:"as_of"`   // Unix seconds
	From    day    `json:"from"`
	To      day    `json:"to"` // before From: nothing is known
}

func nothingOf(a *account) view { return view{Account: a.stableID, AsOf: 0, From: 0, To: -1} }

// shows returns the phase of m as seen in v. What is booked shows only when it
// is dated in the window; what is pending, or vanished, always.
func (v view) shows(m *movement) phase {
	ph := m.at(v.AsOf)
	if ph == pending || m.bookedAt == 0 {
		return ph
	}
	if m.booked < v.From || m.booked > v.To {
		return unborn
	}
	return ph
}

func (v view) isEmpty() bool { return v.To < v.From }

func (v view) cursor() ([]byte, error) { return json.Marshal(v) }

// viewFrom reads the cursor of an account; BadRequest when it is none of ours,
// or of an instant more than a year after asOf.
func viewFrom(cursor []byte, a *account, asOf int64) (view, error) {
	if len(cursor) == 0 {
		return nothingOf(a), nil
	}
	var v view
	if err := json.Unmarshal(cursor, &v); err != nil {
		return view{}, sdk.FieldErrorf("cursor", "the cursor cannot be read")
	}
	if v.Account != a.stableID {
		return view{}, sdk.FieldErrorf("cursor", "the cursor is of another account")
	}
	const year = 366 * secondsPerDay
	if v.AsOf <= 0 || v.AsOf > asOf+year || v.From < 0 || v.To < -1 || v.To > dayAt(v.AsOf) {
		return view{}, sdk.FieldErrorf("cursor", "the cursor is out of range")
	}
	return v, nil
}

// extended is the view that a fetch leads to: known, or the days asked for, or
// both; never further back than the bank's history, and never less than known.
// A clock that was set back shows nothing older than what was known.
func (v view) extended(asOf int64, asked sdk.FetchRequest, history day) (next view, historyFrom day, err error) {
	next = view{Account: v.Account, AsOf: max(asOf, v.AsOf)}
	today := dayAt(next.AsOf)
	oldest := today - history
	next.From, next.To = oldest, today
	if !asked.From.IsZero() {
		next.From = max(dayOf(asked.From), oldest)
	}
	if !asked.To.IsZero() {
		next.To = min(dayOf(asked.To), today)
	}
	if !asked.From.IsZero() && !asked.To.IsZero() && asked.To.Before(asked.From) {
		return view{}, 0, sdk.FieldErrorf("to", "the window ends on %s, before it begins on %s", asked.To, asked.From)
	}
	if !v.isEmpty() {
		if asked.From.IsZero() {
			next.From = v.From
		}
		next.From, next.To = min(next.From, v.From), max(next.To, v.To)
		return next, 0, nil
	}
	if asked.From.IsZero() || dayOf(asked.From) < oldest {
		historyFrom = oldest
	}
	return next, historyFrom, nil
}

// scan bounds the days on which anything may happen that v does not show as
// next does, or that is pending.
func (v view) scan(next view) (first, last day) {
	last = dayAt(next.AsOf)
	first = last
	if v.isEmpty() || next.From < v.From {
		first = min(first, next.From)
	} else {
		first = min(first, v.To+1)
	}
	if v.AsOf != 0 {
		first = min(first, dayAt(v.AsOf))
	}
	return first - lastingDays, last
}
