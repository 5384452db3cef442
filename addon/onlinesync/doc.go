// Package onlinesync is the addon that brings bank transactions in: the
// catalogue of institutions, connections and how they are made, online
// accounts, synchronisation runs and the identity ledger behind them.
//
// It opens providers by name through [Providers], is woken by whoever carries
// jobs through [Waker], and never knows how either is done: no process, no
// queue, no HTTP. What an import does is decided in importing; banks are found
// by name in catalogue.
//
// # The rules that hold everywhere
//
// No transaction is open while a plugin works. A run row is the truth about a
// synchronisation; whoever holds its lease works on it, and a lease that ended
// lets another take over. Lines, ledger rows and statements of one chunk are
// written together; cursor and coverage with the last chunk. What a user types
// into a connection flow, and the state of the plugin that may hold it, stay
// in this process's memory.
package onlinesync
