// Package server joins everything into one host: configuration, system store,
// databases, addons, plugins, jobs, and the doors for clients. It is the only
// package that sees all the others; it decides nothing about models, providers
// or protocols.
//
// The commands in cmd/girosync use a host as a whole: Serve for the long run,
// and its parts for everything that ends.
package server
