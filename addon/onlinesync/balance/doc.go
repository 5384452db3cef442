// Package balance is what banks report of an account's balance, day by day, held
// against the lines: the proof, the lines that may be why it fails, and what the
// balance will be once everything pending is booked. The comparison itself is in
// proof.
package balance
