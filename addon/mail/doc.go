// Package mail is the addon of messages on records, the "chatter": who said or
// what happened to a journal, a connection or a statement, in time.
//
// It sends no e-mail.
package mail
