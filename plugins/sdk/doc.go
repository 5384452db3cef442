// Package sdk is what the author of a bank data provider imports: the
// interface to implement, the types that cross it, and the short list of
// errors. It depends on nothing but the standard library.
//
// A provider is a program of its own. It implements [Provider] and as many of
// the optional interfaces ([InstitutionLister], [Refresher], [Revoker],
// [WebhookHandler], [StatementReader]) as it can serve; its main calls
// serve.Serve. Whoever holds a provider asks for those by [As]. Providers keep
// no state between calls: what a connection needs is in its secret, which
// travels with every call.
//
// The package knows nothing of gRPC (see sdk/wire), nor of how a host uses
// what it is told.
package sdk
