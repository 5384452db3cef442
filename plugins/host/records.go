package host

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

// entry is what a plugin logged: a record of hclog's JSON, the form in which
// sdk/serve writes, or a line of text.
type entry struct {
	record  bool
	level   slog.Level
	message string
	attrs   []attr // in the order of the line
}

type attr struct{ key, value string }

// readEntry understands a line that a plugin wrote to its standard error. A
// record of which only the beginning is there keeps what can be read of it.
func readEntry(line []byte) entry {
	if e, ok := readRecord(line); ok {
		return e
	}
	return entry{level: levelOf(string(line)), message: string(line)}
}

// readRecord reads a JSON object member by member; ok is false unless it has a
// level that is known. Numbers stay as they are written.
func readRecord(line []byte) (e entry, ok bool) {
	in := json.NewDecoder(bytes.NewReader(line))
	in.UseNumber()
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return e, false
	}
	said := false
	for in.More() {
		key, err := in.Token()
		if err != nil {
			break
		}
		var value any
		if in.Decode(&value) != nil {
			break
		}
		text := fmt.Sprint(value)
		switch key {
		case "@level":
			e.level, e.record = levels[text], levels[text] != 0 || text == "info"
		case "@message":
			e.message, said = text, true
		case "@timestamp":
		default:
			if len(e.attrs) < maxAttrs {
				e.attrs = append(e.attrs, attr{fmt.Sprint(key), text})
			}
		}
	}
	if !said { // it was too long, or there is none
		e.message = string(line)
	}
	return e, e.record
}

// levels are hclog's names.
var levels = map[string]slog.Level{
	"trace": slog.LevelDebug, "debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// levelOf reads the mark with which many programs begin a line of text.
func levelOf(line string) slog.Level {
	mark, _, marked := strings.Cut(strings.TrimPrefix(line, "["), "]")
	if level, ok := levels[strings.ToLower(mark)]; ok && marked && line[0] == '[' {
		return level
	}
	return slog.LevelDebug
}

// entry logs what a plugin logged.
func (s *sink) entry(e entry) {
	if !s.log.Enabled(context.Background(), e.level) {
		return
	}
	attrs := make([]slog.Attr, len(e.attrs))
	for i, a := range e.attrs {
		attrs[i] = slog.String(s.text(a.key, maxAttr), s.text(a.value, maxAttr))
	}
	s.log.LogAttrs(context.Background(), e.level, s.text(e.message, maxMessage), attrs...)
}
