// Package camt reads ISO 20022 account statements: camt.052 (reports),
// camt.053 (statements) and camt.054 (notifications), in every version and
// whatever namespace they declare.
//
// It is pure: UTF-8 text in, batches out. The files provider takes care
// of encodings and archives; XML tokens come from markup.
//
// One entry (Ntry) is one transaction, except that a collective entry whose
// details (TxDtls) all have amounts that add up to it gives one transaction
// per detail. The credit/debit indicator of a reversal already says which way
// the money goes (ISO 20022 message definition of ReversalIndicator), so it is
// never turned round; only the parties of a reversal keep the roles of the
// original payment.
//
// Ids come from AcctSvcrRef of the detail, else of the entry when the entry is
// one transaction; never from NtryRef, which numbers entries within a message,
// nor from statement ids, which some banks reuse.
package camt
