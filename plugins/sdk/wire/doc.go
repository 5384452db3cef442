// Package wire carries the provider interface of plugins/sdk over gRPC: a
// server half that wraps a provider ([Register], [Plugin]) and a client half
// that is one ([NewClient]), with the handshake and the protocol version.
//
// Values are converted at the border and checked there on the side that must
// not trust the other: [Client] lets nothing pass that the sdk's contract
// forbids, such as a signed amount or an impossible date.
//
// Secrets: SaveSecret cannot wait for the host from within a unary call. What
// was saved last travels with the answer, or with the error, and the client
// saves it before the call returns. In a stream it travels at once.
//
// The package starts no process (see plugins/host) and knows no provider.
package wire
