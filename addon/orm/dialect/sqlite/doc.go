// Package sqlite keeps a database in one SQLite file: the SQL that SQLite
// speaks ([Dialect]) and the store ([Open]).
//
// One connection writes, a few read beside it (write-ahead log); statements
// stay prepared per connection. The driver's connections are used directly:
// database/sql's conversions would cost as much as the queries.
//
// A program that imports it must be built with the tag sqlite_fts5.
package sqlite
