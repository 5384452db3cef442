package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// rest waits until no plugin runs, and nothing that one has started, and counts
// what the host holds. Of nothing there may be more than before.
func (c *chaos) rest(t testing.TB, before map[string]int) (now map[string]int) {
	t.Helper()
	var left []string
	if err := await(nil, func() bool { left = append(c.family(t), c.files(t)...); return len(left) == 0 }); err != nil {
		t.Fatalf("these are left: %s", strings.Join(left, "; "))
	}
	http.DefaultClient.CloseIdleConnections()
	more := func() (list []string) {
		now = c.holdings(t)
		for what, n := range now {
			if before != nil && n > before[what] {
				list = append(list, fmt.Sprintf("%d %s, before %d", n, what, before[what]))
			}
		}
		return list
	}
	if err := await(nil, func() bool { return len(more()) == 0 }); err != nil {
		t.Errorf("the host holds more than before: %v", more())
	}
	t.Logf("the host at rest holds %v", now)
	return now
}

// family lists the processes that live in the temporary folder of this host's
// plugins, wherever they have gone.
func (c *chaos) family(t testing.TB) (list []string) {
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		pid, _ := strconv.Atoi(filepath.Base(dir))
		environment, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(environment, []byte("="+c.temp+"/")) || stateOf(pid) == "Z" {
			continue // another's, or it has ended
		}
		command, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		list = append(list, fmt.Sprintf("%d %s", pid, strings.ReplaceAll(string(command), "\x00", " ")))
	}
	return list
}

// files are what lies in the folder of temporary files.
func (c *chaos) files(t testing.TB) (names []string) {
	entries, err := os.ReadDir(c.temp)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

var goroutines = regexp.MustCompile(`(?m)^go_goroutines (\d+)`)

// holdings counts the host's goroutines and its open files by kind. How many
// connections to its database it keeps is its own affair.
func (c *chaos) holdings(t testing.TB) map[string]int {
	t.Helper()
	counts := map[string]int{}
	_, metrics := get(c.url + "/metrics")
	found := goroutines.FindStringSubmatch(metrics)
	if found == nil {
		t.Fatalf("no goroutines in %.300s", metrics)
	}
	counts["goroutines"], _ = strconv.Atoi(found[1])
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", c.pid()))
	if err != nil {
		t.Fatal(err)
	}
	ofStore := c.storeSockets(t)
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || strings.HasPrefix(target, c.dir+"/") || ofStore[target] {
			continue
		}
		kind, _, _ := strings.Cut(target, ":[")
		counts[kind]++
	}
	return counts
}

// storeSockets are the connections of anybody to PostgreSQL, as they are called in /proc.
func (c *chaos) storeSockets(t testing.TB) map[string]bool {
	t.Helper()
	sockets := map[string]bool{}
	if c.store == "" {
		return sockets
	}
	store, err := url.Parse(c.store)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(store.Port(), 10, 16)
	if err != nil {
		t.Fatalf("the port of %s: %v", store.Host, err)
	}
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // there is no such protocol here
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line) // number, local, remote, state, queues, timers, retransmissions, user, timeout, inode
			if len(fields) > 9 && strings.HasSuffix(fields[2], fmt.Sprintf(":%04X", port)) {
				sockets["socket:["+fields[9]+"]"] = true
			}
		}
	}
	return sockets
}
