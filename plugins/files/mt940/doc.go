// Package mt940 reads SWIFT account statements: MT940 (customer statement) and
// MT942 (interim report), in the dialects of the banks that write them.
//
// It is pure: UTF-8 text in, batches out. The files provider takes care
// of encodings and archives.
//
// What the dialects differ in: SWIFT blocks around a message or none, a
// preface, pages (:60M:/:62M:), the entry date, the funds code, spaces inside
// :61:, one or many :86:, the German ?20 subfields with any separator, the
// Dutch and Belgian /NAME/ words, :NS: lines, a name behind the reference.
//
// The mark RC is the reversal of a credit, so it takes money out, and RD the
// reversal of a debit (SWIFT Standards MT, category 9, field 61). Of :61:'s
// two dates the second is the booking date.
//
// A closing balance that the opening one and the entries do not come to is
// refused with both figures, and so is a statement without one; a file that
// surely was cut fails. A lone "-" among entries ends nothing.
//
// What stands below :61: is told beside :86:, words of either (/OCMT/, /EXCH/)
// in their own fields, unknown ones as the details word_….
//
// Ids come from the bank's reference behind "//" in :61: only: the customer's
// reference, :20: and statement numbers repeat.
package mt940
