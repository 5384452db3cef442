// Package webtable reads statement files that are tables of a web page or a
// workbook in one XML file (SpreadsheetML 2003), both of which banks name .xls.
// It gives their rows to package table, which knows what they mean.
//
// It is pure: UTF-8 text in, batches out, read as a stream. Of a page all
// tables are read below each other, as the rows that they show.
package webtable
