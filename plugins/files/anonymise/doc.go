// Package anonymise makes of a statement file a sample that may be shared: of
// the same format and shape, read in the same way, and with no one's data.
//
// It works on the bytes of a file. What stands for what is decided by a key
// that is thrown away; equal words, numbers and accounts stay equal within a
// file, days move together, and balances follow from the invented amounts as
// they followed from the real ones. A sample is held against its file with the
// readers of package files before it is given away: one that is not read alike
// is refused.
//
// What stays: the format with its tags and codes, headings, words that the
// library knows, currencies, rates, times of day, the country of an IBAN, and
// the bank's code in the envelope of a SWIFT message.
package anonymise
