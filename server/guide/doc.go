// Package guide shows that what a user is promised is so, promise by promise: a
// whole host with the program of the demo banks, on SQLite and PostgreSQL, asked
// over HTTP as any client asks it. Only the clock is the test's own.
//
// The promises have ids: S01 to S65 are what the guide to bank synchronisation
// promises, D02 to D12 what the pages around it add. A test of one begins its name
// with the id; ROWS.md lists them all, and `go generate ./server/guide` writes it
// anew from the tests.
//
// Neighbours: server/servertest, which makes the hosts; plugins/demo, whose banks
// these are. What needs a killed process or a browser is in server/e2e.
package guide

//go:generate go run ../../scripts/promises ../..
