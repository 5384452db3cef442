package host

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Prefix is how the name of every plugin's binary begins; the provider's name follows.
const Prefix = "girosync-provider-"

// Errors that may be in the chain of what a provider's call returns. The
// outermost is always an *sdk.Error.
var (
	// ErrPluginGone: the process ended during the call, or cannot be started
	// just now. The same call may be tried again; when the sdk.Error has an
	// Until, not before.
	ErrPluginGone = sdk.ErrGone
	// ErrPluginHung: the plugin did not answer in time and was ended.
	ErrPluginHung = errors.New("the plugin did not answer in time")
	// ErrRefused: the binary is not recorded, or not the recorded one.
	ErrRefused = errors.New("the plugin is refused")
	// ErrUnknown: there is no such plugin.
	ErrUnknown = errors.New("no such plugin")
	// ErrClosed: the manager was closed.
	ErrClosed = errors.New("the plugin host is closed")
)

// States of a plugin.
const (
	StateStopped  = "stopped" // not needed now; started by the next call
	StateStarting = "starting"
	StateRunning  = "running"
	StateCrashed  = "crashed" // ended by itself, or hung; started again by a later call
	StateRefused  = "refused" // not trusted; asked again at every call
)

// Trust tells which binaries may run. It is asked at each start and
// each time that the folder is looked at, and may be called from several goroutines.
type Trust interface {
	// Trusted returns the SHA-256 checksums recorded for a provider, in
	// hexadecimal: a program with any of them may run.
	Trusted(name string) (sums []string)
}

// Options say how a [Manager] works. The zero value of all but Dir and Trust is usable.
type Options struct {
	// Dir holds the binaries. A folder that does not exist has none.
	Dir   string
	Trust Trust
	// Log gets what plugins log and what becomes of them; nil discards it.
	Log *slog.Logger
	// IdleAfter is how long a process may be unused; 0 means 5 minutes.
	IdleAfter time.Duration
	// CallTimeout is how long a plugin may be silent: for the whole of a
	// unary call, between two messages of a stream. 0 means 2 minutes. The time
	// in which the caller handles a message does not count.
	CallTimeout time.Duration
	// StartTimeout bounds a start; 0 means 20 seconds.
	StartTimeout time.Duration
	// Env is the whole environment of the processes, as "KEY=value", beside
	// the few basics they always get. Proxy and CA settings belong here.
	Env []string
	// Now is the clock of Info.StartedAt; nil is the real one.
	Now func() time.Time
	// OnChange is told a provider's new state, one call at a time for each
	// provider. It must neither call a provider nor close the manager.
	OnChange func(Info)
	// MaxCalls is how many calls a provider gets at once; 0 means 16. More wait.
	MaxCalls int
}

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" || o.Trust == nil {
		return o, fmt.Errorf("plugin host: a folder and a trust list are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.IdleAfter <= 0 {
		o.IdleAfter = 5 * time.Minute
	}
	if o.CallTimeout <= 0 {
		o.CallTimeout = 2 * time.Minute
	}
	if o.StartTimeout <= 0 {
		o.StartTimeout = 20 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnChange == nil {
		o.OnChange = func(Info) {}
	}
	if o.MaxCalls <= 0 {
		o.MaxCalls = 16
	}
	return o, nil
}

// Info is what is known of a plugin. What Describe tells is empty until the
// plugin first ran.
type Info struct {
	Name, Path, DisplayName, Version string
	// State is one of the State constants.
	State string
	// Checksum is the binary's SHA-256 when it was last looked at, hexadecimal.
	Checksum string
	// LastError says why the plugin last crashed or is refused; "" when all is well.
	LastError       string
	ProtocolVersion int
	Capabilities    []sdk.Capability
	Regions         []string
	StartedAt       time.Time // of the running process; zero when none runs
	Restarts        int       // starts after a crash, since the manager was made
	PID             int       // 0 when none runs
	Description     sdk.Description
}
