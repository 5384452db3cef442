// Package mail is the addon of messages on records, the "chatter": what somebody
// said about a journal, a connection or a statement, and what happened to it, in
// the order of time.
//
// It sends no e-mail.
package mail
