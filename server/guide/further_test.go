package guide_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

// further is a second provider, whose program is that of these tests: the demo
// banks once more, under another name. While a file is there it cannot be reached.
type further struct{ *demo.Provider }

const (
	furtherPlugin = "girosync-provider-further"
	keyAway       = "away" // the setting that names the file
)

// isFurther reports whether this process was started as the second provider.
func isFurther() bool { return filepath.Base(os.Args[0]) == furtherPlugin }

func serveFurther() { serve.Serve(further{demo.New()}) }

// withFurther lets an office have both providers, and read statement files; the file
// away makes the second provider unreachable.
func withFurther(away string) func(*conf.Config) {
	return func(c *conf.Config) {
		c.Plugins.Dir = filepath.Join(plugins, "both")
		c.Plugins.TrustedFile = filepath.Join(c.Plugins.Dir, "trusted.toml")
		c.Providers["further"] = conf.Settings{keyAway: away, "institutions": "0"}
	}
}

// away makes the second provider unreachable until the end of do.
func away(t *testing.T, file string, do func()) {
	t.Helper()
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	do()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// reach refuses a call while nobody can be reached, and takes the setting off that
// the demo banks do not know.
func reach(call *sdk.Call) error {
	if _, err := os.Stat(call.Config[keyAway]); err == nil {
		return sdk.Errorf(sdk.BankUnavailable, "the service is away")
	}
	delete(call.Config, keyAway)
	return nil
}

// Describe implements sdk.Provider.
func (p further) Describe(ctx context.Context) (sdk.Description, error) {
	d, err := p.Provider.Describe(ctx)
	d.Name, d.DisplayName = "further", "Further banks"
	d.Settings = append(d.Settings, sdk.Field{Name: keyAway, Label: "Away", Kind: sdk.TextField})
	return d, err
}

// ListInstitutions implements sdk.InstitutionLister: one bank of its own, and one that
// the demo provider reaches, too.
func (p further) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	bank := sdk.Institution{ID: "demo-big-60", Name: "Further Bank", Countries: []string{"BE"}, Status: sdk.Stable,
		AutoSyncAllowed: true, HistoryDays: 365}
	shared := bank
	shared.ID, shared.Name, shared.Website = "demo-quarter", "Demo Bank with Three Months", "https://demo-quarter.bank.example"
	return emit([]sdk.Institution{bank, shared})
}

// FetchTransactions implements sdk.Provider.
func (p further) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	if err := reach(&req.Call); err != nil {
		return err
	}
	return p.Provider.FetchTransactions(ctx, req, emit)
}

// Refresh implements sdk.Refresher.
func (p further) Refresh(ctx context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	if err := reach(&req.Call); err != nil {
		return sdk.RefreshAnswer{}, err
	}
	return p.Provider.Refresh(ctx, req)
}

// Revoke implements sdk.Revoker.
func (p further) Revoke(ctx context.Context, call sdk.Call) error {
	if err := reach(&call); err != nil {
		return err
	}
	return p.Provider.Revoke(ctx, call)
}
