// Package query turns conditions into SQL: domain + schema + dialect → text
// and arguments. It runs nothing.
//
// Names of tables and columns come from the registry alone and values stay
// arguments, so that no client's text ever becomes SQL.
package query
