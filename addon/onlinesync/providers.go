package onlinesync

import (
	"context"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// system has all rights: the host itself works.
func system() orm.Principal { return orm.Principal{System: true} }

// RefreshProviders makes the provider rows say what is loaded now. Providers
// that are gone stay, as stopped: connections name them.
func (a *Addon) RefreshProviders(ctx context.Context, db *orm.Database) error {
	return db.Within(ctx, system(), orm.TxWrite, func(env *orm.Env) error {
		known, err := env.SearchRead(providers, nil, []string{"name"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		rows := map[string]int64{}
		for row := range known.All() {
			rows[row.Str("name")] = row.ID()
		}
		for _, info := range a.opt.Providers.List() {
			values := providerValues(info)
			if id, ok := rows[info.Name]; ok {
				delete(rows, info.Name)
				keepUntold(values)
				err = env.Write(providers, []int64{id}, values)
			} else {
				values["name"] = info.Name
				if values["title"] == "" {
					values["title"] = info.Name
				}
				_, err = env.Create(providers, values)
			}
			if err != nil {
				return fault.Wrap(err, "provider", info.Name)
			}
		}
		for _, gone := range rows {
			if err := env.Write(providers, []int64{gone}, orm.Values{"state": "stopped"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepUntold leaves alone what is only known of a provider that runs.
func keepUntold(values orm.Values) {
	for _, field := range []string{"title", "version", "protocol_version", "regions", "capabilities"} {
		if values[field] == "" {
			delete(values, field)
		}
	}
}

func providerValues(info ProviderInfo) orm.Values {
	capabilities := make([]string, len(info.Capabilities))
	for i, c := range info.Capabilities {
		capabilities[i] = string(c)
	}
	state := info.State
	if !slices.ContainsFunc(providerStates, func(o schema.Option) bool { return o.Value == state }) {
		state = "stopped"
	}
	return orm.Values{
		"title": info.DisplayName, "version": info.Version, "protocol_version": info.ProtocolVersion, "state": state,
		"regions": strings.Join(info.Regions, ","), "checksum": info.Checksum,
		"capabilities": strings.Join(capabilities, ","), "last_error": info.LastError,
	}
}

// open returns a provider and what it says of itself.
func (a *Addon) open(ctx context.Context, name string) (sdk.Provider, sdk.Description, error) {
	p, err := a.opt.Providers.Provider(name)
	if err != nil {
		return nil, sdk.Description{}, &sdk.Error{Kind: sdk.Internal, Message: "The provider " + name + " cannot be started.", Cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, a.opt.PluginTimeout)
	defer cancel()
	desc, err := p.Describe(ctx)
	if err != nil {
		return nil, desc, err
	}
	return p, desc, nil
}
