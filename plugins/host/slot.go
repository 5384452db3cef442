package host

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin"

	"github.com/girosync/girosync/plugins/sdk"
)

// After a crash the next start waits firstBackoff, twice as long after each
// further one, at most lastBackoff. An answered call forgives all.
const (
	firstBackoff = 100 * time.Millisecond
	lastBackoff  = time.Minute
	// patience is how long a call waits for a start that is not due yet; when
	// it takes longer, the call fails at once and says until when.
	patience = 2 * time.Second
)

// slot is one plugin's place in the manager: at most one process that takes
// calls, and beside it those of replaced binaries that still finish theirs.
type slot struct {
	m    *Manager
	name string
	free chan struct{} // one token per call that is allowed at once

	telling sync.Mutex // one OnChange at a time

	mu        sync.Mutex
	binary    binary
	state     string
	lastError string
	process   *process  // nil unless running
	starting  *starting // nil unless starting
	stopping  *process  // ended on purpose
	desc      *sdk.Description
	descSum   string // the checksum of the binary that desc is of
	protocol  int
	startedAt time.Time
	restarts  int
	failures  int       // crashes since the last answered call
	notBefore time.Time // of the next start
	gone      bool      // removed from the folder, or the manager closed
}

// starting is what calls wait for before they look again: a start under way, or
// that a dead process is cleared away.
type starting struct {
	done chan struct{}
	err  error // read after done
}

func newSlot(m *Manager, name, path string) *slot {
	s := &slot{m: m, name: name, binary: binary{path: path}, state: StateStopped}
	s.free = make(chan struct{}, m.options.MaxCalls)
	for range m.options.MaxCalls {
		s.free <- struct{}{}
	}
	return s
}

// acquire returns the running process, starting it when needed. Each call of
// it that succeeds is followed by one of release with that process.
func (s *slot) acquire(ctx context.Context) (*process, error) {
	select {
	case <-s.free:
	case <-ctx.Done():
		return nil, s.ended(ctx)
	}
	p, err := s.running(ctx)
	if err != nil {
		s.free <- struct{}{}
		return nil, err
	}
	return p, nil
}

// release ends a call. answered says that the plugin worked as it should.
func (s *slot) release(p *process, answered bool) {
	s.mu.Lock()
	p.calls--
	p.idleSince = time.Now()
	if answered && p == s.process {
		s.failures = 0
		s.notBefore = time.Time{}
	}
	s.mu.Unlock()
	s.free <- struct{}{}
}

func (s *slot) running(ctx context.Context) (*process, error) {
	for {
		p, begun, wait, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case p != nil:
			return p, nil
		case begun != nil:
			select {
			case <-begun.done:
			case <-ctx.Done():
				return nil, s.ended(ctx)
			}
			if begun.err != nil {
				return nil, begun.err
			}
		default:
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return nil, s.ended(ctx)
			}
		}
	}
}

// next decides what a call does: use the process, wait for a start, wait some
// time, or fail.
func (s *slot) next() (*process, *starting, time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return nil, nil, 0, s.failure(ErrClosed, "the plugin %s is not there any more", s.name)
	}
	if s.process != nil && s.process.dead() {
		return nil, &starting{done: s.process.buried}, 0, nil
	}
	if s.process != nil {
		s.process.calls++
		return s.process, nil, 0, nil
	}
	if s.starting != nil {
		return nil, s.starting, 0, nil
	}
	if wait := time.Until(s.notBefore); wait > patience {
		err := s.failure(ErrPluginGone, "the plugin %s stopped repeatedly and is started again later: %s", s.name, s.lastError)
		err.Until = s.notBefore
		return nil, nil, 0, err
	} else if wait > 0 {
		return nil, nil, wait, nil
	}
	s.starting = &starting{done: make(chan struct{})}
	if s.failures > 0 {
		s.restarts++
	}
	s.state = StateStarting
	s.m.owned.Add(1)
	go s.start(s.starting)
	return nil, s.starting, 0, nil
}

// start verifies and starts the plugin, then watches it until it ends.
func (s *slot) start(begun *starting) {
	defer s.m.owned.Done()
	s.changed()
	s.awaitStopping()
	p, err := s.launch()
	s.mu.Lock()
	s.starting = nil
	if err == nil && s.gone {
		err = s.failure(ErrClosed, "the plugin %s is not there any more", s.name)
	}
	switch {
	case err == nil:
		s.process = p
		s.state = StateRunning
		s.lastError = ""
		s.desc, s.descSum = &p.desc, p.sum
		s.protocol = p.client.NegotiatedVersion()
		s.startedAt = s.m.options.Now()
		p.idleSince = time.Now()
	case errors.Is(err, ErrRefused):
		s.state = StateRefused
		s.lastError = messageOf(err)
	case s.gone:
		s.state = StateStopped
	default:
		s.crashed(messageOf(err))
	}
	s.mu.Unlock()
	begun.err = err
	close(begun.done)
	s.changed()
	if err != nil {
		s.m.options.Log.Warn("plugin not started", "provider", s.name, "error", err)
		if p != nil {
			p.stop()
		}
		return
	}
	s.m.options.Log.Info("plugin started", "provider", s.name, "version", p.desc.Version, "pid", p.pid())
	s.watch(p)
}

