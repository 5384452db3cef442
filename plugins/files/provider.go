package files

import (
	"context"
	"io"

	"github.com/girosync/girosync/plugins/sdk"
)

// Provider reads statement files. The zero value is ready for use.
type Provider struct {
	// Limits bound what a file may unpack to; zero fields mean the defaults.
	Limits Limits
}

var (
	_ sdk.Provider        = Provider{}
	_ sdk.StatementReader = Provider{}
)

// Describe says what this provider is.
func (Provider) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{
		Name:        "files",
		DisplayName: "Statement files",
		Version:     "0.1.0",
		StableIDs:   false, // banks reuse references; see statement.Builder
		Settings:    settings(),
		Price:       sdk.Free,
		Cost:        sdk.Words{"en": "Costs nothing.", "nl": "Kost niets."},
		Retention: sdk.Words{"en": "Files are read on this host, and nothing leaves it.",
			"nl": "Bestanden worden op deze host gelezen; er gaat niets naar buiten."},
	}, nil
}

// ReadStatements reads one file. Options: "encoding" overrides what the file
// declares; see the package for the others. A file in no known format, or damaged beyond reading on, is
// BadRequest with the line where there is one.
func (p Provider) ReadStatements(ctx context.Context, req sdk.ReadRequest, file io.Reader, emit func(sdk.StatementBatch) error) error {
	r := reading{
		limits:  p.Limits.orDefaults(),
		name:    req.Filename,
		options: req.Options,
		words:   &wordbook{folder: req.Config[wordsSetting]},
		emit: func(b sdk.StatementBatch) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return emit(b)
		},
	}
	return r.file(&watched{ctx, file})
}

// watched is a source that ends when its context does.
type watched struct {
	ctx context.Context
	src io.Reader
}

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.src.Read(p)
}
