package files

import (
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
