// Package importing decides what an import does. It takes what a provider told
// in one fetch and what the identity ledger already knows, and says which
// transactions are new, which are known, and what becomes of those that
// changed, so that every posted bank transaction becomes exactly one line.
//
// It is pure: no database, no network, no clock. Reading the ledger and
// writing lines is package onlinesync's; what a provider may tell is plugins/sdk's.
package importing
