// Package postgres keeps a database in one schema of a PostgreSQL server: the
// SQL that PostgreSQL speaks ([Dialect]) and the store ([Open]).
//
// Transactions are snapshots (repeatable read); a change that another one made
// first is dialect.ErrConflict, and the whole is to be run again. [Create],
// [Drop] and [List] manage schemas; backups are the server's own business.
package postgres
