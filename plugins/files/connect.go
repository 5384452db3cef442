package files

import (
	"context"

	"github.com/girosync/girosync/plugins/sdk"
)

// StartConnect is not supported: there is no bank to connect to.
func (Provider) StartConnect(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, errNoConnection()
}

// ContinueConnect is not supported: no flow ever starts.
func (Provider) ContinueConnect(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, errNoConnection()
}
