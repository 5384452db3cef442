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
	id := make([]byte, 0, len(ref)+len(tx.Amount)+16)
	id = append(id, Clip(ref, maxReference)...)
	id = append(id, '/')
	id = appendDate(id, tx.Date)
	if tx.Direction == sdk.Out {
		id = append(id, "/-"...)
	} else {
		id = append(id, "/+"...)
	}
	return string(append(id, tx.Amount...))
}

// appendDate appends YYYY-MM-DD.
func appendDate(to []byte, d sdk.Date) []byte {
	for _, part := range [...]struct {
		n, unit int
		end     string
	}{{d.Year, 1000, "-"}, {int(d.Month), 10, "-"}, {d.Day, 10, ""}} {
		for unit := part.unit; unit > 0; unit /= 10 {
			to = append(to, byte('0'+part.n/unit%10))
		}
		to = append(to, part.end...)
	}
	return to
}

// maxReference bounds the part of a reference that enters an id.
const maxReference = 255
