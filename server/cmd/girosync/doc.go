// Command girosync is the host and everything that administers it: `girosync
// serve` runs, the other commands end. See `girosync --help`.
//
// It turns flags into a configuration and hands that to package server; what
// the commands print for people and, with --json, for machines is its own.
package main
