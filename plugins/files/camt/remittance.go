package camt

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// remittance fills in what the holder reads: the unstructured text, else the
// structured references, else what the bank adds.
func remittance(tx *sdk.Transaction, e, d element) {
	info := d.child("RmtInf")
	text := joined(info, "Ustrd")
	structured := structuredText(info, &tx.Details)
	tx.Reference = statement.Clip(either(
		text,
		structured,
		statement.Words(d.value("RtrInf", "AddtlInf")),
		statement.Words(d.value("AddtlTxInf")),
		statement.Words(e.value("AddtlNtryInf")),
	), statement.MaxText)
}

// joined returns the texts of all children of a name, parted by one space.
func joined(parent element, name string) string {
	first := parent.child(name)
	if !first.ok() {
		return ""
	}
	if !first.nextNamed().ok() {
		return statement.Words(first.value())
	}
	var b strings.Builder
	for at := first; at.ok() && b.Len() < statement.MaxText; at = at.nextNamed() {
		b.WriteString(at.value())
		b.WriteByte(' ')
	}
	return statement.Words(b.String())
}

// structuredText returns creditor references, document numbers and additional
// remittance texts, and notes the first two as details.
func structuredText(info element, details *map[string]string) string {
	var parts []string
	for s := info.child("Strd"); s.ok() && len(parts) < 50; s = s.nextNamed() {
		reference := s.value("CdtrRefInf", "Ref")
		if reference == "" { // the first version of the standard
			reference = s.value("CdtrRefInf", "CdtrRef")
		}
		document := s.value("RfrdDocInf", "Nb")
		statement.Fact(details, "creditor_reference", reference)
		statement.Fact(details, "document_number", document)
		for _, part := range []string{reference, document, joined(s, "AddtlRmtInf")} {
			if part != "" {
				parts = append(parts, part)
			}
		}
	}
	return statement.Words(strings.Join(parts, " "))
}
