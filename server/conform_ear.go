package server

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/girosync/girosync/plugins/host"
)

// ear hands a log on to where it is shown, and listens for secrets that the host
// blotted out of it.
type ear struct {
	shown slog.Handler
	heard *heard
}

// heard is what an ear heard. It may be told from several goroutines.
type heard struct {
	mu    sync.Mutex
	blots int
	due   bool     // a line in which a secret was blotted out is about to come
	lines []string // the first of those
}

// blot notes that a secret was blotted out.
func (h *heard) blot() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.blots++
	h.due = true
}

// line keeps a line if it is one of the first in which a secret was blotted out.
func (h *heard) line(text string) {
	const enough = 3
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.due && len(h.lines) < enough && strings.Contains(text, host.Blot) {
		h.due = false
		h.lines = append(h.lines, text)
	}
}

// leaks is a problem that shows the first lines, or none.
func (h *heard) leaks() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.blots == 0 {
		return nil
	}
	problem := fmt.Sprintf("%d times a setting, a secret or something that the user typed stood in a line or an error, "+
		"where the host blotted it out", h.blots)
	if len(h.lines) > 0 {
		problem += ", such as in: " + strings.Join(h.lines, " | ")
	}
	return []string{problem}
}

// Enabled implements slog.Handler: everything is listened to.
func (e *ear) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (e *ear) Handle(ctx context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += fmt.Sprintf(" %s=%s", a.Key, a.Value)
		return true
	})
	e.heard.line(text)
	if !e.shown.Enabled(ctx, r.Level) {
		return nil
	}
	return e.shown.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (e *ear) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &ear{shown: e.shown.WithAttrs(attrs), heard: e.heard}
}

// WithGroup implements slog.Handler.
func (e *ear) WithGroup(name string) slog.Handler {
	return &ear{shown: e.shown.WithGroup(name), heard: e.heard}
}
