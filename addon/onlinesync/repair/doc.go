// Package repair is what a user does when books and bank differ: find duplicate
// and missing transactions, fetch days again, import a deleted line again, undo a
// run, try one without writing, and ask why a line is there.
package repair
