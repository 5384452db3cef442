package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// database is what a host keeps its data in.
type database string

const (
	onSQLite   database = "sqlite"
	onPostgres database = "postgres"
)

// onBoth runs a scenario on both databases at the same time. The caller runs
// beside other tests, unless it is about a demonstration that tests share.
func onBoth(t *testing.T, scenario func(t *testing.T, on database)) {
	for _, on := range []database{onSQLite, onPostgres} {
		t.Run(string(on), func(t *testing.T) {
			t.Parallel()
			scenario(t, on)
		})
	}
}

// host is a girosync with data of its own, running or not.
type host struct {
	name   string
	dir    string // of its data
	url    string // its address
	env    []string
	plugin string // another folder of plugins
	db     string // the database that calls are about
	store  string // PostgreSQL's url; "" for SQLite

	mu  sync.Mutex
	cmd *exec.Cmd
	end chan struct{} // closed when the process has ended
	log *os.File
}

// Settings of every host: a small list of banks, quick resumption after a kill,
// hashes that cost little, and limits that a slow and busy machine does not reach.
func settings() []string {
	return []string{"GIROSYNC_PLUGINS_DEMO=true",
		"GIROSYNC_PROVIDERS_DEMO_INSTITUTIONS=200", "GIROSYNC_PROVIDERS_DEMO_BULK=2500,5000,10000",
		"GIROSYNC_SYNC_LEASE=2s", "GIROSYNC_SYNC_CHUNK=1000", "GIROSYNC_PASSWORDS_HASH_MEMORY=64KiB", "GIROSYNC_PASSWORDS_HASH_PASSES=1",
		"GIROSYNC_LIMITS_CALL_TIME=10m", "GIROSYNC_PLUGINS_START_TIME=10m", "GIROSYNC_PLUGINS_CALL_TIME=10m", "GIROSYNC_LOG_LEVEL=info"}
}

// newHost prepares a host that the end of the test stops.
func newHost(t *testing.T, on database, env ...string) *host {
	t.Helper()
	store := ""
	if on == onPostgres {
		store = freshPostgres(t, dialecttest.Empty)
	}
	return hostIn(t, store, env...)
}

// hostIn prepares a host in a store that is there.
func hostIn(t *testing.T, store string, env ...string) *host {
	t.Helper()
	h, err := makeHost(strings.NewReplacer("/", "-", "#", "-").Replace(t.Name()), store, env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(h.stop(), h.inLog()); err != nil {
			t.Error(err)
		}
	})
	return h
}

func makeHost(name, store string, env ...string) (*host, error) {
	dir, err := os.MkdirTemp(built.dir, name+"-")
	if err != nil {
		return nil, err
	}
	h := &host{name: name, dir: filepath.Join(dir, "data"), plugin: built.plugins, db: "demo", store: store}
	h.env = append(append(cleanEnvironment(), settings()...), raceLog())
	h.env = append(h.env, env...)
	if h.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	h.url = "http://" + address
	return h, err
}

// cleanEnvironment is the environment without settings of girosync's.
func cleanEnvironment() (env []string) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIROSYNC_") && !strings.HasPrefix(v, "GORACE=") {
			env = append(env, v)
		}
	}
	return env
}

// freeAddress is one that nobody listens on. It stays the host's while the host
// is dead: its port is below those that the system gives to connections going
// out, of which the tests make many.
func freeAddress() (string, error) {
	const first, last = 20_000, 32_000
	for range 100 {
		port := first + rand.IntN(last-first)
		if _, taken := portsGiven.LoadOrStore(port, true); taken {
			continue
		}
		address := fmt.Sprintf("127.0.0.1:%d", port)
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue // another program's
		}
		return address, l.Close()
	}
	return "", errors.New("no free address")
}

// portsGiven are those of this run of the tests.
var portsGiven sync.Map

// place are the flags of commands about this host's data.
func (h *host) place() []string {
	flags := []string{"--data", h.dir, "--plugins", h.plugin}
	if h.store != "" {
		flags = append(flags, "--database-url", h.store)
	}
	return flags
}

// start runs "girosync serve" or "girosync demo" without waiting for anything.
func (h *host) start(t testing.TB, what string, env ...string) {
	t.Helper()
	if err := h.run(what, env...); err != nil {
		t.Fatal(err)
	}
}

