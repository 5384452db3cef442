// Package quota is the ledger of what was asked of banks, so that none is asked
// more often than it allows: a row for each call that counts, written before the
// call. A crash between the two wastes a call and never makes one too many.
//
// Fetches without a user are counted over the last 24 hours, whatever a bank's
// day is: no day of any time zone then has more than the limit. Refreshes, which
// users ask for, are counted by the day (UTC), as providers tell them; what a
// provider itself says of the next one goes before that.
//
// A call that fails counts as well: the bank has counted it. What a user looks at –
// a dry run, what is missing – counts as his own fetches do. Flows, the listing of
// accounts and the ending of consents are no fetches, and are not noted.
//
// Neighbours: sync, which asks before it calls; webhook, which waits.
package quota
