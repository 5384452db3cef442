package host

import (
	"context"
	"fmt"
	"time"
)

const (
	// pingEvery is also how long an answer may take: a busy machine is no
	// reason to end a plugin.
	pingEvery = 10 * time.Second
	maxTick   = 250 * time.Millisecond
	// weighIdle is how often the memory of a process that nobody uses is looked at;
	// one that works can grow fast, and is looked at with each tick.
	weighIdle = 5 * time.Second
)

// watch looks after a running process until it has ended: it asks whether it
// is alive, ends it when nobody needs it, and notes how it ended.
func (s *slot) watch(p *process) {
	tick := time.NewTicker(max(time.Millisecond, min(maxTick, s.m.options.IdleAfter/4, s.m.pingEvery)))
	defer tick.Stop()
	pinged, weighed := time.Now(), time.Time{}
	for {
		select {
		case <-p.ended():
			s.buried(p)
			return
		case <-s.m.ctx.Done():
			s.retire(p, false)
		case <-tick.C:
			if s.retire(p, true) {
				continue
			}
			if s.busy(p) || time.Since(weighed) >= weighIdle {
				s.weigh(p)
				weighed = time.Now()
			}
			if time.Since(pinged) < s.m.pingEvery {
				continue
			}
			if !p.alive(s.m.ctx, s.m.pingEvery) {
				p.kill("it did not answer when asked whether it is alive")
			}
			pinged = time.Now()
		}
	}
}

// alive reports whether the process answers within limit.
func (p *process) alive(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return p.provider.Ping(ctx) == nil || context.Cause(ctx) == context.Canceled
}

func (s *slot) busy(p *process) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.calls > 0
}

// weigh ends a process that holds more memory than it may.
func (s *slot) weigh(p *process) {
	limit := s.m.options.Memory
	held := p.command.family.memory()
	p.memory.Store(held)
	if held > limit {
		p.kill(fmt.Sprintf("it held %d MiB of memory, more than the %d MiB that a plugin may (plugins.memory)", held>>20, limit>>20))
	}
}

// retire ends a process on purpose, if whenIdle only when no call used it for
// long enough, or, where it was replaced, when its last call is over. It reports
// whether the process has ended.
func (s *slot) retire(p *process, whenIdle bool) bool {
	s.mu.Lock()
	replaced := s.process != p
	if whenIdle && (p.calls > 0 || !replaced && time.Since(p.idleSince) < s.m.options.IdleAfter) {
		s.mu.Unlock()
		return false
	}
	if !replaced {
		s.process = nil
		s.stopping = p
	}
	p.leaving = true
	s.mu.Unlock()
	p.stop()
	return true
}

// buried notes the end of a process and clears away what is left of it.
func (s *slot) buried(p *process) {
	s.mu.Lock()
	byItself, cause := !p.leaving, p.cause()
	if s.process == p {
		s.process = nil
		s.crashed("the plugin " + s.name + " stopped: " + cause)
	}
	if s.stopping == p {
		s.stopping = nil
		if s.state == StateRunning {
			s.state = StateStopped
		}
	}
	s.mu.Unlock()
	close(p.buried)
	p.stop()
	if byItself {
		s.m.options.Log.Warn("plugin stopped unexpectedly", "provider", s.name, "cause", cause)
	} else {
		s.m.options.Log.Info("plugin stopped", "provider", s.name)
	}
	s.changed()
}
