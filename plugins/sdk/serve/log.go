package serve

import (
	"io"
	"log/slog"
	"strings"
)

// logTime is the time format that the host's side of go-plugin reads.
const logTime = "2006-01-02T15:04:05.000000Z07:00"

// logHandler writes records in the JSON form that go-plugin's host reads, so
// that level and attributes survive the way.
func logHandler(w io.Writer) slog.Handler {
	return slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level:       slog.LevelDebug,
		ReplaceAttr: hclogNames,
	})
}

func hclogNames(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		return slog.String("@timestamp", a.Value.Time().Format(logTime))
	case slog.LevelKey:
		return slog.String("@level", hclogLevel(a.Value.String()))
	case slog.MessageKey:
		a.Key = "@message"
	}
	return a
}

// hclogLevel reads a level such as "INFO" or "ERROR+2".
func hclogLevel(name string) string {
	name, _, _ = strings.Cut(name, "+")
	name, _, _ = strings.Cut(name, "-")
	return strings.ToLower(name)
}
