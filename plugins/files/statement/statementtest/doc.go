// Package statementtest shows what a reader of statement files told, one line
// each, for tests to compare, and checks that a host would take it. Nothing but
// tests imports it.
package statementtest
