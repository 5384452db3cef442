// Package institution is the banks that providers reach: their rows, made to say
// what the providers list, and the search of the picker. The index itself is in
// catalogue.
package institution
