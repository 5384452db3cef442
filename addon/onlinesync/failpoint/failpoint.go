package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// The environment variables.
const (
	Variable    = "GIROSYNC_FAILPOINT"
	LogVariable = "GIROSYNC_FAILPOINT_LOG"
)

// Points are the named steps of a host.
type Points struct {
	// Step is called at every one, for tests; nil for none.
	Step func(name string)
}

// Hit passes a named step.
func (p Points) Hit(name string) {
	if p.Step != nil {
		p.Step(name)
	}
	Hit(name)
}

// Names are all the steps at which a test may kill the host.
func Names() []string {
	return []string{
		"sync.claimed", "sync.refreshed", "sync.page.fetched", "sync.page.staged", "sync.fetched", "sync.decided",
		"sync.chunk.lines", "sync.chunk.ledger", "sync.chunk.committed", "sync.account.before_commit", "sync.account.committed",
		"sync.finished", "secret.got", "secret.saved", "flow.authorised", "flow.stored", "unlink.revoked",
	}
}

// Hit passes a named step that nothing in this process listens to.
func Hit(name string) {
	if p := fromEnvironment(); p != nil {
		p.hit(name)
	}
}

var fromEnvironment = sync.OnceValue(func() *points {
	plan, log := os.Getenv(Variable), os.Getenv(LogVariable)
	if plan == "" && log == "" {
		return nil
	}
	kills, err := Parse(plan)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return &points{kills: kills, log: log, counts: map[string]int{}}
})

// Parse reads "name=kill:N", several separated by commas: at which hit of
// which step to die.
func Parse(plan string) (map[string]int, error) {
	kills := map[string]int{}
	for part := range strings.SplitSeq(plan, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, rest, ok := strings.Cut(part, "=kill:")
		n, err := strconv.Atoi(rest)
		if !ok || err != nil || n < 1 || name == "" {
			return kills, fmt.Errorf("%s: %q: want NAME=kill:N", Variable, part)
		}
		kills[name] = n
	}
	return kills, nil
}

type points struct {
	mu     sync.Mutex
	kills  map[string]int
	counts map[string]int
	log    string
}

func (p *points) hit(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[name]++
	n := p.counts[name]
	if p.log != "" {
		p.write(name, n)
	}
	if p.kills[name] == n {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}

func (p *points) write(name string, n int) {
	f, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, "failpoint log:", err)
		return
	}
	fmt.Fprintf(f, "%s %d\n", name, n)
	if err := f.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "failpoint log:", err)
	}
}
