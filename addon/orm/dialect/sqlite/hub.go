package sqlite

import (
	"context"
	"sync"
)

// note is one notification of a transaction.
type note struct{ channel, payload string }

// hub carries notes to listeners of this process; a file has no other.
type hub struct {
	mu        sync.Mutex
	listeners map[*listener]bool
}

type listener struct {
	channel string
	wake    chan struct{}
	mu      sync.Mutex
	waiting []string
}

func (h *hub) tell(notes []note) {
	if len(notes) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		for _, n := range notes {
			if n.channel == l.channel {
				l.add(n.payload)
			}
		}
	}
}

func (l *listener) add(payload string) {
	l.mu.Lock()
	l.waiting = append(l.waiting, payload)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *listener) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	payloads := l.waiting
	l.waiting = nil
	return payloads
}

// Listen hears what this process's transactions notify, after their commit.
func (s *Store) Listen(ctx context.Context, channel string, heard func(payload string)) error {
	l := &listener{channel: channel, wake: make(chan struct{}, 1)}
	s.hub.mu.Lock()
	if s.hub.listeners == nil {
		s.hub.listeners = map[*listener]bool{}
	}
	s.hub.listeners[l] = true
	s.hub.mu.Unlock()
	defer func() {
		s.hub.mu.Lock()
		delete(s.hub.listeners, l)
		s.hub.mu.Unlock()
	}()
	heard("")
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.wake:
			for _, payload := range l.take() {
				heard(payload)
			}
		}
	}
}
