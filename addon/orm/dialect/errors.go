package dialect

import "errors"

// What a database may answer, told alike by every dialect.
var (
	// ErrConflict: another transaction was first; run the whole again.
	ErrConflict = errors.New("transaction conflict")
	// ErrUnavailable: the database cannot be reached, or is too busy.
	ErrUnavailable = errors.New("database unavailable")
	// ErrFull: no room is left where the database lies. It is ErrUnavailable, too.
	ErrFull = errors.New("no room left on the disk")
	// ErrRolledBack: after an earlier error the database itself gave the whole
	// transaction up. Nothing of it stays, and nothing more can be done in it.
	ErrRolledBack = errors.New("the database has rolled the transaction back")
	// ErrReadOnly: something was written in a transaction begun with ReadOnly.
	ErrReadOnly = errors.New("read-only transaction")
	// ErrTooLarge: a sum came to more than an amount can be.
	ErrTooLarge = errors.New("a number beyond what an amount can be")
	// ErrNoBackup: this database is backed up by its own tools.
	ErrNoBackup = errors.New("no backup by copying")
)

// ConstraintError is a violated constraint.
type ConstraintError struct {
	Kind  string // "unique", "not null", "foreign key", "check"
	Name  string // the index's or constraint's name, "" if the database does not say
	Table string
	Cause error
}

// Error names the constraint; what of it a user reads is up to the kernel.
func (e *ConstraintError) Error() string {
	return e.Kind + " constraint " + e.Name + ": " + e.Cause.Error()
}

// Unwrap is the driver's error.
func (e *ConstraintError) Unwrap() error { return e.Cause }
