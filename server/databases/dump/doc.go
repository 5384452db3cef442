// Package dump writes all rows of a database into one portable file, and fills
// an empty database from it, whichever kind of database either is.
//
// The file is gzip around lines of JSON: a header, the rows of one table after
// the other, and an end with the count and SHA-256 of all before it, so that a
// file that is cut short or was changed is found out. Values stand in a form of
// their own, not in that of a database: amounts as decimal text, instants in UTC.
//
// The package makes no database, and does not judge whose data it is: see
// server/databases.
package dump
