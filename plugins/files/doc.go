// Package files is the provider that reads statement files: camt.052, 053 and
// 054, MT940, MT942, OFX, QIF, BAI2, CODA, CSV and XLSX, plain, gzipped or in a
// zip.
//
// A file's format is told by its content; only a table whose columns nobody
// knows is told by its name, and then asked about. Every format has a pure
// reader in a package of its own; the table in formats.go joins them, and a
// further format is one more row there. Package charset turns encodings
// into UTF-8; package statement holds what all readers share.
//
// Options of a reading (sdk.ReadRequest): "encoding"; "date_order" and
// "decimal" of QIF, CSV and XLSX; those of table.ParseMapping, "delimiter" of
// CSV and "sheet" of XLSX; "explain" ("yes"), with which the batches tell what
// was taken for what, and why.
//
// The setting "words" names a folder with a site's own words and layouts of
// tables, which are read anew for each file; lang/README.md of package words
// says what stands in it.
//
// It reaches no bank and keeps nothing: the flow methods of a provider answer
// NotSupported and say what to do instead.
//
// How batches are to be put together: the batches of one statement follow each
// other, its Opening is on the first of them and its Closing on the last; one
// file may hold several statements of one account, in the file's order. A batch
// whose account has no number and that has no transactions brings refusals that
// concern the file. An error after batches means that the file is damaged from
// there on, so nothing of it should be kept.
package files
