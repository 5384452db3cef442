// Command girosync is the host and everything that administers it: `girosync
// serve` runs, the other commands end. See `girosync --help`.
//
// It turns flags into a configuration and hands that to package server. It words
// what the commands print for people and, with --json, for machines.
package main
