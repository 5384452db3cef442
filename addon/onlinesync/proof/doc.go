// Package proof compares, day by day, the balances that a bank reported with
// what an account's lines come to from an anchor on, and names the first day
// on which they disagree.
//
// It is pure: no database, no network, no clock. Reading lines and reported
// balances is package balance's; what an import does is importing's.
package proof
