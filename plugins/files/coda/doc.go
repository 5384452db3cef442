// Package coda reads the coded statements of account of Belgian banks (CODA,
// versions 1 and 2): records of 128 characters.
//
// It is pure: UTF-8 text in, batches out. The files provider takes care
// of encodings and archives.
//
// An amount that customer or bank totalled (types 1 and 2) becomes its parts
// when they add up to it, be it a single one; any other movement is one
// transaction, and its detail records only tell more about it. A new balance
// that the old one and the movements do not come to is refused, and so are
// totals of the trailer; a file without its
// trailer was cut, and fails.
package coda
