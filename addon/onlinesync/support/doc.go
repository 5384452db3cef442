// Package support is what one tells support about a connection: a trace of what was
// done and how it ended, without secrets, names of people, whole account numbers or
// amounts.
//
// What is told is chosen field by field; no text that a bank, a provider or a user
// wrote is among it, since nobody can know what stands in it.
package support
