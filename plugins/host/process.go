package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
)

// stopGrace is how long a process may take to end when asked to.
const stopGrace = 2 * time.Second

// lastBreath is how long a process that broke off its start may take to end.
const lastBreath = 5 * time.Second

// process is a running plugin.
type process struct {
	client   *plugin.Client
	command  *command
	provider *wire.Client
	desc     sdk.Description
	sum      string // the checksum of its binary
	red      *redactor
	limit    *lineLimit
	last     *lastWords
	early    early
	killed   atomic.Pointer[string] // why the manager ended it
	buried   chan struct{}          // closed when its slot knows that it ended
	memory   atomic.Int64           // bytes, when it was last looked at

	// The slot's lock guards what follows.
	calls     int
	idleSince time.Time
	leaving   bool // ended on purpose
}

// launch is what start needs to know.
type launch struct {
	name, path, sum string
	env             []string
	timeout         time.Duration
	log             *slog.Logger
	bounds          bounds
	onBlot          func()
}

// bounds are what a process may take of the machine.
type bounds struct {
	memory int64
	nice   int
	user   string
}

// start runs a plugin and asks it to describe itself. It ends early with ctx.
// On an error no process is left.
func start(ctx context.Context, l launch) (*process, error) {
	keepDescriptors()
	p := &process{red: &redactor{onBlot: l.onBlot}, last: &lastWords{}, buried: make(chan struct{}), sum: strings.ToLower(l.sum)}
	p.red.environment(l.env)
	log := l.log.With("provider", l.name)
	to := &sink{log: log, red: p.red}
	p.limit = newLineLimit(func(n int) { log.Warn("log lines of the plugin dropped", "count", n) })
	p.command = newCommand(l.path, l.sum, p.handshakeOnly(to), p.logged(to))
	p.command.bounds = l.bounds
	printed := &lineWriter{tell: func(line []byte) {
		if p.limit.allow() {
			to.line("printed", line)
		}
	}}
	p.client = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: map[int]plugin.PluginSet{wire.ProtocolVersion: (&wire.Plugin{}).Set()},
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, dir string) (runner.Runner, error) {
			return p.command, p.command.surround(dir, environment(l, spec.Env, dir))
		},
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: socketFolder()},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     2 * l.timeout, // ours ends before, and says so
		SyncStdout:       printed,
		SyncStderr:       printed,
		Logger:           newHclog(to),
		GRPCDialOptions:  wire.DialOptions(),
	})
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	if err := p.greet(ctx, l.name); err != nil {
		return nil, p.stillborn(err)
	}
	return p, nil
}

// greet starts the process, connects and asks for the description.
func (p *process) greet(ctx context.Context, name string) error {
	began := make(chan error, 1)
	go func() { began <- p.connect() }()
	select {
	case err := <-began:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		p.kill("it was not ready in time")
		<-began
		return errors.New("it was not ready in time")
	}
	d, err := p.provider.Describe(ctx)
	if err != nil {
		return fmt.Errorf("describe: %w", err)
	}
	if d.Name != name {
		return fmt.Errorf("it calls itself %.40q, but its file's name says %q", d.Name, name)
	}
	p.desc = d
	p.early.end()
	return nil
}

// connect starts the process and opens the connection. It returns soon after kill.
func (p *process) connect() error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	dispensed, err := protocol.Dispense(wire.PluginName)
	if err != nil {
		return err
	}
	p.provider = dispensed.(*wire.Client)
	return nil
}

// stillborn clears away a process that could not be started and says why. What
// the process itself did and said tells more than go-plugin's error: its last lines,
// and an interpreter that is not there.
func (p *process) stillborn(err error) error {
	select {
	case <-p.ended():
	case <-time.After(lastBreath):
		p.kill("it could not be started")
	}
	p.stop()
	why := err
	switch missing := missingInterpreter(p.command.Name()); {
	case missing != "" && p.killed.Load() == nil:
		return errors.New(missing)
	case p.pid() != 0 && p.killed.Load() == nil:
		why = errors.New(p.cause())
	}
	if said := p.red.clean(p.early.text()); said != "" && !strings.Contains(why.Error(), said) {
		why = fmt.Errorf("%w; the last that it said:\n%s", why, said)
	}
	return why
}

// handshakeOnly keeps what a program prints away from go-plugin, until and
// after it says that it is ready.
func (p *process) handshakeOnly(to *sink) func([]byte) bool {
	ready := false
	return func(line []byte) bool {
		if !ready && handshakeLine.Match(line) {
			ready = true
			return true
		}
		p.early.hear(line)
		if p.limit.allow() {
			to.line("printed", line)
		}
		return false
	}
}

