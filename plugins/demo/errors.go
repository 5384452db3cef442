package demo

import (
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// rateLimited says that the bank may be asked again at until.
func rateLimited(until time.Time, text string) *sdk.Error {
	err := sdk.Errorf(sdk.RateLimited, "%s", text)
	err.Until = until
	return err
}
