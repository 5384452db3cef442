// Package emulator is a stand-in for a SimpleFIN server such as SimpleFIN Bridge,
// for trying the provider out and for tests: `girosync emulate simplefin`.
//
// It is written from the protocol alone (simplefin.org/protocol.html, versions 1
// and 2, and the limits that SimpleFIN Bridge tells developers), and knows
// nothing of the provider. Below /simplefin:
//
//   - GET  /create       gives a setup token, without asking who wants one
//   - POST /claim/TOKEN  gives the access URL, once
//   - GET  /accounts     the accounts of one invented user, with their transactions
//   - POST /revoke       takes back every access that was given so far
//   - GET  /info         the versions of the protocol
//
// The user has accounts at two banks: a checking and a savings account, a euro
// account, a card, and one in a currency of its own (air miles). Movements follow
// from the day alone. What is paid by card or at a till is pending first and posts
// two days later; at the card's bank under another id. The data are as of the last
// six o'clock in the morning (UTC), as a server that asks banks once a day has them.
//
// [Behaviour] can be changed while it runs, at /_emulator/behaviour (see package
// rest/standin): older protocol, limits, errors of banks, unpaid, revoked.
package emulator
