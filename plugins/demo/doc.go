// Package demo is an invented bank world behind the provider interface: for
// demonstrations, documentation, and every test that needs a bank.
//
// It is a pure function of (seed, secret, now): two calls with the same
// configuration, secret, request and Call.Now give the same bytes, on any
// machine. It reads no clock, holds no state and opens no connection. What it
// must remember is in the secret, so a moved clock reaches it through Call.Now.
// It never learns what a host does with its transactions.
//
// # Configuration
//
//   - seed: another seed is another world (default "1"); a connection keeps the
//     seed with which it was made
//   - institutions: how many invented banks are listed (default 24800, of over
//     30000 that there are; ids do not depend on it)
//   - misbehave: "true" adds the banks that crash, hang, flood and lie
//   - bulk: "5000,2500" lists demo-big-5000 and demo-big-2500 too
//   - webhook_key: takes notifications ([Notification]) that are signed with it
//
// # Institutions of fixed behaviour
//
// Their accounts are Belgian. Any user name will do, and any password but
// "wrong"; neither may be empty, and a connection is renewed under the user name
// that it was made with. The same user name at the same bank is the same
// customer, with the same accounts (StableID) and transactions, whatever the
// consent.
//
//   - demo-checking: user and password; at least a checking, a savings, a US
//     dollar and a card account
//   - demo-mfa: besides, the one-time code 123456
//   - demo-mfa-each: a code opens a session of 15 minutes only; after it every
//     call is NeedsUser until a flow of kind "mfa", "update" or "reconnect"
//   - demo-redirect: a redirect, which comes straight back to RedirectURL with
//     "state" and "code"; with "error" in place of "code" consent was refused
//   - demo-wait: a confirmation elsewhere; the second poll goes on
//   - demo-beta, demo-disabled: of that status; the latter cannot be connected
//   - demo-daily: one refresh a day (UTC); in between, and until the bank's own
//     refresh at 05:00 UTC, what it tells stands still; 90 days of history
//   - demo-manual-only: AutoNotAllowed unless a user is present
//   - demo-expired: the consent ends 7 days after it was given
//   - demo-down: connects, then BankUnavailable
//   - demo-declare: wants something prepared and declared first, and tells persons'
//     accounts from businesses'; the user “nothing” shared none, and “nobusiness” has
//     none of a business
//   - demo-growing: ten days after the first consent a joint account is there too
//   - demo-slow: waits before each page, as long as its form asks
//   - demo-big-20000, demo-big-100000, and unlisted any demo-big-N: one account
//     with exactly N booked transactions in the 365 days before today, which
//     is its history; each night brings N/365 more
//   - demo-garbage, demo-crash, demo-panic, demo-hang, demo-flood (with
//     misbehave only): when transactions are fetched, invalid answers; exit
//     status 3, a panic, or silence after the first batch; a flooded log
//
// Others show what happens in the life of a connection, one thing each:
//
//   - demo-codes: the code comes by text message, e-mail or token, as chosen;
//     demo-qr: a picture for the bank's app, then as demo-wait
//   - demo-contracts: one of three contracts is chosen, each with accounts of
//     its own; a renewal stays with it
//   - demo-questions: a company number and a date of birth besides
//   - demo-lost: a redirect to a page that sends nobody back
//   - demo-none: no consent covers an account, which is NeedsUser at the end
//   - demo-fewer: a renewed consent covers all accounts but the savings account
//   - demo-closing: twenty days after the first consent the savings account is
//     closed and listed no more; what was done on it by then is still told
//   - demo-partial: the savings account is BankUnavailable, the others are not
//   - demo-quarter: 90 days of history
//   - demo-90: the consent ends after 90 days
//   - demo-revoked: it is told to last 180 days and withdrawn after 20
//   - demo-lenient: it is told to last 30 days and lasts 365
//   - demo-four: four fetches of an account a day (UTC) without a user; the next
//     is RateLimited until midnight
//   - demo-hourly: 24 refreshes a day, as demo-daily has one
//   - demo-busy: one fetch of an account an hour; more is RateLimited, without a
//     time
//   - demo-outages: BankUnavailable from Saturday 20:00 to Sunday 08:00, and on
//     the 10th and 11th of each month (UTC)
//   - demo-holds: a third of the card payments are reserved for two or three
//     weeks, and never booked
//
// # Transactions
//
// Banks book on workdays. Card payments are first pending, then booked one to
// three days later under a new id (PendingID names the old one); a few vanish.
// A few transfers are told up to a week after their booking date. A few booked
// ones are told again, completed or with another amount, and a very few are
// taken back. All that is over 24 days after the event. Balances agree with
// the booked transactions to the smallest unit at any instant.
//
// Neighbours: plugins/sdk, which it implements; its main in
// cmd/girosync-provider-demo.
package demo
