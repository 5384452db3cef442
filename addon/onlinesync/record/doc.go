// Package record is what the rows of online synchronisation say, as values: the
// names of models and selections, an online account and a connection as they are
// read before work begins, and what each kind of failure means.
//
// It decides nothing and calls no provider. Every other room stands on it.
package record
