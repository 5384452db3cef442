// Package wire carries the provider interface of plugins/sdk over gRPC: a
// server half that wraps a provider ([Register], [Plugin]) and a client half
// that is one ([NewClient]), with the handshake and the protocol version.
//
// Values are converted at the border and checked there on the side that must
// not trust the other: [Client] lets nothing pass that the sdk's contract
// forbids, such as a signed amount or an impossible date.
//
// Secrets: a bank that gives a new secret often takes the old one back at once,
// so none may be lost. Every call answers with a stream, in which a new secret
// travels as soon as there is one; SaveSecret returns when the other side has
// kept it. A call whose caller gives up is not cancelled but asked to break off,
// and heard to its end, for some seconds: the provider may just be talking to
// the bank. Even so a secret is lost when the process dies before SaveSecret,
// or the machine before the caller's database has it.
//
// Version 1 of the protocol had unary methods, and secrets inside answers and
// failures. Both sides still work with those who know nothing else: a plugin
// with unary methods, and without Tell, is heard, acknowledged nothing, and
// cancelled; a host that gives no id to its call gets one message, with the last
// secret in it or in the failure, which SaveSecret then does not wait for.
//
// The package starts no process (see plugins/host) and knows no provider.
package wire
