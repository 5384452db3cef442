// Package rest is HTTP for providers whose bank data come from a service on the
// web. A provider declares the service once ([NewService]) and takes a [Client]
// of it for each call:
//
//	service := rest.NewService(rest.Options{Name: "My Bank", Judge: judge})
//	…
//	client, err := service.Client(call, rest.Access{BaseURL: base, Authorise: rest.Bearer(token)})
//	…
//	err = client.JSON(ctx, rest.Request{Path: rest.Path("accounts", id)}, &account)
//
// A client repeats what may be repeated, waits as the service asks where that is
// seconds, and turns all that goes wrong into the errors of the sdk: what the
// service answers by the provider's own rules ([Options].Judge), what the network
// does into words that say which part of it failed and what to check. Answers,
// times and pauses are bounded. No secret that a client was given, or sent, is in
// an error or in the log.
//
// At status 401 Judge is asked first, then [Access].Renew gets other credentials, once,
// and the request is made again: of the first answer nothing is left.
//
// Beside that: [Number] takes amounts exactly, [Amount] gives them their
// direction; [Keeper] keeps OAuth2 tokens in the connection's secret.
//
// The way to the internet – proxy, further certificates – is the host's affair
// (plugins.proxy, plugins.ca_file) and comes by the environment.
//
// Neighbours: rest/resttest records traffic and plays it in tests. The package
// knows no service; it imports nothing but the standard library and plugins/sdk.
// DESIGN.md says why things are as they are.
package rest
