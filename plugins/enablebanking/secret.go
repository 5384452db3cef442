package enablebanking

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// secret is all that a connection remembers, as JSON. What a bank tells of its
// accounts is told once, with the session: asking again would count at the bank.
type secret struct {
	Session  string    `json:"session"`
	Until    time.Time `json:"until,omitzero"` // the consent's end
	Bank     bankName  `json:"bank"`
	PSUType  string    `json:"psu_type"`
	Method   string    `json:"method,omitempty"`
	Headers  []string  `json:"headers,omitempty"` // those that the bank requires of a user who waits
	Accounts []kept    `json:"accounts"`
	// Before are older sessions that were not ended, the newest last.
	Before []ended `json:"before,omitempty"`
}

// kept is an account of a session.
type kept struct {
	ID       string          `json:"id"`
	Hash     string          `json:"hash"`
	UID      string          `json:"uid,omitempty"` // none: it cannot be read
	Name     string          `json:"name"`
	Number   string          `json:"number,omitempty"`
	Currency string          `json:"currency"`
	Kind     sdk.AccountKind `json:"kind"`
	Owner    string          `json:"owner,omitempty"`
	Limit    bool            `json:"limit,omitempty"` // there is a credit limit
}

// ended is a session that another one took the place of.
type ended struct {
	Session string    `json:"session"`
	Until   time.Time `json:"until,omitzero"`
}

// secretFrom reads what seal wrote; anything else is ConsentExpired, since only
// connecting anew helps.
func secretFrom(call sdk.Call) (secret, error) {
	var s secret
	if err := json.Unmarshal(call.Secret, &s); err != nil || s.Session == "" {
		return secret{}, sdk.Errorf(sdk.ConsentExpired, "%s", say(call.Language, textUnreadable))
	}
	return s, nil
}

func (s secret) seal() ([]byte, error) {
	sealed, err := json.Marshal(s)
	if err != nil {
		return nil, sdk.Errorf(sdk.Internal, "writing the connection's secret: %w", err)
	}
	return sealed, nil
}

// mostBefore bounds the older sessions that are remembered.
const mostBefore = 5

// replaces notes which session this one takes the place of.
func (s *secret) replaces(old secret, now time.Time) {
	if old.Session == "" || old.Session == s.Session {
		return
	}
	s.Before = append(slices.Clone(old.Before), ended{old.Session, old.Until})
	s.Before = slices.DeleteFunc(s.Before, func(e ended) bool { return !e.Until.IsZero() && e.Until.Before(now) })
	s.Before = s.Before[max(0, len(s.Before)-mostBefore):]
}

// sessions are the ids of this one and of those before it, the newest first.
func (s *secret) sessions() []string {
	ids := []string{s.Session}
	for _, before := range s.Before {
		ids = append(ids, before.Session)
	}
	return ids
}

// find returns the account of an id, or nil.
func (s *secret) find(id string) *kept {
	i := slices.IndexFunc(s.Accounts, func(k kept) bool { return k.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Accounts[i]
}