func (h *host) run(what string, env ...string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	args := append([]string{what, "--listen", strings.TrimPrefix(h.url, "http://")}, h.place()...)
	if what == "demo" {
		args = append(args, "--verbose")
	}
	cmd := exec.Command(built.program, args...)
	cmd.Env = append(h.env[:len(h.env):len(h.env)], env...)
	cmd.Stdout, cmd.Stderr = h.log, h.log
	if err := cmd.Start(); err != nil {
		return err
	}
	end := make(chan struct{})
	go func() { _ = cmd.Wait(); close(end) }()
	h.cmd, h.end = cmd, end
	return nil
}

// serve starts a host and waits until it is ready; it returns how long that took.
func (h *host) serve(t testing.TB, env ...string) time.Duration {
	t.Helper()
	h.start(t, "serve", env...)
	return h.waitReady(t)
}

func (h *host) waitReady(t testing.TB) time.Duration {
	t.Helper()
	took, err := h.ready()
	if err != nil {
		t.Fatalf("%v\n%s", err, h.tail())
	}
	return took
}

func (h *host) ready() (time.Duration, error) {
	began := time.Now()
	err := await(h.end, func() bool {
		status, _ := get(h.url + "/readyz")
		return status == http.StatusOK
	})
	if errors.Is(err, errOver) {
		err = fmt.Errorf("the host ended before it was ready: %v", h.cmd.ProcessState)
	}
	return time.Since(began), err
}

func get(url string) (int, string) {
	response, err := http.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	var body bytes.Buffer
	_, _ = body.ReadFrom(response.Body)
	return response.StatusCode, body.String()
}

// stop asks the host to end, as Ctrl-C does, and waits.
func (h *host) stop() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cmd == nil {
		return nil
	}
	select {
	case <-h.end:
		state := h.cmd.ProcessState
		h.cmd = nil
		return fmt.Errorf("%s ended before it was asked to: %v\n%s", h.name, state, h.tail())
	default:
	}
	_ = h.cmd.Process.Signal(os.Interrupt) // it may be gone by now
	select {
	case <-h.end:
	case <-time.After(patience):
		_ = h.cmd.Process.Signal(syscall.SIGQUIT)
		<-h.end
		return fmt.Errorf("%s did not stop; its goroutines are in the log:\n%s", h.name, h.tail())
	}
	code := h.cmd.ProcessState.ExitCode()
	h.cmd = nil
	if code > 0 {
		return fmt.Errorf("%s ended with status %d\n%s", h.name, code, h.tail())
	}
	return nil
}

// kill ends the host as a power cut does, and its plugins with it.
func (h *host) kill(t testing.TB) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	_ = h.cmd.Process.Kill() // it may be gone
	h.waitEnd(t)
	h.cmd = nil
}

// dies waits for a host that a failpoint kills.
func (h *host) dies(t testing.TB) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waitEnd(t)
	status, _ := h.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signal() != syscall.SIGKILL {
		t.Fatalf("the host ended %v, not by the failpoint\n%s", h.cmd.ProcessState, h.tail())
	}
	h.cmd = nil
}

func (h *host) waitEnd(t testing.TB) {
	t.Helper()
	select {
	case <-h.end:
	case <-time.After(patience):
		_ = h.cmd.Process.Kill()
		<-h.end
		h.cmd = nil
		t.Fatalf("the host lives on\n%s", h.tail())
	}
}

// pid is the host's process.
func (h *host) pid() int { return h.cmd.Process.Pid }

// tail is the end of the log.
func (h *host) tail() string {
	text := h.logText()
	const most = 6000
	if len(text) > most {
		text = "…" + text[len(text)-most:]
	}
	return text
}

func (h *host) logText() string {
	text, err := os.ReadFile(h.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// inLog tells what went wrong in a host that no user saw. What its plugins say
// does not begin a line.
func (h *host) inLog() error {
	text := "\n" + h.logText()
	for _, sign := range []string{"DATA RACE", "\npanic:", "\ngoroutine 1 ["} {
		if at := strings.Index(text, sign); at >= 0 {
			return fmt.Errorf("the log of %s has %q:\n%.3000s", h.name, sign, text[max(0, at-200):])
		}
	}
	return nil
}

// girosync runs a command about this host's data and returns what it printed.
func (h *host) girosync(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, built.program, append(args, h.place()...)...)
	cmd.Env, cmd.Stdin = h.env, strings.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("girosync %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return string(out)
}

// init makes a database whose administrator has the password admin.
func (h *host) init(t testing.TB, name string) {
	t.Helper()
	h.girosync(t, "admin", "db", "init", name, "--password-stdin", "--currency", "EUR", "--country", "BE")
	h.db = name
}
