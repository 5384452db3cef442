// Package notice tells people of trouble without their looking: what happened to a
// connection, who has to act, and what to do next.
//
// A notice is a row that is written in the transaction of the change of state that
// it tells of (Tell, Trouble, Well): nothing is told twice, and a crash loses
// nothing. There is one for each change, not for each run. Desk.Spread then finds
// who is to hear of it, by which way and when, and Desk.Deliver makes what is due:
// e-mails in the outbox of addon/mail. Both are short transactions; sending
// is the host's affair.
//
// What kinds there are, and what each means, is one list (kinds.go); its sentences
// stand in the catalogue of addon/fault, in the reader's language.
//
// Neighbours: connect and expiry, which tell; addon/mail, which holds e-mail.
package notice