// logged logs the lines that are not too many. None is left to go-plugin: its
// reader turns whole numbers into floats, loses the level of long lines, takes
// all that follows a line "panic: " for an error, and panics itself at a message
// that is no text.
func (p *process) logged(to *sink) func([]byte) bool {
	return func(line []byte) bool {
		dying := p.last.hear(line)
		p.early.hear(line)
		if !p.limit.allow() {
			return false
		}
		e := readEntry(line)
		if dying {
			e.level = slog.LevelError
		}
		to.entry(e)
		return false
	}
}

// pid is 0 before the process runs.
func (p *process) pid() int { return int(p.command.pid.Load()) }

// kill ends the process at once and says why. It does not wait: ended tells.
func (p *process) kill(why string) {
	p.killed.CompareAndSwap(nil, &why)
	_ = p.command.Kill(context.Background())
}

// awaitBurial returns when the slot knows that the process is no more, so that
// the caller's next call meets another. A process that lives on after its
// connection broke is of no use.
func (p *process) awaitBurial() {
	useless := time.AfterFunc(stopGrace, func() { p.kill("its connection broke") })
	defer useless.Stop()
	<-p.buried
}

// ended is closed when the process has.
func (p *process) ended() <-chan struct{} { return p.command.ended }

// dead reports whether the process is, also before its slot knows.
func (p *process) dead() bool {
	select {
	case <-p.command.dead:
		return true
	default:
		return false
	}
}

// stop asks the process to end, insists after stopGrace, and returns when
// nothing of it is left.
func (p *process) stop() {
	insist := time.AfterFunc(stopGrace, func() { p.kill("it did not end when asked") })
	p.client.Kill()
	insist.Stop()
	if p.pid() != 0 {
		<-p.command.cleared
	}
	p.limit.flush()
}

// cause says how an ended process ended.
func (p *process) cause() string {
	if why := p.killed.Load(); why != nil {
		return *why
	}
	how := "it ended by itself"
	if err := p.command.failure; err != nil {
		how = "it ended: " + err.Error()
	}
	if said := p.red.clean(p.last.of(p.command.failure)); said != "" {
		how += ": " + cut(said, maxAttr)
	}
	return how
}

// environment is all that a plugin's process gets to know: nothing of the
// host's own environment. Temporary files go where they vanish with it. A
// program in Go tidies up its memory before it reaches the bound.
func environment(l launch, handshake []string, dir string) []string {
	env := []string{"LANG=C.UTF-8", "TZ=UTC", "TMPDIR=" + dir, "HOME=" + dir, mark + "=" + filepath.Base(dir)}
	if l.bounds.memory > 0 {
		env = append(env, "GOMEMLIMIT="+strconv.FormatInt(l.bounds.memory/10*8, 10))
	}
	env = append(env, l.env...)
	return append(env, handshake...)
}

// mark is the variable by which a process is known as one of a plugin's, also
// when it has left its parents.
const mark = "GIROSYNC_PLUGIN"

// socketFolder is where the folders of sockets are made. A socket's path may
// have about 100 characters, so a deep temporary folder will not do.
func socketFolder() string {
	if dir := os.TempDir(); len(dir) <= 60 || runtime.GOOS == "windows" {
		return dir
	}
	return "/tmp"
}

// agony is how long a program may take to die after it said so.
const agony = 30 * time.Second

// lastWords remembers how a Go program says that it dies, until it logs
// something else: then it did not.
type lastWords struct {
	heard atomic.Pointer[words]
}

type words struct {
	text string
	at   time.Time
}

// hear reports whether a line belongs to what a dying program says. Every line
// comes here, so that it has to be cheap.
func (w *lastWords) hear(line []byte) (dying bool) {
	last := w.heard.Load()
	switch {
	case bytes.HasPrefix(line, []byte("panic: ")) || bytes.HasPrefix(line, []byte("fatal error: ")):
		if last == nil || time.Since(last.at) > agony { // the first of several is the cause
			last = &words{string(line), time.Now()}
			w.heard.Store(last)
		}
	case last == nil:
		return false
	case bytes.HasPrefix(line, []byte("{")) && bytes.Contains(line, []byte(`"@level"`)):
		w.heard.Store(nil)
		return false
	}
	return time.Since(last.at) <= agony
}

// of is what a program that ended with failure said of its death; "" when it
// ended well, was killed, or said it too long ago.
func (w *lastWords) of(failure error) string {
	var exit *exec.ExitError
	last := w.heard.Load()
	if last == nil || time.Since(last.at) > agony || !errors.As(failure, &exit) || !exit.Exited() {
		return ""
	}
	return last.text
}
