// Package plaid is a provider for Plaid, a service that reaches banks of the
// United States, Canada and Europe. Who runs the host has a client id and a secret
// there, and pays for each connection.
//
// The user is sent to a page of Plaid's (Hosted Link), chooses a bank, logs in and
// comes back; what happened there is asked for, and exchanged for an access token.
// That token is the connection's secret. It stays the same when the connection is
// renewed.
//
// # What is taken for what
//
//   - A connection is an item of Plaid's, by which webhooks name it (secret.go).
//   - A transaction's id is Plaid's. What is pending has another one than what it
//     becomes, which names it (convert.go).
//   - A cursor is Plaid's for one account, and what is pending (cursor.go).
//   - Amounts are positive at Plaid when money leaves; they are turned round where
//     they come in (convert.go).
//   - Errors are judged by their code, else by their type: see the table in errors.go.
//
// README.md is for who runs a host; DESIGN.md says why things are as they are.
// Neighbours: plugins/sdk, which it implements, and plugins/sdk/rest; the stand-in
// for the service in emulator knows nothing of it.
package plaid
