package fault

// Kind says what went wrong in terms of what the caller can do about it.
type Kind string

// The kinds that describe the user's situation.
const (
	// Invalid: the values break a rule of the model; change them. Odoo's ValidationError.
	Invalid Kind = "invalid"
	// User: the request makes no sense now, the message says why. Odoo's UserError.
	User Kind = "user"
	// Denied: this user lacks a right. Odoo's AccessError.
	Denied Kind = "denied"
	// Unauthenticated: wrong login, password or key. Odoo's AccessDenied.
	Unauthenticated Kind = "unauthenticated"
	// SessionExpired: log in again. Odoo's SessionExpiredException.
	SessionExpired Kind = "session_expired"
	// Missing: the record does not exist, or no longer. Odoo's MissingError.
	Missing Kind = "missing"
	// Conflict: another transaction was first; the kernel runs the whole again,
	// so a user sees it only when every retry lost.
	Conflict Kind = "conflict"
	// Unavailable: a plugin, a bank or a database is down or too slow; try later.
	Unavailable Kind = "unavailable"
	// Internal: our mistake. The user reads a generic message, the log has the rest.
	Internal Kind = "internal"
)

// The kinds that tell a programmer that the call itself is wrong. Odoo answers
// such calls with the Python exception that they happened to raise, and its
// clients know these by name.
const (
	// Value: an argument's value cannot be used. Python's ValueError.
	Value Kind = "value"
	// Type: wrong number, names or types of arguments. Python's TypeError.
	Type Kind = "type"
	// Key: an unknown key, an unknown model among them. Python's KeyError.
	Key Kind = "key"
	// Attribute: an unknown method. Python's AttributeError.
	Attribute Kind = "attribute"
	// NotFound: an unknown path or service. Werkzeug's NotFound.
	NotFound Kind = "not_found"
)

// Kinds lists every kind, so that a table over kinds can be tested to be
// complete.
func Kinds() []Kind {
	return []Kind{
		Invalid, User, Denied, Unauthenticated, SessionExpired, Missing, Conflict, Unavailable, Internal,
		Value, Type, Key, Attribute, NotFound,
	}
}

// BadCall reports whether the call itself is wrong: repeating it, by whomever
// and whenever, gives the same answer until the calling program changes.
func (k Kind) BadCall() bool {
	switch k {
	case Value, Type, Key, Attribute, NotFound:
		return true
	}
	return false
}
