// Package ormtest opens fresh, migrated databases for tests of models, on
// SQLite and on PostgreSQL, with a directory of made-up users. It is imported
// by tests only; the SQL dialects have a suite of their own in dialecttest.
package ormtest
