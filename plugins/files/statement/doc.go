// Package statement is what all readers of statement files share: a [Builder]
// that gathers one account's statement and emits it in bounded batches, and
// the strict reading of amounts, dates and bank references.
//
// It knows no file format (see camt, mt940, ofx beside it) and touches no file.
package statement
