// Package step is one screen of a flow: what a provider asks, made fit to be shown
// to a user, and what the user answers, made fit for the provider. Neither side is
// believed: a provider is another's program, and a call may hold anything.
//
// It keeps nothing and knows no database. Neighbours: connect, which leads through
// the steps of a flow.
package step
