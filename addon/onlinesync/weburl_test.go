package onlinesync_test

import (
	"context"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// astray is a provider whose addresses are another's idea.
type astray struct {
	bigDemo
	address string
}

func (p *astray) StartConnect(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{FlowState: []byte("x"), Step: &sdk.Step{Kind: sdk.StepRedirect, URL: p.address}}, nil
}

func (p *astray) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	if err := p.bigDemo.ListInstitutions(ctx, call, emit); err != nil {
		return err
	}
	return emit([]sdk.Institution{{ID: "astray", Name: "Astray", Countries: []string{"BE"}, Status: sdk.Stable, AutoSyncAllowed: true,
		LogoURL: p.address, Website: p.address}})
}

// A browser is led by what a provider says to the web only.
func TestProvidersLeadToTheWebOnly(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	p := &astray{bigDemo: r.banks["demo"].(bigDemo)}
	r.banks["demo"] = p
	for address, good := range map[string]bool{
		"javascript:alert(1)": false, " JavaScript:alert(1)": false, "java\nscript:alert(1)": false, "data:text/html,<script>": false,
		"vbscript:x": false, "file:///etc/passwd": false, "//evil.example/x": false, "/x": false, "http:": false, "https:///x": false,
		"ftp://bank.example/": false, "blob:https://bank.example/1": false,
		"https://bank.example/login?x=1": true, "http://127.0.0.1:8080/x": true,
	} {
		p.address = address
		if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
			t.Fatal(err)
		}
		bank := r.rows("account.online.institution", []any{leaf("online_identifier", "=", "astray")}, "logo_url", "website")[0]
		told := map[string]any{"logo": bank["logo_url"], "website": bank["website"]}
		if flow, err := r.try("account.online.flow", "start", object{"institution_id": r.bank("astray")}); err == nil {
			told["step"] = stepOf(flow.(object))["url"]
			if !good && flow.(object)["state"] == "waiting" {
				t.Errorf("%q: the flow goes on: %v", address, flow)
			}
		}
		for what, got := range told {
			if text, _ := got.(string); good && text != address || !good && strings.Trim(text, " ") != "" {
				t.Errorf("%q as %s: %v", address, what, got)
			}
		}
		if good && told["step"] == nil {
			t.Errorf("%q: there is no step", address)
		}
	}
}
