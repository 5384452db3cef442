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
	// Reread is called before a start is refused, after which Trust is asked once
	// more: a list that is read now and then then knows what was recorded a moment
	// ago. nil for lists that are never behind.
	Reread func()
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
	// Memory is how many bytes a plugin may hold, with the processes that it
	// started; one that holds more is ended. 0 means 1 GiB. Linux only.
	Memory int64
	// Nice is how much the plugins step back for others in the use of
	// processors, 0 to 19, as nice(1).
	Nice int
	// User is the account of the system that plugins run as; empty is the host's
	// own. Only a host that runs as root may name another. Linux only.
	User string
	// OnBlot is told each time that a plugin told a secret in its log or in an error,
	// where it was blotted out; what is merely private, as a name, does not count. It
	// may be called from several goroutines, just before the line is logged, and must
	// be quick.
	OnBlot func()
	// OnCall is told of each call that ended. It may be called from several
	// goroutines and must be quick.
	OnCall func(Call)
}

// Call is a call of a plugin that ended.
type Call struct {
	Provider, Method string
	Took             time.Duration // with the start of the process, where the call caused it
	// Outcome is "ok", one of [sdk.Kinds], or one of the Outcome constants.
	Outcome string
}

// Outcomes of calls that are nobody's error but the plugin's, or the caller's own.
const (
	OutcomeOK        = "ok"
	OutcomeGone      = "gone"      // the process ended during the call, or could not be started
	OutcomeHung      = "hung"      // it did not answer in time
	OutcomeRefused   = "refused"   // its binary may not run
	OutcomeCancelled = "cancelled" // the caller gave up
)

// defaultMemory is what a plugin may hold where nothing else is said.
const defaultMemory = 1 << 30

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
	if o.OnBlot == nil {
		o.OnBlot = func() {}
	}
	if o.OnCall == nil {
		o.OnCall = func(Call) {}
	}
	if o.MaxCalls <= 0 {
		o.MaxCalls = 16
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
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
	Memory          int64     // bytes that it held when it was last looked at; 0 when none runs
	Description     sdk.Description
}
