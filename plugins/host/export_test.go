package host

import (
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// PingEvery shortens the time between two questions to a process whether it is
// alive. It must be called before the first start.
func (m *Manager) PingEvery(d time.Duration) { m.pingEvery = d }

// Proxy is what stands for a plugin before it is known what the plugin can.
func Proxy() sdk.Provider { return &proxy{} }

// Calls is how many calls of a plugin are under way.
func (m *Manager) Calls(name string) int {
	s, _ := m.slot(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return s.process.calls
}

// Dead reports whether a plugin's process is dead.
func (m *Manager) Dead(name string) bool {
	s, _ := m.slot(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process == nil || s.process.dead()
}
