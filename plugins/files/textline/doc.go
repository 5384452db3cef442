// Package textline reads text line by line for the readers of line-based
// formats: any line end, lines counted from 1, no line longer than a bound.
package textline
