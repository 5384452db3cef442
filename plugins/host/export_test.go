package host

import "time"

// PingEvery shortens the time between two questions to a process whether it is
// alive. It must be called before the first start.
func (m *Manager) PingEvery(d time.Duration) { m.pingEvery = d }
