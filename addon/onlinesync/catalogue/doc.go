// Package catalogue finds banks by what somebody types: an index in memory
// over the names of all institutions, folded so that case, accents and
// punctuation do not matter.
//
// It is pure: where institutions come from and who may search is package
// institution's.
package catalogue
