// Package databases is where everything durable of a host begins: the system
// store (which databases there are, sessions, trusted plugins, jobs) and the
// databases themselves, opened once each and shared.
//
// A database is one SQLite file below the data folder, or one schema of one
// PostgreSQL database; the system store lives beside it in the same way. The
// addons decide what is in a database. Package dump below is its portable form.
//
// A database that is older than the host's addons is upgraded when it is opened;
// addon.Upgrade tells the order. An SQLite file is copied first, into the folder
// backups; whoever goes back to the older version stops the host and puts the copy
// in the file's place. Goose has the steps of the system store, not these: each
// addon counts its own, and they work in the transactions of the models.
package databases
