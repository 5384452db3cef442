// Package dialect says what differs between databases, and nothing more: how
// names are quoted, which column holds which field type, how text is matched,
// how a transaction begins. Package query writes SQL with it, package orm runs
// that SQL through it; neither names a database.
//
// Each database has a package of its own below this one, which passes the
// suite in dialecttest.
package dialect
