package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	enablebanking "github.com/girosync/girosync/plugins/enablebanking/emulator"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
	simplefin "github.com/girosync/girosync/plugins/simplefin/emulator"
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

func (c *emulateCommand) Run(ctx context.Context) error {
	made, ok := emulators()[c.Name]
	if !ok {
		return fmt.Errorf("there is no stand-in for %q; there are: %s", c.Name, emulatorNames())
	}
	return standin.Serve(ctx, standin.Options{Listen: c.Listen, State: c.State, Out: os.Stdout}, today(made))
}