// awaitStopping keeps a new process from running beside an old one.
func (s *slot) awaitStopping() {
	s.mu.Lock()
	old := s.stopping
	s.mu.Unlock()
	if old != nil {
		<-old.ended()
	}
}

// launch starts a process of the trusted binary.
func (s *slot) launch() (*process, error) {
	o := s.m.options
	trusted, err := s.verify()
	if err != nil && o.Reread != nil {
		o.Reread()
		trusted, err = s.verify()
	}
	if err != nil {
		return nil, err
	}
	p, err := start(s.m.ctx, launch{
		name:    s.name,
		path:    s.path(),
		sum:     trusted,
		env:     o.Env,
		timeout: o.StartTimeout,
		log:     o.Log,
		onBlot:  o.OnBlot,
		bounds:  bounds{memory: o.Memory, nice: o.Nice, user: o.User},
	})
	if errors.Is(err, plugin.ErrChecksumsDoNotMatch) {
		return nil, s.failure(ErrRefused, "the plugin %s is refused: its binary is not the one that was recorded", s.name)
	}
	if err != nil {
		failure := s.failure(ErrPluginGone, "the plugin %s cannot be started", s.name)
		failure.Cause = errors.Join(err, ErrPluginGone)
		return nil, failure
	}
	return p, nil
}

// verify compares the binary with what is recorded and returns the recorded checksum.
func (s *slot) verify() (string, error) {
	s.mu.Lock()
	before := s.binary
	s.mu.Unlock()
	now, err := before.look()
	s.mu.Lock()
	s.binary = now
	s.mu.Unlock()
	if err != nil {
		return "", s.failure(ErrRefused, "the plugin %s is refused: its binary cannot be read: %v", s.name, err)
	}
	return s.trusted(now)
}

func (s *slot) trusted(b binary) (string, error) {
	switch {
	case len(s.m.options.Trust.Trusted(s.name)) == 0:
		return "", s.failure(ErrRefused, "the plugin %s is refused: its checksum is not recorded (girosync plugin trust %s)",
			s.name, b.path)
	case !s.trusts(b.sum):
		return "", s.failure(ErrRefused, "the plugin %s is refused: its binary changed since its checksum was recorded", s.name)
	}
	if err := b.fit(); err != nil {
		return "", s.failure(ErrRefused, "the plugin %s is refused: %v", s.name, err)
	}
	return b.sum, nil
}

// crashed notes a failure; the lock is held.
func (s *slot) crashed(why string) {
	s.state = StateCrashed
	s.lastError = why
	s.failures++
	wait := lastBackoff
	if s.failures < 16 {
		wait = min(lastBackoff, firstBackoff<<(s.failures-1))
	}
	s.notBefore = time.Now().Add(wait)
}

// failure is an error of this package in the sdk's form.
func (s *slot) failure(cause error, format string, args ...any) *sdk.Error {
	return &sdk.Error{Kind: sdk.Internal, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// ended is the error for a caller that gave up.
func (s *slot) ended(ctx context.Context) error {
	return s.failure(ctx.Err(), "the call was ended before the plugin %s could answer", s.name)
}

// messageOf is what an administrator reads: the message with its cause.
func messageOf(err error) string {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if errors.Is(err, ErrRefused) || e.Cause == nil {
		return e.Message
	}
	joined, ok := e.Cause.(interface{ Unwrap() []error })
	if !ok {
		return e.Message
	}
	return e.Message + ": " + joined.Unwrap()[0].Error()
}

func (s *slot) path() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.binary.path
}

// info is a copy of what is known.
func (s *slot) info() Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	info := Info{
		Name:      s.name,
		Path:      s.binary.path,
		State:     s.state,
		Checksum:  s.binary.sum,
		LastError: s.lastError,
		Restarts:  s.restarts,
	}
	if s.process != nil {
		info.StartedAt = s.startedAt
		info.PID = s.process.pid()
		info.Memory = s.process.memory.Load()
	}
	if s.desc != nil {
		info.DisplayName = s.desc.DisplayName
		info.Version = s.desc.Version
		info.Capabilities = s.desc.Capabilities
		info.Regions = s.desc.Regions
		info.Description = *s.desc
		info.ProtocolVersion = s.protocol
	}
	return info
}

// changed tells the owner of the manager; the lock is not held.
func (s *slot) changed() {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.m.options.OnChange(s.info())
}
