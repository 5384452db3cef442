// Package dialecttest is what every database must pass ([Run]), and the
// databases that tests run on: [SQLite] gives a fresh file, [Postgres] a fresh
// schema of a private server that all test processes share.
package dialecttest
