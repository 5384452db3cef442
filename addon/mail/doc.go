// Package mail is the addon of messages on records, the "chatter": what somebody
// said about a journal, a connection or a statement, and what happened to it, in
// the order of time.
//
// It also keeps the outbox: e-mail as rows, written in the transaction of what
// they tell. Who claims them and speaks to a mail server is the host's affair
// (server/postman); nothing here knows SMTP.
package mail
