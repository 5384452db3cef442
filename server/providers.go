package server

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/girosync/girosync/addon/onlinesync/provider"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server/jobs"
)

// providers shows the plugins of a host to onlinesync.
type providers struct{ manager *host.Manager }

func (p providers) Provider(name string) (sdk.Provider, error) { return p.manager.Provider(name) }

func (p providers) List() []provider.Info {
	infos := p.manager.List()
	list := make([]provider.Info, len(infos))
	for i, info := range infos {
		list[i] = provider.Info{
			Name: info.Name, DisplayName: info.DisplayName, Version: info.Version, ProtocolVersion: strconv.Itoa(info.ProtocolVersion),
			State: info.State, Checksum: info.Checksum, LastError: info.LastError, Regions: info.Regions,
			Capabilities: info.Capabilities,
		}
	}
	return list
}

// waker wakes runs through the job engine, once there is one.
type waker struct{ engine *atomic.Pointer[jobs.Engine] }

func (w waker) Wake(ctx context.Context, database string, run int64) error {
	engine := w.engine.Load()
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

// readTrust reads the build's list and adds what was recorded. Where they differ
// about a program, the build's counts if the program is the one that it built.
func readTrust(dir, file string, recorded map[string]string) (trusted, error) {
	built, err := conf.LoadTrusted(file)
	if err != nil {
		return nil, fmt.Errorf("trusted plugins: %w", err)
	}
	all := trusted(built)
	if all == nil {
		all = trusted{}
	}
	for name, sum := range recorded {
		if made, both := all[name]; both && made != sum && isNow(dir, name, made) {
			continue // built again since it was recorded
		}
		all[name] = sum
	}
	return all, nil
}

// isNow reports whether a provider's program has a checksum at this moment.
func isNow(dir, name, sum string) bool {
	now, err := host.Checksum(filepath.Join(dir, host.Prefix+name))
	return err == nil && now == sum
}
