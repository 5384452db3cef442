package main

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
	"github.com/girosync/girosync/server"
)

// standIns are stand-ins of services that are served beside a demonstration.
type standIns struct {
	end    context.CancelFunc
	over   sync.WaitGroup
	served []*standin.Emulator
	wrong  []string // why one is not served
}

// serveStandIns serves a stand-in for every provider whose program is there and
// that has no settings of its own, and makes the configuration lead to them. They
// lie at the ports after the host's, so that connections find them again after a
// restart; their state is in the data folder. One that cannot be served is told
// and left out.
func serveStandIns(ctx context.Context, config conf.Config) (*standIns, error) {
	at, port, err := net.SplitHostPort(config.Server.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	next, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("listen: %q is no port", port)
	}
	folder := filepath.Join(config.Server.DataDir, "stand-ins")
	ctx, cancel := context.WithCancel(ctx)
	s := &standIns{end: cancel}
	for _, name := range slices.Sorted(maps.Keys(emulators())) {
		next++
		program := filepath.Join(config.Plugins.Dir, host.Prefix+name)
		if _, err := os.Stat(program); err != nil || len(config.Providers[name]) > 0 {
			continue
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			s.stop()
			return nil, err
		}
		listen := net.JoinHostPort(at, strconv.Itoa(next))
		e, err := s.serve(ctx, name, standin.Options{Listen: listen, State: filepath.Join(folder, name+".json")})
		if err != nil {
			s.wrong = append(s.wrong, fmt.Sprintf("no stand-in for %s: %v", name, err))
			continue
		}
		s.served = append(s.served, e)
		config.Providers[name] = e.Settings
	}
	return s, nil
}

// serve serves one and returns it once it takes requests.
func (s *standIns) serve(ctx context.Context, name string, o standin.Options) (*standin.Emulator, error) {
	ready, failed := make(chan *standin.Emulator, 1), make(chan error, 1)
	o.Ready = func(e *standin.Emulator) { ready <- e }
	s.over.Go(func() { failed <- standin.Serve(ctx, o, today(emulators()[name])) })
	select {
	case e := <-ready:
		return e, nil
	case err := <-failed:
		return nil, err
	}
}

// follow lets their clocks show what the demonstration's does, now and when it is
// put ahead.
func (s *standIns) follow(clock *server.DemoClock) {
	for _, e := range s.served {
		e.Clock.Advance(clock.Now().Sub(e.Clock.Now()))
		clock.Also(e.Clock.Advance)
	}
}

// stop ends them, and waits for what they still write.
func (s *standIns) stop() {
	s.end()
	s.over.Wait()
}

// String tells what can be connected, for the end of the demonstration's start.
func (s *standIns) String() string {
	var b strings.Builder
	if len(s.served) > 0 {
		b.WriteString("  Beside the demo's banks, stand-ins of real services can be connected:\n\n")
	}
	for _, e := range s.served {
		for i, hint := range e.Hints {
			name := ""
			if i == 0 {
				name = e.Provider
			}
			fmt.Fprintf(&b, "  %-14s %s\n", name, hint)
		}
	}
	for _, why := range s.wrong {
		fmt.Fprintf(&b, "  %s\n", why)
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	return b.String()
}
