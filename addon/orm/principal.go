package orm

import "time"

// Principal is who calls: a user, or the system itself.
type Principal struct {
	UID     int64
	Context Context
	// System has all rights and no rules: jobs, installs. UID may be set too;
	// it then stands in the stamps.
	System bool
	// Language is used where the context names none.
	Language string
	Caller   Caller
}

// Caller is how a principal reached the host; the zero value is from within.
type Caller struct {
	// Edition is the series of Odoo that the caller speaks.
	Edition Edition
	// Session is the key of the session that the call belongs to, "" if none.
	Session string
	// Address is the client's, "" if unknown.
	Address string
	// Proven is when the user last gave their password; zero if this call rests on
	// something else, such as a key.
	Proven time.Time
}

// User is what the kernel must know of a user.
type User struct {
	ID        int64
	Active    bool
	Groups    map[string]bool // external ids, implied ones included
	GroupIDs  []int64
	Company   int64
	Companies []int64
	Partner   int64
	Lang      string
	TZ        string // IANA name; "" is UTC
	Login     string
}

// Directory tells who a uid is. The addon that owns users implements it.
type Directory interface {
	// User is asked in a system environment. A missing user is a fault of kind
	// Missing. Answers are kept until Database.ForgetUsers.
	User(env *Env, uid int64) (User, error)
}
