// Package expiry tells people in time what ends by itself: a bank's consent, 30,
// 14, 7, 3 and 1 days before its last day and on that day, in the chatter of the
// connection, once each. A week before, the connection asks for attention.
//
// What was told stands beside the consent's date and is written in the same
// transaction as the message: nothing is told twice, and nothing is lost by a
// crash. After days without a host only the newest notice is told.
//
// The date is what the provider once said. When it has passed, the bank is asked
// once more: its live word counts, and a date that it proves wrong is dropped
// (connect.Connections.MarkWell).
//
// Neighbours: connect, whose connections these are; run, which asks the bank.
package expiry
