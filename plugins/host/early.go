package host

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	// earlyLines is how many of its last lines a program that does not start is
	// quoted with, and earlyBytes how long each may be.
	earlyLines = 6
	earlyBytes = 300
)

// early are the last lines that a program wrote before it was ready.
type early struct {
	mu    sync.Mutex
	lines []string
	over  bool
}

func (e *early) hear(line []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return
	}
	e.lines = append(e.lines, cut(string(line), earlyBytes))
	if len(e.lines) > earlyLines {
		e.lines = slices.Delete(e.lines, 0, 1)
	}
}

// end: the program is ready, and what it writes is for the log alone.
func (e *early) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lines, e.over = nil, true
}

func (e *early) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.lines, "\n")
}

// missingInterpreter says what a script's first line asks for that is not there; ""
// for other programs, and where it is there.
func missingInterpreter(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(f).ReadString('\n') // a file without one is no script
	asked, ok := strings.CutPrefix(line, "#!")
	words := strings.Fields(asked)
	if !ok || len(words) == 0 || len(line) > maxLine {
		return ""
	}
	if _, err := os.Stat(words[0]); err != nil {
		return fmt.Sprintf("its first line asks for %s, which is not there", words[0])
	}
	if filepath.Base(words[0]) != "env" {
		return ""
	}
	name := envProgram(words[1:])
	if name == "" || strings.Contains(name, "/") {
		return ""
	}
	folders := []string{"/bin", "/usr/bin"} // where env looks when nothing says where
	if slices.ContainsFunc(folders, func(dir string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }) {
		return ""
	}
	return fmt.Sprintf("its first line asks env for %s, which is in none of %s: plugins get no PATH, so name the interpreter with its folder",
		name, strings.Join(folders, ", "))
}

// envProgram is the program that env is asked for.
func envProgram(words []string) string {
	i := slices.IndexFunc(words, func(w string) bool { return !strings.HasPrefix(w, "-") && !strings.Contains(w, "=") })
	if i < 0 {
		return ""
	}
	return words[i]
}
