package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// progress shows long work: a line that moves on a terminal, a line per step
// elsewhere. It may be told from several goroutines.
type progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	last     string
	shown    time.Time
}

func newProgress(out *os.File) *progress {
	info, err := out.Stat()
	return &progress{out: out, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// redrawEvery keeps a terminal calm.
const redrawEvery = 80 * time.Millisecond

// step tells how far the work is: done of a total (0 if unknown), and what.
func (p *progress) step(done, of int, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		if what != p.last && what != "" {
			p.last = what
			fmt.Fprintf(p.out, "%s …\n", what)
		}
		return
	}
	if what == p.last && time.Since(p.shown) < redrawEvery && done != of {
		return
	}
	if what != p.last && p.last != "" {
		fmt.Fprintln(p.out)
	}
	p.last, p.shown = what, time.Now()
	fmt.Fprintf(p.out, "\r\x1b[K  %-14s %s", what, bar(done, of))
}

// end leaves the line as it stands.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal && p.last != "" {
		fmt.Fprintln(p.out)
	}
	p.last = ""
}

const barWidth = 30

func bar(done, of int) string {
	switch {
	case of > 0:
		full := min(done*barWidth/of, barWidth)
		return fmt.Sprintf("%s%s %d/%d", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), done, of)
	case done > 0:
		return fmt.Sprint(done)
	}
	return "…"
}
