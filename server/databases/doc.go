// Package databases is where everything durable of a host begins: the system
// store (which databases there are, sessions, trusted plugins, jobs) and the
// databases themselves, opened once each and shared.
//
// A database is one SQLite file below the data folder, or one schema of one
// PostgreSQL database; the system store lives beside it in the same way. What
// is in a database is the addons'. Package dump below is its portable form.
package databases
