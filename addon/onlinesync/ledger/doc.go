// Package ledger is the identity ledger: one row for each transaction that a
// source ever told of an account, the ids that it had, and why it was matched. It
// also notices what users do with the lines: whoever edits one owns it, and what
// is deleted stays deleted.
//
// What becomes of a transaction is decided in importing and written by apply.
package ledger
