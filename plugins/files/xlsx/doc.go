// Package xlsx reads statement files that are workbooks: it gives the rows of a
// sheet to table, which knows what they mean.
//
// It is pure: an opened archive in, batches out; sheets are read as streams.
// What must be held is bounded: the texts that cells share (32 MiB) and the
// formats of cells. Formulas are read by the values that were saved with them.
//
// A library was not taken: those at hand hold the archive's parts in memory,
// and a statement's sheet needs six kinds of element. The files provider,
// which opens the parts, bounds the archive.
package xlsx
