package demo

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// secret is everything that a connection remembers, as JSON. No password is in it.
type secret struct {
	Seed        string   `json:"seed"`
	Institution string   `json:"institution"`
	User        string   `json:"user"`
	Holder      string   `json:"holder,omitempty"` // "personal" or "business"
	External    string   `json:"external"`         // Connection.ExternalID; survives renewals
	Consent     string   `json:"consent"`          // what account ids are made of; new with each renewal
	FirstAt     int64    `json:"first_at"`         // Unix seconds, of the first consent
	ConnectedAt int64    `json:"connected_at"`     // the same, of this consent
	Until       int64    `json:"until"`            // end of the consent
	Session     int64    `json:"session,omitempty"`
	Chosen      []string `json:"chosen"` // StableIDs
	DelayMillis int64    `json:"delay_ms,omitempty"`
	Refreshes   []int64  `json:"refreshes,omitempty"` // of the last day that had any
	Contract    string   `json:"contract,omitempty"`  // which of the customer's, where there are several
	Fetched     *fetched `json:"fetched,omitempty"`   // where the bank counts
	Revoked     bool     `json:"revoked,omitempty"`
}

// secretFrom reads what seal wrote; anything else is ConsentExpired, since
// only a new connection helps.
func secretFrom(sealed []byte) (secret, error) {
	var s secret
	if err := json.Unmarshal(sealed, &s); err != nil || s.Institution == "" || s.Consent == "" {
		return secret{}, sdk.Errorf(sdk.ConsentExpired, "this connection's credentials cannot be read; connect again")
	}
	return s, nil
}

func (s secret) seal() ([]byte, error) { return json.Marshal(s) }

// session is one call on behalf of a connection.
type session struct {
	call   sdk.Call
	config config
	bank   bank
	secret secret
}

// open reads a call's secret and refuses what the consent does not allow at
// the call's Now: ConsentExpired, or NeedsUser when the bank wants a code.
func open(call sdk.Call) (session, error) {
	s, err := identify(call)
	if err != nil {
		return session{}, err
	}
	now := call.Now.Unix()
	if s.secret.Revoked || now >= s.endsAt() && s.endsAt() < s.secret.Until {
		return session{}, sdk.Errorf(sdk.ConsentExpired, "%s", say(call.Language, textRevoked))
	}
	if now >= s.endsAt() {
		return session{}, sdk.Errorf(sdk.ConsentExpired, "%s", say(call.Language, textExpired))
	}
	if s.bank.trait == codeEachTime && now >= s.secret.Session {
		return session{}, sdk.Errorf(sdk.NeedsUser, "%s", say(call.Language, textNeedsCode))
	}
	return s, nil
}

// identify reads a call's secret without asking whether it is still good.
func identify(call sdk.Call) (session, error) {
	cfg, err := configFrom(call.Config)
	if err != nil {
		return session{}, err
	}
	s, err := secretFrom(call.Secret)
	if err != nil {
		return session{}, err
	}
	b, err := findBank(s.Institution, cfg.misbehave)
	if err != nil {
		return session{}, err
	}
	return session{call, cfg, b, s}, nil
}

// endsAt is when the consent ends in truth, in Unix seconds.
func (s session) endsAt() int64 {
	if s.bank.endsAfter == 0 {
		return s.secret.Until
	}
	return s.secret.ConnectedAt + int64(s.bank.endsAfter)*secondsPerDay
}

// attended refuses an unattended call where the bank wants a person.
func (s session) attended() error {
	if s.bank.AutoSyncAllowed || s.call.UserPresent {
		return nil
	}
	return sdk.Errorf(sdk.AutoNotAllowed, "%s", say(s.call.Language, textManualOnly))
}

// reachable refuses when the bank is out of order.
func (s session) reachable() error {
	if s.bank.trait == down || s.bank.trait == outages && outOfOrder(s.call.Now.Unix()) {
		return sdk.Errorf(sdk.BankUnavailable, "%s", say(s.call.Language, textDown))
	}
	return nil
}

// seenAt is the instant as of which the bank's data stands, in Unix seconds.
// A bank that limits refreshes brings its data up to date by itself at five
// each morning, when connected, and when asked to.
func (s session) seenAt() int64 {
	now := s.call.Now.Unix()
	if s.bank.RefreshesPerDay == 0 {
		return now
	}
	seen := dayAt(now).begins() + 5*60*60
	if seen > now {
		seen -= secondsPerDay
	}
	for _, at := range append([]int64{s.secret.ConnectedAt}, s.secret.Refreshes...) {
		if at <= now {
			seen = max(seen, at)
		}
	}
	return seen
}

// refreshesOf returns the refreshes that the secret remembers of one day.
func (s secret) refreshesOf(d day) []int64 {
	return slices.DeleteFunc(slices.Clone(s.Refreshes), func(at int64) bool { return dayAt(at) != d })
}

// nextRefresh is when the bank may be asked again: zero for at once.
func (s session) nextRefresh() time.Time {
	today := dayAt(s.call.Now.Unix())
	limit := s.bank.RefreshesPerDay
	if limit == 0 || len(s.secret.refreshesOf(today)) < limit {
		return time.Time{}
	}
	return time.Unix((today + 1).begins(), 0).UTC()
}
