// Package vault keeps the secrets of connections: sealed in the database by the
// host's key set, opened for the calls that need them, and sealed again before a
// provider that rotated one goes on.
//
// A sealed secret is bound to its database and connection: a copy of the row opens
// nowhere else. What the key set cannot open is record.ErrSecretLost, and means the
// same to a user as credentials that the bank refuses.
//
// Neighbours: connect, sync and repair, which call providers; addon/secret, which
// has the keys.
package vault
