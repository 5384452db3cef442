// Package books is the statements of a journal: which period a day belongs to, how
// their balances follow from each other, and where the first begins.
//
// A chain is written in the transaction that changed its lines, so that every
// commit leaves balances that hold.
package books
