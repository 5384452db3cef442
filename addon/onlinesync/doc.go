// Package onlinesync is the addon that brings bank transactions in. It joins its
// rooms, one package each, and says what a host may ask of them all; only a
// journal's card is its own.
//
// It opens providers by name through provider.Providers, is woken by whoever
// carries jobs through run.Waker, and never knows how either is done: no process,
// no queue, no HTTP. Where to begin reading: package sync is one synchronisation
// on one page.
//
// # The rules that hold everywhere
//
// No transaction is open while a plugin works. A run's row is the truth about a
// synchronisation; whoever holds its lease works on it, and a lease that ended
// lets another take over. Lines, ledger rows and statements of one chunk are
// written together; cursor and coverage with the last chunk. What a user types
// into a connection flow, and the state of the plugin that may hold it, stay
// in this process's memory. DESIGN.md follows a run from end to end.
package onlinesync
