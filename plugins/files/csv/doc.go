// Package csv reads statement files whose rows are lines of values set apart by
// a delimiter. It finds out the delimiter and parts the values; package table
// knows what they mean.
//
// It is pure: UTF-8 text in, batches out. Quotes are doubled inside quotes; a
// quoted value may span lines; LF, CR LF and CR end a row. The standard reader
// was not taken because it knows no lone CR and holds a value of any size.
package csv
