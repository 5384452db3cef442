// Package enablebanking is a provider for Enable Banking, a service that reaches
// banks of Europe under the rules of PSD2. Who runs the host has an application
// there; each request is signed with the application's own key.
//
// The user is sent to a page of the service, and from there to the bank; what
// comes back is a code, which is exchanged for a session: accounts that may be
// read until the consent ends. The session is the connection's secret.
//
// # What is taken for what
//
//   - A bank is its country and its name (institutions.go).
//   - An account is its identification hash, which stays the same in every
//     session; the id that requests need is the session's own (accounts.go).
//   - A transaction's id is its entry reference, where the bank gives one; its
//     transaction_id is none. Day, status and direction: convert.go.
//   - Errors are judged by their code, see the table in errors.go.
//
// README.md is for who runs a host; DESIGN.md says why things are as they are.
// Neighbours: plugins/sdk, which it implements, and plugins/sdk/rest; the stand-in
// for the service in emulator knows nothing of it.
package enablebanking
