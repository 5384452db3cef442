package record

import (
	"time"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Link is a connection as read in a short transaction that is closed
// before a plugin is called.
type Link struct {
	ID             int64
	Name           string
	UUID           string
	Provider       string
	ExternalID     string // the provider's id of the connection; "" when it has none
	Institution    int64
	InstitutionKey string        // the provider's id of the bank
	Beta           string        // the bank's name where it is in beta; else ""
	AutoAllowed    bool          // by the bank
	Interval       time.Duration // as the connection or its provider says; 0 where neither does
	RefreshesADay  int64         // by the bank; 0 where it does not say
	AutoSync       bool          // by the user
	Paused         string        // who paused its provider, and when, in words; "" where it is not
	AccountKind    string        // "personal", "business", or ""
	Company        int64
	State          string
	Attention      string
	Reference      string // of what is wrong; "" for nothing
	Legacy         bool
	Secret         []byte
	Consent        int64 // whose secret it is: another after each renewal
	SecretLost     error // ErrSecretLost with its reason, when the stored secret cannot be opened
	HistoryFrom    schema.Date
	ConsentUntil   schema.Date
	RefreshAllowed time.Time
	Failures       int64
	Lang           string
}
