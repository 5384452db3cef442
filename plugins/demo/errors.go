package demo

import (
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// badField is BadRequest for one named input.
func badField(field, format string, args ...any) *sdk.Error {
	err := sdk.Errorf(sdk.BadRequest, format, args...)
	err.Field = field
	return err
}

// rateLimited says that the bank may be asked again at until.
func rateLimited(until time.Time, text string) *sdk.Error {
	err := sdk.Errorf(sdk.RateLimited, "%s", text)
	err.Until = until
	return err
}
