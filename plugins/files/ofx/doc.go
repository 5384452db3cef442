// Package ofx reads Open Financial Exchange statements: OFX 1 (SGML, whose
// leaves have no end tags) and OFX 2 (XML), for bank accounts, credit cards and
// the cash movements (INVBANKTRAN) of investment accounts. Trades are not bank
// transactions and are passed over.
//
// It is pure: UTF-8 text in, batches out. The files provider takes care
// of encodings and archives; tokens come from markup.
//
// Programs that write OFX close too few tags or too many, so only the
// aggregates that matter here are followed; everything else is transparent.
//
// TRNAMT's sign alone says which way the money goes; types (TRNTYPE) that mostly
// say otherwise are a doubt. A transaction that corrects another (CORRECTFITID)
// takes its place, or takes it back; where the other is not in the statement, it
// is refused. A date is the day that is
// written, in the zone that is written behind it: no instant is converted
// (row 12). LEDGERBAL is the balance at the moment of the download, so it is
// told as an interim one; OFX has no opening balance. A row that by its words
// tells a balance or a turnover is no movement: it is passed over when it has no
// id or the rows beside it prove it, and refused otherwise. A file that ends
// before </OFX> was cut, and fails. TRNTYPE HOLD is pending.
//
// Ids come from FITID, which the standard makes unique within an account; since
// not all banks keep that promise, date and amount stand behind it.
package ofx
