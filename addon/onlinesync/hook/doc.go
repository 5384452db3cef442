// Package hook tells notices to other programs: an administrator names an address,
// and every notice is posted there as JSON, signed as Standard Webhooks has it.
//
// A delivery is a row that is written in the transaction that spreads its notice.
// Whoever carries it (server/postman) claims it, sends it with no transaction
// open, and says what became of it; the name and the content of a delivery are the
// same at every attempt. Nothing here knows HTTP.
//
// Neighbours: notice, whose notices these are; vault, which seals the secrets.
package hook
