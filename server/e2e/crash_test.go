package e2e

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
)

// crash is a host whose synchronisation of a large account is cut off.
type crash struct {
	*host
	size   int
	passed string // file to which the host writes which failpoints it passed
	day    string
}

func newCrash(t *testing.T, on database, size int) *crash {
	h := furnishedHost(t, on)
	c := &crash{host: h, size: size, passed: filepath.Join(filepath.Dir(h.dir), "passed"), day: today()}
	h.env = append(h.env, "GIROSYNC_FAILPOINT_LOG="+c.passed)
	return c
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// connectBig connects the bank, if it is not yet; an error means that the host died.
func (c *crash) connectBig(t testing.TB) error {
	client := c.client()
	var links int
	if err := client.try(&links, "account.online.link", "search_count", list{list{}}, nil); err != nil || links > 0 {
		return err
	}
	var banks []struct{ ID int64 }
	err := client.try(&banks, "account.online.institution", "search_read",
		list{list{leaf("online_identifier", "=", "demo-big-"+strconv.Itoa(c.size))}}, object{"fields": list{"id"}})
	if err != nil {
		return err
	}
	if len(banks) != 1 {
		t.Fatalf("%d banks with %d transactions", len(banks), c.size)
	}
	_, err = client.tryConnect(banks[0].ID, nil)
	return err
}

// hits counts what the log of failpoints holds.
func (c *crash) hits(t testing.TB) map[string]int { return hitsIn(t, c.passed) }

// allHits are those of a host that is not killed, with the last one of every run
// that is done: its row says so a moment before.
func (h *host) allHits(t testing.TB, log string) (hits map[string]int) {
	t.Helper()
	done := int(one(t, h.sql(t), `SELECT count(*) FROM account_online_run WHERE state = 'done' AND link_id IS NOT NULL`))
	until(t, fmt.Sprintf("%d hits of sync.finished", done), func() bool {
		hits = hitsIn(t, log)
		return hits["sync.finished"] >= done
	})
	return hits
}

func hitsIn(t testing.TB, log string) map[string]int {
	hits := map[string]int{}
	file, err := os.Open(log)
	if os.IsNotExist(err) {
		return hits
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		name, _, _ := strings.Cut(scanner.Text(), " ")
		hits[name]++
	}
	return hits
}

// recovers starts the host again if it is down, and checks that every
// transaction becomes exactly one line.
func (c *crash) recovers(t *testing.T) {
	t.Helper()
	if c.cmd == nil {
		c.serve(t)
	}
	if err := c.connectBig(t); err != nil {
		t.Fatalf("connect again: %v\n%s", err, c.tail())
	}
	client := c.client().login(t)
	link := int64(client.rows(t, "account.online.link", nil, "name")[0]["id"].(float64))
	runs := client.runsDone(t, link)
	if last := runs[len(runs)-1]; last["outcome"] != "ok" { // the plugin's death ended it: press the button again
		runs = append(runs, client.fetch(t, link))
	}
	db := c.sql(t)
	lines := one(t, db, `SELECT count(*) FROM account_bank_statement_line`)
	distinct := one(t, db, `SELECT count(DISTINCT online_transaction_identifier) FROM account_bank_statement_line`)
	posted := one(t, db, `SELECT count(*) FROM account_online_transaction WHERE status = 'posted' AND line_id IS NOT NULL`)
	staged := one(t, db, `SELECT count(*) FROM account_online_staging`)
	if staged != 0 || lines != distinct || lines != posted {
		t.Errorf("%d lines, %d identifiers, %d in the ledger, %d pages in staging; runs %v", lines, distinct, posted, staged, runs)
	}
	if lines != int64(c.size) && today() == c.day {
		t.Errorf("%d lines, not %d; runs %v", lines, c.size, runs)
	}
	created := 0.0
	for _, run := range runs {
		created += run["created"].(float64)
	}
	if created != float64(lines) {
		t.Errorf("the runs say that they created %v of %d lines: %v", created, lines, runs)
	}
	client.linesAreRight(t)
	if again := client.fetch(t, link); again["created"] != 0.0 && today() == c.day {
		t.Errorf("one more synchronisation: %v", again)
	}
	c.intact(t)
	tally.add(c.hits(t))
}

// undisturbed lets a synchronisation end and returns how often it passed each
// failpoint.
func (c *crash) undisturbed(t *testing.T) map[string]int {
	t.Helper()
	began := time.Now()
	if err := c.connectBig(t); err != nil {
		t.Fatal(err)
	}
	client := c.client()
	client.runsDone(t, int64(client.rows(t, "account.online.link", nil, "name")[0]["id"].(float64)))
	t.Logf("%d transactions undisturbed: %v", c.size, time.Since(began).Round(time.Millisecond))
	total := c.allHits(t, c.passed)
	c.recovers(t)
	return total
}

// tally counts, over all tests, how often failpoints were passed and killed at.
var tally hitTable

type hitTable struct {
	mu             sync.Mutex
	passed, killed map[string]int
}

func (h *hitTable) add(hits map[string]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.passed == nil {
		h.passed = map[string]int{}
	}
	for name, n := range hits {
		h.passed[name] += n
	}
}

func (h *hitTable) kill(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.killed == nil {
		h.killed = map[string]int{}
	}
	h.killed[name]++
}

// total is the number of all kills.
func (h *hitTable) total() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, killed := range h.killed {
		n += killed
	}
	return n
}

