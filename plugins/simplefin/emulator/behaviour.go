package emulator

import "time"

// Behaviour is what a server may do in different ways, by its JSON names.
type Behaviour struct {
	// Old: the server knows version 1 of the protocol alone, and passes over the
	// parameters that came later, such as version.
	Old bool `json:"old"`
	// Both: answers in version 2 have the older lists beside the newer ones, as
	// while people change over.
	Both bool `json:"both"`
	// Numbers: amounts are numbers in JSON, not texts.
	Numbers bool `json:"numbers"`
	// NoPending: pending transactions are not supported.
	NoPending bool `json:"no_pending"`
	// WindowDays is how many days one request may be about.
	WindowDays int `json:"window_days"`
	// Cut: of a longer one the newest days are told, with a message; else it is refused.
	Cut bool `json:"cut"`
	// Patient: an access may ask as often as it likes.
	Patient bool `json:"patient"`
	// Unpaid: the user owes the server money.
	Unpaid bool `json:"unpaid"`
	// Revoked: the user took every access back.
	Revoked bool `json:"revoked"`
	// Stale: the banks have told nothing new since this moment.
	Stale time.Time `json:"stale,omitzero"`
	// Moments: what is posted is told with the moment, not with the noon of its day.
	Moments bool `json:"moments"`
	// Errors are told with every answer, whatever it is about.
	Errors []Error `json:"errors"`
	// Away are accounts, by id, that are not told.
	Away []string `json:"away"`
}

// Error is one that the server tells users.
type Error struct {
	Code       string `json:"code"`
	Message    string `json:"msg"`
	Connection string `json:"conn_id,omitempty"`
	Account    string `json:"account_id,omitempty"`
}

func standard() Behaviour { return Behaviour{WindowDays: 90} }

// How often an access may ask: so many requests a day, coming back evenly, and
// a few more, of which each is answered with a warning. After those it is disabled.
const (
	perDay = 24
	leeway = 6
)

// quota is what is left of the requests of one kind.
type quota struct {
	Left float64   `json:"left"` // below 0: the leeway is being used
	At   time.Time `json:"at"`
}

func full(now time.Time) quota { return quota{Left: perDay, At: now} }

// take takes one request and reports what is left.
func (q *quota) take(now time.Time) float64 {
	if passed := now.Sub(q.At); passed > 0 {
		q.Left = min(perDay, q.Left+passed.Hours()*perDay/24)
		q.At = now
	}
	q.Left--
	return q.Left
}
