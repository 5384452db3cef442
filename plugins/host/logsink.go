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

// sink takes log records from go-plugin and hands them to slog: the plugin's
// own at their level, go-plugin's at debug.
type sink struct {
	log    *slog.Logger
	red    *redactor
	plugin string // the logger name under which the plugin's own records come
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
func (s *sink) Accept(name string, level hclog.Level, msg string, args ...any) {
	to := slog.LevelDebug
	if name == s.plugin {
		to = slogLevel(level)
	}
	if !s.log.Enabled(context.Background(), to) {
		return
	}
	attrs := make([]slog.Attr, 0, 4)
	for i := 0; i+1 < len(args) && len(attrs) < maxAttrs; i += 2 {
		key := fmt.Sprint(args[i])
		if key == "timestamp" {
			continue
		}
		attrs = append(attrs, slog.String(key, s.text(fmt.Sprint(args[i+1]), maxAttr)))
	}
	s.log.LogAttrs(context.Background(), to, s.text(msg, maxMessage), attrs...)
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

func slogLevel(level hclog.Level) slog.Level {
	switch level {
	case hclog.Error:
		return slog.LevelError
	case hclog.Warn:
		return slog.LevelWarn
	case hclog.Info:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}
