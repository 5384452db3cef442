// Package words knows what banks write: the headings of tables, and the words
// for a debit, a state or a balance, one file per language.
//
// It is pure data and its check: lang/LANGUAGE.toml holds what a language
// writes, with examples that the tests read; [Load] adds the files of a folder.
// lang/README.md says how to add to it.
package words
