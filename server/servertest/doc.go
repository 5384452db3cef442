// Package servertest gives tests whole hosts in their own process: where their
// data lies, furnished in a fraction of a second, on SQLite and PostgreSQL, with a
// clock that a test may move.
//
// Neighbours: server, whose hosts these are; server/guide and server's own tests,
// which use it. server/e2e has hosts in processes of their own instead.
package servertest