func (h *hitTable) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "\nWHERE\tPASSED\tKILLED")
	names := slices.Collect(maps.Keys(h.passed))
	for name := range h.killed {
		if _, known := h.passed[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	passed, killed := 0, 0
	for _, name := range names {
		fmt.Fprintf(table, "%s\t%d\t%d\n", name, h.passed[name], h.killed[name])
		passed, killed = passed+h.passed[name], killed+h.killed[name]
	}
	fmt.Fprintf(table, "all\t%d\t%d\n", passed, killed)
	_ = table.Flush() // into memory
	return text.String()
}

// syncPoints are the steps of a synchronisation at which a host is killed, in
// their order, and at which of their hits: the first, the middle, the last one.
func syncPoints() []string {
	return []string{"flow.authorised", "flow.stored", "sync.claimed", "sync.refreshed", "sync.page.fetched", "sync.page.staged",
		"sync.fetched",
		"sync.decided", "sync.chunk.lines", "sync.chunk.ledger", "sync.chunk.committed", "sync.account.before_commit",
		"sync.account.committed", "sync.finished"}
}

// TestKillHostAtFailpoints kills the host once at each failpoint.
func TestKillHostAtFailpoints(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	t.Run("all", func(t *testing.T) {
		onBoth(t, func(t *testing.T, on database) {
			// How often each point is passed when nothing is killed.
			size := 2500 // three pages, three chunks
			calm := newCrash(t, on, size)
			calm.serve(t)
			total := calm.undisturbed(t)
			points := syncPoints()
			if on == onPostgres {
				points = []string{"flow.stored", "sync.page.staged", "sync.chunk.ledger", "sync.account.before_commit"}
			}
			for i, name := range points {
				n := []int{1, (total[name] + 1) / 2, total[name]}[i%3]
				if total[name] == 0 {
					t.Errorf("%s is never passed", name)
					continue
				}
				t.Run(fmt.Sprintf("%s:%d", name, n), func(t *testing.T) {
					t.Parallel()
					killAt(t, on, size, name, n)
				})
			}
		})
	})
	t.Log(&tally)
}

func killAt(t *testing.T, on database, size int, name string, n int) {
	c := newCrash(t, on, size)
	c.env = append(c.env, "GIROSYNC_SYNC_LEASE=1h") // a run that was cut off goes on at once, not when its lease ends
	c.serve(t, fmt.Sprintf("GIROSYNC_FAILPOINT=%s=kill:%d", name, n))
	_ = c.connectBig(t) // an error is the host's death, seen below
	c.dies(t)
	tally.kill(name)
	c.recovers(t)
}

// TestKillLarge kills the host, and the plugin, in the middle of 10,000.
func TestKillLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	const size = 10_000
	t.Run("host while fetching", func(t *testing.T) {
		t.Parallel()
		killAt(t, onSQLite, size, "sync.page.staged", 5)
	})
	t.Run("host while writing", func(t *testing.T) {
		t.Parallel()
		killAt(t, onPostgres, size, "sync.chunk.ledger", 5)
	})
	t.Run("plugin while fetching", func(t *testing.T) {
		t.Parallel()
		c := newCrash(t, onSQLite, size)
		c.serve(t)
		if err := c.connectBig(t); err != nil {
			t.Fatal(err)
		}
		c.killPlugin(t, "sync.page.fetched", 3)
		c.recovers(t)
	})
}

// killPlugin waits until the host has passed a failpoint n times, then kills
// the plugin.
func (c *crash) killPlugin(t testing.TB, name string, n int) {
	t.Helper()
	until(t, fmt.Sprintf("%s %d", name, n), func() bool { return c.hits(t)[name] >= n })
	if len(c.shootPlugins()) == 0 {
		t.Error("no plugin was there to be killed")
	}
	tally.kill("(plugin) " + name)
}

// shootPlugins kills the plugins of the host and returns which.
func (h *host) shootPlugins() (shot []int) {
	for _, pid := range h.plugins() {
		if err := syscall.Kill(pid, syscall.SIGKILL); err == nil {
			shot = append(shot, pid)
		}
	}
	return shot
}

// parent is a process's parent; 0 if it is gone.
func parent(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest) // state, parent, …
	if len(fields) < 2 {
		return 0
	}
	id, _ := strconv.Atoi(fields[1]) // the kernel writes numbers
	return id
}

// TestKillAnywhere kills hosts and plugins at random moments.
func TestKillAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	t.Run("all", func(t *testing.T) {
		for _, on := range []database{onSQLite, onSQLite, onPostgres} {
			t.Run(string(on), func(t *testing.T) {
				t.Parallel()
				killAnywhere(t, on, 5000, 3, rand.Uint64())
			})
		}
	})
	t.Log(&tally)
}

// killAnywhere kills a number of times during one synchronisation, the host
// twice as often as the plugin.
func killAnywhere(t *testing.T, on database, size, kills int, seed uint64) {
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	c := newCrash(t, on, size)
	for range kills {
		if c.cmd == nil {
			c.serve(t)
		}
		connected := make(chan error, 1)
		go func() { connected <- c.connectBig(t) }()
		time.Sleep(time.Duration(dice.IntN(2500)) * time.Millisecond)
		if dice.IntN(3) == 0 {
			if len(c.shootPlugins()) > 0 {
				tally.kill("(plugin) at random")
			}
			<-connected // a flow whose plugin died says so
			continue
		}
		c.kill(t)
		tally.kill("(host) at random")
		<-connected
	}
	c.recovers(t)
}
