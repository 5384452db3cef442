package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	enablebanking "github.com/girosync/girosync/plugins/enablebanking/emulator"
	plaid "github.com/girosync/girosync/plugins/plaid/emulator"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
	simplefin "github.com/girosync/girosync/plugins/simplefin/emulator"
	"github.com/girosync/girosync/server"
)

// newEmulator makes a stand-in for the address at which it is reached, and a clock.
type newEmulator func(base string, clock *standin.Clock) (*standin.Emulator, error)

// emulators are the stand-ins that there are, by the provider's name.
func emulators() map[string]newEmulator {
	return map[string]newEmulator{
		"enablebanking": func(base string, clock *standin.Clock) (*standin.Emulator, error) {
			server, err := enablebanking.New(base, clock)
			if err != nil {
				return nil, err
			}
			return server.Emulator(), nil
		},
		"plaid": func(base string, clock *standin.Clock) (*standin.Emulator, error) {
			server, err := plaid.New(base, clock)
			if err != nil {
				return nil, err
			}
			return server.Emulator(), nil
		},
		"simplefin": func(base string, clock *standin.Clock) (*standin.Emulator, error) {
			return simplefin.New(base, clock).Emulator(), nil
		},
	}
}

// today makes a stand-in whose clock goes with the machine's.
func today(made newEmulator) func(base string) (*standin.Emulator, error) {
	return func(base string) (*standin.Emulator, error) { return made(base, standin.NewClock(time.Time{})) }
}

type emulateCommand struct {
	Name   string `arg:"" help:"Provider: ${emulators}."`
	Listen string `help:"Where to serve it; a loopback address." default:"127.0.0.1:8070" placeholder:"HOST:PORT"`
	State  string `help:"A file that keeps what it knows, so that it goes on there." placeholder:"FILE"`
}

// emulatorNames lists the stand-ins, for help.
func emulatorNames() string {
	return strings.Join(slices.Sorted(maps.Keys(emulators())), ", ")
}

// emulated serves a stand-in for an examination, on any port, until ctx ends.
func emulated(ctx context.Context, name string, now time.Time, behaviour map[string]any) (server.Emulated, error) {
	made, ok := emulators()[name]
	if !ok {
		return server.Emulated{}, fmt.Errorf("there is no stand-in for %q; there are: %s", name, emulatorNames())
	}
	ready, over := make(chan server.Emulated, 1), make(chan error, 1)
	go func() {
		over <- standin.Serve(ctx, standin.Options{Listen: "127.0.0.1:0", Out: io.Discard},
			func(base string) (*standin.Emulator, error) {
				e, err := made(base, standin.NewClock(now))
				if err == nil {
					err = behave(e, behaviour)
				}
				if err != nil {
					return nil, err
				}
				clock := func(now time.Time) error { e.Clock.Set(now); return nil }
				ready <- server.Emulated{Base: base, Settings: maps.Clone(e.Settings), Clock: clock}
				return e, nil
			})
	}()
	select {
	case of := <-ready:
		return of, nil
	case err := <-over:
		return server.Emulated{}, err
	}
}

// behave sets what a stand-in does, by the JSON names of its behaviour.
func behave(e *standin.Emulator, behaviour map[string]any) error {
	text, err := json.Marshal(behaviour)
	if err != nil || behaviour == nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(e.Behaviour); err != nil {
		return fmt.Errorf("behaviour: %w", err)
	}
	return nil
}

func (c *emulateCommand) Run(ctx context.Context) error {
	made, ok := emulators()[c.Name]
	if !ok {
		return fmt.Errorf("there is no stand-in for %q; there are: %s", c.Name, emulatorNames())
	}
	return standin.Serve(ctx, standin.Options{Listen: c.Listen, State: c.State, Out: os.Stdout}, today(made))
}
