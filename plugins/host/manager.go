package host

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Manager runs the plugins of one folder. Its methods may be called from
// several goroutines.
type Manager struct {
	options Options
	ctx     context.Context // ends with the manager
	cancel  context.CancelFunc
	owned   sync.WaitGroup // one per start and process

	pingEvery time.Duration // tests shorten it

	mu    sync.Mutex
	slots map[string]*slot
}

// New makes a manager and discovers what is in the folder. It starts nothing.
func New(options Options) (*Manager, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	m := &Manager{options: options, slots: map[string]*slot{}, pingEvery: pingEvery}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	if err := m.Rediscover(); err != nil {
		m.cancel()
		return nil, err
	}
	return m, nil
}

// Rediscover looks at the folder again: new plugins appear, those that are
// gone or changed are stopped, and what is trusted is asked anew.
func (m *Manager) Rediscover() error {
	found, err := scan(m.options.Dir)
	if err != nil {
		return err
	}
	m.mu.Lock()
	var gone, present []*slot
	for name, s := range m.slots {
		if found[name] == "" {
			delete(m.slots, name)
			gone = append(gone, s)
		}
	}
	for name, path := range found {
		if m.ctx.Err() != nil {
			break
		}
		if m.slots[name] == nil {
			m.slots[name] = newSlot(m, name, path)
		}
		present = append(present, m.slots[name])
	}
	m.mu.Unlock()
	var looking sync.WaitGroup
	for _, s := range gone {
		looking.Go(s.remove)
	}
	for _, s := range present {
		looking.Go(s.reconsider)
	}
	looking.Wait()
	return nil
}

// List returns what is known of all plugins, by name.
func (m *Manager) List() []Info {
	m.mu.Lock()
	slots := slices.Collect(maps.Values(m.slots))
	m.mu.Unlock()
	infos := make([]Info, 0, len(slots))
	for _, s := range slots {
		infos = append(infos, s.info())
	}
	slices.SortFunc(infos, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return infos
}

// Info returns what is known of one plugin; false when there is none of that name.
func (m *Manager) Info(name string) (Info, bool) {
	s, ok := m.slot(name)
	if !ok {
		return Info{}, false
	}
	return s.info(), true
}

// Provider returns a provider whose calls start the plugin when it does not
// run. [sdk.As] finds just the optional interfaces that the plugin announced; to
// learn them it may have to start the plugin now. Errors are [*sdk.Error].
func (m *Manager) Provider(name string) (sdk.Provider, error) {
	s, ok := m.slot(name)
	if !ok {
		return nil, unknown(name)
	}
	can, err := s.capabilities(m.ctx)
	if err != nil {
		return nil, err
	}
	return sdk.Offer(&proxy{slot: s}, can), nil
}

// Capabilities returns what a plugin announced; it may have to start it.
func (m *Manager) Capabilities(ctx context.Context, name string) ([]sdk.Capability, error) {
	s, ok := m.slot(name)
	if !ok {
		return nil, unknown(name)
	}
	return s.capabilities(ctx)
}

// Close ends all plugins and returns when nothing of them is left. Calls under
// way fail.
func (m *Manager) Close() error {
	m.cancel()
	m.mu.Lock()
	slots := m.slots
	m.slots = map[string]*slot{}
	m.mu.Unlock()
	for _, s := range slots {
		s.leave()
	}
	m.owned.Wait()
	return nil
}

func (m *Manager) slot(name string) (*slot, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.slots[name]
	return s, ok
}

func unknown(name string) error {
	return &sdk.Error{Kind: sdk.Internal, Message: "there is no plugin " + name, Cause: ErrUnknown}
}

// capabilities are those of the binary as it was last looked at.
func (s *slot) capabilities(ctx context.Context) ([]sdk.Capability, error) {
	s.mu.Lock()
	known := s.desc != nil && s.descSum == s.binary.sum && s.state != StateRefused
	desc := s.desc
	s.mu.Unlock()
	if known {
		return desc.Capabilities, nil
	}
	p, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	s.release(p, true)
	return p.desc.Capabilities, nil
}

// leave makes the slot refuse calls from now on and returns its process, nil
// when none runs.
func (s *slot) leave() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	return s.process
}

// remove ends a plugin whose file is gone.
func (s *slot) remove() {
	if p := s.leave(); p != nil {
		s.retire(p, false)
	}
}

// reconsider looks at the binary and the trust list again. A process whose binary
// was replaced finishes the calls that it has, while those that come go to the new
// binary, if that is trusted. A process that is not trusted any more, and has no
// successor that is, is ended at once.
func (s *slot) reconsider() {
	_, err := s.verify()
	s.mu.Lock()
	p, before := s.process, s.state
	replaced := p != nil && (err != nil || p.sum != strings.ToLower(s.binary.sum))
	s.mu.Unlock()
	switch {
	case replaced && err != nil && !s.trusts(p.sum):
		s.retire(p, false)
	case replaced:
		s.drain(p)
	}
	s.mu.Lock()
	switch {
	case err != nil && s.process == nil && s.starting == nil:
		s.state = StateRefused
		s.lastError = messageOf(err)
	case err == nil && s.state == StateRefused:
		s.state = StateStopped
		s.lastError = ""
	}
	changed := s.state != before
	s.mu.Unlock()
	if changed {
		s.changed()
	}
}

// drain lets a process take no more calls; it ends when those that it has are over.
func (s *slot) drain(p *process) {
	s.mu.Lock()
	if s.process != p {
		s.mu.Unlock()
		return
	}
	s.process, s.state = nil, StateStopped
	busy := p.calls
	s.mu.Unlock()
	if busy == 0 {
		s.retire(p, false)
		return
	}
	s.m.options.Log.Info("plugin replaced", "provider", s.name, "pid", p.pid(), "calls that it finishes", busy)
}

func (s *slot) trusts(sum string) bool {
	return slices.ContainsFunc(s.m.options.Trust.Trusted(s.name), func(trusted string) bool { return equalSums(trusted, sum) })
}

func equalSums(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
