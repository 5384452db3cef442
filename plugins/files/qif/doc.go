// Package qif reads the Quicken Interchange Format: bank, cash, card and other
// accounts, one or several in a file, with or without an account list.
//
// It is pure: UTF-8 text in, batches out. The files provider takes care
// of encodings and archives.
//
// QIF says neither in which order a date is written nor which sign comes
// before decimals, so both are found out from the whole beginning of the file
// (64 KiB), or chosen in [Options]; when they cannot be told, the file is
// refused with a question rather than read one way. It has no currency, no ids
// and no account numbers: an account is known by its name alone. Its records
// of securities, categories, classes and prices are no transactions and are
// passed over; an investment section is refused as a whole.
//
// An opening balance is a record that transfers from the account to itself, or
// is so named in one of many languages. A last record without its "^" was cut,
// and is refused.
package qif
