// Package coda reads the coded statements of account of Belgian banks (CODA,
// versions 1 and 2): records of 128 characters.
//
// It is pure: UTF-8 text in, batches out. The files provider takes care
// of encodings and archives.
//
// An amount that customer or bank totalled (types 1 and 2) becomes its parts
// when two or more of them add up to it; any other movement is one
// transaction, and its detail records only tell more about it. Totals of the
// trailer that the movements do not add up to are refused; a file without its
// trailer was cut, and fails.
package coda
