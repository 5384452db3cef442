package files

import (
	"context"

	"github.com/girosync/girosync/plugins/sdk"
)

// FetchTransactions is not supported: transactions come with files.
func (Provider) FetchTransactions(context.Context, sdk.FetchRequest, func(sdk.Batch) error) error {
	return errNoConnection()
}
