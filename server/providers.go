package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server/databases"
)

// providers shows the plugins of a host to onlinesync.
type providers struct{ manager *host.Manager }

func (p providers) Provider(name string) (sdk.Provider, error) { return p.manager.Provider(name) }

func (p providers) List() []onlinesync.ProviderInfo {
	infos := p.manager.List()
	list := make([]onlinesync.ProviderInfo, len(infos))
	for i, info := range infos {
		list[i] = onlinesync.ProviderInfo{
			Name: info.Name, DisplayName: info.DisplayName, Version: info.Version, ProtocolVersion: strconv.Itoa(info.ProtocolVersion),
			State: info.State, Checksum: info.Checksum, LastError: info.LastError, Regions: info.Regions,
			Capabilities: info.Capabilities,
		}
	}
	return list
}

// waker wakes runs through the job engine, once there is one.
type waker struct{ h *Host }

func (w waker) Wake(ctx context.Context, database string, run int64) error {
	engine := w.h.jobs.Load()
	if engine == nil {
		return nil // a command: it works on its runs itself; or the next sweep finds it
	}
	return engine.Wake(ctx, database, run)
}

// trusted is which plugin binaries may run: those of the file that the build
// writes beside them, and those that an administrator recorded.
type trusted map[string]string

func (t trusted) Trusted(name string) (string, bool) {
	sum, ok := t[name]
	return sum, ok
}

func readTrust(ctx context.Context, file string, system *databases.System) (trusted, error) {
	all := trusted{}
	var lines map[string]string
	if _, err := toml.DecodeFile(file, &lines); err != nil && !errors.Is(err, fs.ErrNotExist) {
		if !os.IsNotExist(err) {
			return nil, fmt.Errorf("trusted plugins: %w", err)
		}
	}
	for name, sum := range lines {
		all[name] = strings.TrimPrefix(sum, "sha256:")
	}
	if system == nil {
		return all, nil
	}
	recorded, err := system.TrustedPlugins(ctx)
	if err != nil {
		return nil, err
	}
	for name, sum := range recorded {
		all[name] = sum
	}
	return all, nil
}
