package main

import (
	"context"

	"github.com/girosync/girosync/plugins/sdk"
)

// cashbook reads files and reaches no bank.
type cashbook struct{}

var (
	_ sdk.Provider        = cashbook{}
	_ sdk.StatementReader = cashbook{}
)

func (cashbook) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: "cashbook", DisplayName: "Cash book files", Version: "1.0.0"}, nil
}

func noBank() error { return sdk.Errorf(sdk.NotSupported, "cash books are read from files alone") }

func (cashbook) StartConnect(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, noBank()
}

func (cashbook) ContinueConnect(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, noBank()
}

func (cashbook) ListAccounts(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
	return sdk.AccountList{}, noBank()
}

func (cashbook) FetchTransactions(context.Context, sdk.FetchRequest, func(sdk.Batch) error) error {
	return noBank()
}
