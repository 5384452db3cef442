package server

import (
	"context"
	"errors"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/sdk"
)

// HasReaderSettings reports whether the configuration says how the provider
// "files" works.
func (h *Host) HasReaderSettings() bool { return len(h.Config.Providers[record.FilesProvider]) > 0 }

// triedTable is read to try the settings of the provider "files".
const triedTable = "Date,Description,Amount\n2024-01-31,A table to try the settings with,1.00\n"

// CheckReaders reads a made-up table with the settings of the provider "files",
// as an import would, and returns what that says of them; nil without settings.
func (h *Host) CheckReaders(ctx context.Context) error {
	if !h.HasReaderSettings() {
		return nil
	}
	provider, err := h.Plugins.Provider(record.FilesProvider)
	if err != nil {
		return err
	}
	reader, ok := sdk.As[sdk.StatementReader](provider)
	if !ok {
		return errors.New("the plugin files reads no statements")
	}
	request := sdk.ReadRequest{Filename: "settings.csv"}
	request.Config, request.Now = h.Config.Providers[record.FilesProvider], h.now()
	request.SaveSecret = func([]byte) error { return nil }
	err = reader.ReadStatements(ctx, request, strings.NewReader(triedTable), func(sdk.StatementBatch) error { return nil })
	var told *sdk.Error
	if errors.As(err, &told) {
		return errors.New(told.Message)
	}
	return err
}
