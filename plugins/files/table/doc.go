// Package table reads the rows of a table – of a CSV file or a worksheet – as
// transactions, by a [Mapping] of columns to what they mean.
//
// It is pure and knows neither CSV nor XLSX: those packages give it rows. What
// a mapping leaves open is found out from the first rows: the row of headings,
// the meaning of each column by its heading in the languages that package words
// knows and by what stands below it, the order of dates and the decimal mark. What
// cannot be known is asked, never guessed: the file is BadRequest with the name
// of the option in Field, and a batch before it tells the headings.
package table
