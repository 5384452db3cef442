// Package conf is the host's configuration: one TOML file, environment
// variables over it, defaults under both.
//
// [Load] checks everything and names all mistakes at once. Every key is
// documented in girosync.example.toml, whose values are the defaults. Secrets
// are given as the name of a file that holds them, or by the environment.
//
// The package opens nothing but the files that its keys name, and decides
// nothing: package server turns a [Config] into parts. Nothing below server
// imports it.
package conf
