// Package importing decides what an import does. It takes what a provider told
// in one fetch and what the identity ledger already knows, and says which
// transactions are new, which are known, and what becomes of those that
// changed, so that every posted bank transaction becomes exactly one line.
//
// It is pure: no database, no network, no clock. The ledger is read by package
// ledger, lines are written by package apply; what a provider may tell is
// plugins/sdk's.
package importing
