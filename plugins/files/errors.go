package files

import (
	"bytes"
	"errors"

	"github.com/girosync/girosync/plugins/sdk"
)

// errStranger is the cause of errUnknownFormat's answer.
var errStranger = errors.New("no known format")

// errNoConnection answers every method that needs a bank at the other end.
func errNoConnection() error {
	return sdk.Errorf(sdk.NotSupported, "statement files are not connected to a bank: "+
		"import the file that your bank gave you on the journal, or with the command girosync import")
}

// errUnknownFormat says which formats are known. What is "the file", or what
// an archive holds.
func errUnknownFormat(what string) error {
	return &sdk.Error{
		Kind:    sdk.BadRequest,
		Message: what + " is not a statement in a known format (" + formatNames() + ")",
		Cause:   errStranger,
	}
}

// isOrder reports whether a file begins with the elements of a payment order.
func isOrder(head []byte) bool {
	return bytes.Contains(head, []byte("CstmrCdtTrfInitn>")) || bytes.Contains(head, []byte("CstmrDrctDbtInitn>"))
}

// errOrder says that a file goes to the bank, and does not come from it.
func errOrder() error {
	return sdk.Errorf(sdk.BadRequest, "the file is a payment order (pain) for the bank to carry out, and tells nothing that was booked: ask "+
		"the bank for a statement, such as CAMT.053")
}

// isPage reports whether a file is a web page.
func isPage(head []byte) bool {
	lower := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 512)]))
	return bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.HasPrefix(lower, []byte("<html"))
}

// errPage says that a file is a page, whatever its name says.
func errPage() error {
	return sdk.Errorf(sdk.BadRequest, "the file is a web page (HTML) without a table, such as one that asks to sign in again: download the "+
		"statement anew, as CSV or XLSX if the bank offers that")
}

// inMember names the file of an archive in which something is wrong.
func inMember(name string, err error) error {
	var told *sdk.Error
	if !errors.As(err, &told) {
		return err
	}
	named := *told
	named.Message = name + ": " + told.Message
	return &named
}
