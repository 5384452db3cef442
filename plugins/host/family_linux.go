package host

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// family is a plugin's process with all that it started, wherever they went: a
// child may leave its process group, and its parents may end before it does.
// They are known by the mark in their environment, and by having been seen as
// somebody's child.
type family struct {
	mark string // "NAME=value", as it stands in the environment

	mu   sync.Mutex
	root int
	seen map[int]string // when each began, by process id
}

// begin says which process is the first of the family.
func (f *family) begin(pid int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.root, f.seen = pid, map[int]string{}
}

// memory is how many bytes the living members hold, shared pages included.
func (f *family) memory() (held int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	held = resident(f.root)
	for _, child := range children(f.root) {
		if _, known := f.seen[child]; !known {
			f.seen[child] = born(child)
		}
	}
	for pid, began := range f.seen {
		if began == "" || born(pid) != began {
			delete(f.seen, pid)
			continue
		}
		held += resident(pid)
	}
	return held
}

// end kills what is left of the family when the first has ended, also what is
// started meanwhile.
func (f *family) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root == 0 {
		return // it never began
	}
	// A process that is just turning into another program has no environment for a
	// moment, so that one look is not enough. What was killed may be seen again
	// until it is dead.
	const looks, sure = 100, 2
	for look, none := 0, 0; none < sure && look < looks; look++ {
		if f.kill() {
			none = 0
		} else {
			none++
		}
	}
}

// kill kills the members that it sees, and reports whether there were any.
func (f *family) kill() (any bool) {
	kill := func(pid int) {
		any = true
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	for pid, began := range f.seen {
		if began != "" && born(pid) == began {
			kill(pid)
		}
	}
	eachProcess(func(pid int) {
		if isMarked(pid, f.mark) {
			kill(pid)
		}
	})
	return any
}

// children lists the descendants of a process that are still tied to it.
func children(pid int) (all []int) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for word := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(append(all, child), children(child)...)
			}
		}
	}
	return all
}

// eachProcess visits all processes by rising id, as they are when it comes to
// them: one that begins meanwhile is visited too, since its id is higher. So
// nobody escapes by beginning another and ending.
func eachProcess(visit func(pid int)) {
	dir, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer dir.Close()
	few := make([]byte, 64) // the kernel looks for as many as have room
	for {
		n, err := unix.ReadDirent(int(dir.Fd()), few)
		if err != nil || n == 0 {
			return
		}
		_, _, names := unix.ParseDirent(few[:n], -1, nil)
		for _, name := range names {
			if pid, err := strconv.Atoi(name); err == nil {
				visit(pid)
			}
		}
	}
}

// isMarked reports whether a process has the mark in its environment. One that has
// ended, or is another user's, has not.
func isMarked(pid int, mark string) bool {
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return err == nil && bytes.Contains(append([]byte{0}, environment...), []byte("\x00"+mark+"\x00"))
}

// born tells when a process began, which tells it from a later one with the same
// id; "" when there is none, or only its remains.
func born(pid int) string {
	fields := stat(pid)
	if len(fields) < 20 || fields[0] == "Z" {
		return ""
	}
	return fields[19]
}

// stat returns what /proc tells of a process after its name: the state first.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// resident is how many bytes of memory a process holds; 0 when it has ended.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	words := strings.Fields(string(text))
	if len(words) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(words[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
