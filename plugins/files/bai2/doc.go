// Package bai2 reads the cash management balance reports of North American
// banks (BAI2).
//
// It is pure: UTF-8 text in, batches out. The files provider takes care
// of encodings and archives.
//
// An account record (03 to 49) is a statement. Amounts stand in the
// currency's smallest unit and without sign: a detail's type code says which
// way its money goes. The report's day is its group's. A total of an
// account, group or file that does not add up to what it holds is refused, and so is a group that takes back
// or only tests; a file without its trailer was cut, and fails.
//
// A detail's text ends with its line, and goes on in a continuation (88); a "/"
// in it ends nothing. Some programs write several records on a line all the
// same: behind text, only what is a record in every field is taken for one.
package bai2
