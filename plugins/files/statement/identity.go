package statement

import (
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// IsReference reports whether a bank's reference says anything: "NONREF",
// "NOTPROVIDED", a lone zero and the like do not.
func IsReference(ref string) bool {
	switch strings.ToUpper(ref) {
	case "", "NONREF", "NOREF", "NOTPROVIDED", "NOT PROVIDED", "NONE", "NULL", "N/A", "EREF", "KREF", "KREF+", "EREF+":
		return false
	}
	return strings.Trim(ref, "0 .-/*X") != ""
}

// Reference returns ref when it says anything, else "".
func Reference(ref string) string {
	ref = strings.TrimSpace(ref)
	if !IsReference(ref) {
		return ""
	}
	return ref
}

// identity returns the id of a transaction that carries a bank's reference,
// or "" when the reference says nothing.
//
// A reference alone never identifies: tax payments share one, counters start
// anew each year or each file, one batch's payments repeat their entry's. So
// the id is the reference with the booking date and the signed amount behind
// it; [Builder] adds a count to those that still coincide in one statement.
func identity(ref string, tx *sdk.Transaction) string {
	ref = Reference(ref)
	if ref == "" {
		return ""
	}
	sign := "+"
	if tx.Direction == sdk.Out {
		sign = "-"
	}
	return Clip(ref, maxReference) + "/" + tx.Date.String() + "/" + sign + tx.Amount
}

// maxReference bounds the part of a reference that enters an id.
const maxReference = 255
