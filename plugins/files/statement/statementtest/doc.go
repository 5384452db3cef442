// Package statementtest shows what a reader of statement files told, one line
// each, for tests to compare. Nothing but tests imports it.
package statementtest
