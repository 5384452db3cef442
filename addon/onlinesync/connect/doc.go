// Package connect is connections: made, renewed and ended by flows between a user
// and a provider, with the accounts that they bring, the journals that these feed,
// and the secrets that are kept sealed.
//
// What a user types into a flow, and the state of the provider that may hold it,
// stay in this process's memory.
package connect
