package server

import (
	"context"
	"strconv"
	"sync/atomic"

	"github.com/girosync/girosync/addon/onlinesync/provider"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server/jobs"
)

// demoProvider is the provider whose banks are invented.
const demoProvider = "demo"

// providers shows the plugins of a host to onlinesync.
type providers struct {
	manager *host.Manager
	trust   *trust
	demo    bool // whether invented banks are offered
}

// Provider opens what is not offered, too: connections that there are go on.
func (p providers) Provider(name string) (sdk.Provider, error) { return p.manager.Provider(name) }

func (p providers) List() []provider.Info {
	infos := p.manager.List()
	list := make([]provider.Info, 0, len(infos))
	for _, info := range infos {
		if info.Name == demoProvider && !p.demo {
			continue
		}
		list = append(list, provider.Info{
			Name: info.Name, DisplayName: info.DisplayName, Version: info.Version, ProtocolVersion: strconv.Itoa(info.ProtocolVersion),
			State: info.State, Checksum: info.Checksum, LastError: info.LastError, Regions: info.Regions,
			Capabilities: info.Capabilities, Grade: p.trust.Grade(info.Checksum),
		})
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
