// Package simplefin is a provider for SimpleFIN: a protocol by which a server,
// mostly SimpleFIN Bridge, tells the accounts that a user has at banks. It asks
// for version 2 of the protocol and understands both.
//
// The user gets a setup token from the server and pastes it; the provider claims
// it, once, for an access URL with user and password, which is the connection's
// secret. Whoever has it can read, and nothing else. It ends when the user takes
// it back at the server.
//
// # What is taken for what
//
//   - A currency that is an address (air miles) has no place in books: such an
//     account is not listed, and the flow says so. The address is never asked.
//   - The day of a transaction follows from an instant (see day in convert.go).
//   - A transaction is pending when it says so, or has no moment of posting.
//   - What the server tells users beside an answer: the flow shows it; later it is
//     an error when it means that the account's answer is not complete, else a
//     line of the log.
//   - A warning for too many requests ends asking for some hours.
//
// README.md is for who runs a host; DESIGN.md says why things are as they are.
// Neighbours: plugins/sdk, which it implements, and plugins/sdk/rest; the stand-in
// for a server in emulator knows nothing of it.
package simplefin
