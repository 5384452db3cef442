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

// identifies reports whether a reference can be part of an id: six characters
// or more after leading zeros, a digit among them. Anything shorter is a
// counter of the file's or a word, and the next file has another one for the
// same transaction.
func identifies(ref string) bool {
	ref = strings.TrimLeft(ref, "0")
	return len(ref) >= 6 && strings.ContainsAny(ref, "0123456789")
}

// identity returns the id of a transaction that carries a bank's reference,
// or "" when the reference cannot identify; a host then goes by the content.
//
// A reference alone never identifies (rows 9 and 11): tax payments share one,
// counters start anew each year, one batch's payments repeat their entry's. So
// the id is the reference with the booking date and the signed amount behind
// it; [Builder] adds a count to those that still coincide in one statement.
func identity(ref string, tx *sdk.Transaction) string {
	ref = Reference(ref)
	if !identifies(ref) {
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
