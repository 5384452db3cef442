// Package apply turns what a source tells of an account into lines, ledger rows
// and questions. A provider's fetch and a statement file come in as the same
// [Input]; users' decisions are written by the same [Writer].
//
// [Decide] is the one place where what is known is loaded and a plan is made of
// it; dry runs, previews and the search for missing transactions ask it as well.
package apply
