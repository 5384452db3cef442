// Package secret keeps secrets: it seals what must be readable again, and
// hashes what must only be checked.
//
//   - [Keyset] seals credentials of bank connections. Its keys live in a file
//     outside the databases; a sealed text opens only with the associated data
//     it was sealed with, which binds it to its database and connection
//     ([LinkData]).
//   - [Hasher] hashes and verifies passwords (argon2id); [Remembering] puts a
//     short memory before it, so that a client that sends its password with
//     every call does not cost argon2id each time.
//   - [NewAPIKey] makes API keys, of which only a hash is stored.
//
// The package stores nothing in a database and knows no models.
package secret
