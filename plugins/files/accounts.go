package files

import (
	"context"

	"github.com/girosync/girosync/plugins/sdk"
)

// ListAccounts is not supported: accounts become known with their files.
func (Provider) ListAccounts(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
	return sdk.AccountList{}, errNoConnection()
}
