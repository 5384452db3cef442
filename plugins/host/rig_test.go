package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

// oddBinary is the built testdata/odd, oddSum its checksum; asHost makes this test program a host
// that waits to be killed.
var oddBinary, oddSum string

const asHost = "GIROSYNC_TEST_AS_HOST"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asHost); dir != "" {
		beHost(dir)
	}
	flag.Parse()
	// Most of these tests wait for a process most of the time.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	// Beside the folders of the tests, so that it can be linked into them.
	dir, err := os.MkdirTemp("", "odd")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	oddBinary = filepath.Join(dir, "odd")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", oddBinary, "./testdata/odd").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build odd: %v\n%s", err, out)
		return 1
	}
	if oddSum, err = host.Checksum(oddBinary); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// beHost starts the plugin, prints its process id and waits.
func beHost(dir string) {
	sum, err := host.Checksum(filepath.Join(dir, host.Prefix+"odd"))
	if err != nil {
		panic(err)
	}
	m, err := host.New(host.Options{Dir: dir, Trust: trustList{"odd": sum}})
	if err != nil {
		panic(err)
	}
	if _, err := m.Provider("odd"); err != nil {
		panic(err)
	}
	info, _ := m.Info("odd")
	fmt.Println(info.PID)
	select {}
}

// trustList is a host.Trust.
type trustList map[string]string

func (l trustList) Trusted(name string) []string {
	if sum, ok := l[name]; ok {
		return []string{sum}
	}
	return nil
}

// rig is a folder with the odd plugin and a manager on it.
type rig struct {
	*host.Manager
	dir   string
	trust trustList
	log   *safeBuffer

	mu     sync.Mutex
	states []string
}

// newRig's cleanup fails the test when a process is left behind.
func newRig(t *testing.T, change func(*host.Options)) *rig {
	t.Helper()
	r := &rig{dir: t.TempDir(), trust: trustList{}, log: &safeBuffer{}}
	r.install(t, "odd")
	o := host.Options{
		Dir:          r.dir,
		Trust:        r.trust,
		StartTimeout: patience,
		Log:          slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnChange: func(i host.Info) {
			r.mu.Lock()
			defer r.mu.Unlock()
			if n := len(r.states); n == 0 || r.states[n-1] != i.State {
				r.states = append(r.states, i.State)
			}
		},
	}
	if change != nil {
		change(&o)
	}
	m, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Manager = m
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		for _, pid := range processesOf(r.dir) {
			t.Errorf("process %d outlived the manager", pid)
		}
	})
	return r
}

// install puts the odd plugin into the folder under a name and records it. The
// file is a link: whoever changes it makes it a copy first.
func (r *rig) install(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(r.dir, host.Prefix+name)
	must(t, os.Link(oddBinary, path))
	r.trust[name] = oddSum
	return path
}

func (r *rig) provider(t *testing.T) sdk.Provider {
	t.Helper()
	p, err := r.Provider("odd")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (r *rig) state(t *testing.T) host.Info {
	t.Helper()
	info, ok := r.Info("odd")
	if !ok {
		t.Fatal("the plugin is not known")
	}
	return info
}

// starts counts how often the plugin was said to start.
func (r *rig) starts() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, s := range r.states {
		if s == host.StateStarting {
			n++
		}
	}
	return n
}

// do calls ListAccounts with the setting "do" and returns the first account.
func do(p sdk.Provider, what string) (sdk.Account, error) {
	return doWith(context.Background(), p, call(what))
}

func doWith(ctx context.Context, p sdk.Provider, c sdk.Call) (sdk.Account, error) {
	list, err := p.ListAccounts(ctx, sdk.ListAccountsRequest{Call: c})
	if err != nil {
		return sdk.Account{}, err
	}
	return list.Accounts[0], nil
}

func call(what string) sdk.Call {
	return sdk.Call{
		Config:     map[string]string{"do": what},
		Now:        time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		SaveSecret: func([]byte) error { return nil },
	}
}

// fetch asks for n transactions in pages of size and counts what comes.
func fetch(p sdk.Provider, what string, n, size int, each func(int)) (int, error) {
	c := call(what)
	c.Config["n"] = strconv.Itoa(n)
	got := 0
	err := p.FetchTransactions(context.Background(), sdk.FetchRequest{Call: c, PageSize: size}, func(b sdk.Batch) error {
		got += len(b.Booked)
		if each != nil {
			each(got)
		}
		return nil
	})
	return got, err
}

// record is one line of the host's log.
type record struct {
	Level, Msg, Provider, Password, Stream string
	Count                                  int
}

func (r *rig) records(t *testing.T) []record {
	t.Helper()
	var all []record
	for line := range strings.Lines(r.log.String()) {
		var one record
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, one)
	}
	return all
}

type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// patience is how long a test waits for what must come: longer than any machine takes.
const patience = 2 * time.Minute

// eventually waits for what tells nobody that it happened.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("never: %s\n%s", what, stacks[:runtime.Stack(stacks, true)])
}

// freeze stops a process and returns when none of its threads runs any more: a
// stop that was only asked for may still let it answer.
func freeze(t *testing.T, pid int) {
	t.Helper()
	must(t, syscall.Kill(pid, syscall.SIGSTOP))
	eventually(t, "frozen", func() bool {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		for _, thread := range threads {
			status, _ := os.ReadFile(thread)
			if _, rest, _ := strings.Cut(string(status), ") "); !strings.HasPrefix(rest, "T") {
				return false
			}
		}
		return len(threads) > 0
	})
}

// alive reports whether a process runs; one that is dead and not yet waited for does not.
func alive(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil && !os.IsNotExist(err)
	}
	_, rest, _ := strings.Cut(string(status), ") ")
	return !strings.HasPrefix(rest, "Z")
}

// processesOf lists the running processes whose program is in a folder.
func processesOf(dir string) []int {
	var pids []int
	programs, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range programs {
		program, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(program, dir+"/") {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if alive(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}
