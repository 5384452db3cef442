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
	const rounds = 20 // each ends what the last one's victims had begun
	for range rounds {
		left := marked(f.mark)
		for pid, began := range f.seen {
			if began != "" && born(pid) == began {
				left = append(left, pid)
			}
		}
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
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

// marked lists the processes that have the mark in their environment.
func marked(mark string) (all []int) {
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	for _, file := range files {
		environment, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(append([]byte{0}, environment...), []byte("\x00"+mark+"\x00")) {
			continue // it has ended, is somebody else's, or not of the family
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			all = append(all, pid)
		}
	}
	return all
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
