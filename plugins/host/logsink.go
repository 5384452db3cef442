package host

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"
)

const (
	maxMessage = 1024 // bytes of a message in the log
	maxAttr    = 256  // bytes of an attribute
	maxAttrs   = 16
)

// sink takes what a plugin logged, at its level, and go-plugin's own records, at
// debug, and hands them to slog.
type sink struct {
	log *slog.Logger
	red *redactor
}

// newHclog makes the logger that go-plugin wants.
func newHclog(s *sink) hclog.Logger {
	level := hclog.Info
	if s.log.Enabled(context.Background(), slog.LevelDebug) {
		level = hclog.Debug
	}
	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: level, Output: io.Discard})
	log.RegisterSink(s)
	return log
}

// Accept implements [hclog.SinkAdapter].
func (s *sink) Accept(_ string, _ hclog.Level, msg string, args ...any) {
	if !s.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	attrs := make([]slog.Attr, 0, 4)
	for i := 0; i+1 < len(args) && len(attrs) < maxAttrs; i += 2 {
		attrs = append(attrs, slog.String(fmt.Sprint(args[i]), s.text(fmt.Sprint(args[i+1]), maxAttr)))
	}
	s.log.LogAttrs(context.Background(), slog.LevelDebug, s.text(msg, maxMessage), attrs...)
}

// line logs a line that has no level, such as what was printed.
func (s *sink) line(stream string, line []byte) {
	s.log.Debug(s.text(string(line), maxMessage), "stream", stream)
}

// text is fit to be logged: no secret, not long. It is cleaned before it is
// cut, lest half a secret remain.
func (s *sink) text(text string, limit int) string {
	return cut(s.red.clean(text), limit)
}

// cut shortens text to about limit bytes, at a character's border.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit] + "…"
}
