package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// act is what goes wrong in one synchronisation.
type act struct {
	name  string
	order string // what the program does of itself
	// do is what is done to it meanwhile.
	do func(t *testing.T, a *actor)
	// well says that the synchronisation succeeds all the same, either that it
	// may or may not.
	well, either bool
}

// wildActs are those of which the program itself takes part: it does what it is
// ordered in the midst of its answer, or asks the test to do something to it.
func wildActs() []act {
	list := []act{
		{name: "it is killed", order: "ask", do: atGate(func(t *testing.T, a *actor, pid int) (goOn bool) {
			signalTo(t, pid, syscall.SIGKILL)
			return false
		})},
		{name: "it is stopped for ever", order: "ask", do: atGate(func(t *testing.T, a *actor, pid int) (goOn bool) {
			signalTo(t, pid, syscall.SIGSTOP)
			return false
		})},
		{name: "it is stopped and woken", order: "ask", well: true, do: atGate(func(t *testing.T, a *actor, pid int) (goOn bool) {
			signalTo(t, pid, syscall.SIGSTOP)
			until(t, "the stop", func() bool { return stateOf(pid) == "T" })
			signalTo(t, pid, syscall.SIGCONT)
			return true
		})},
		{name: "it is replaced", order: "ask", well: true, do: atGate(func(t *testing.T, a *actor, pid int) (goOn bool) {
			a.replace(t)
			a.noticed(t)
			return true
		})},
	}
	for _, order := range []string{"dawdle", "flood", "child", "runaway", "hopping"} {
		list = append(list, act{name: order, order: order, well: true})
	}
	for _, order := range []string{"exit", "panic", "leak", "no end", "negative", "bytes", "child, exit", "runaway, exit", "sideways",
		"hang"} {
		list = append(list, act{name: order, order: order})
	}
	return list
}

// shots are done to programs that know nothing of it, at random moments.
func shots() []act {
	return []act{
		{name: "shot", either: true, do: func(t *testing.T, a *actor) {
			a.pause(300 * time.Millisecond)
			a.signal(t, syscall.SIGKILL)
			until(t, "the host's knowing of it", func() bool { return !a.runs(t) })
		}},
		{name: "stopped for a while", well: true, do: func(t *testing.T, a *actor) {
			a.pause(300 * time.Millisecond)
			a.signal(t, syscall.SIGSTOP)
			a.pause(500 * time.Millisecond)
			a.signal(t, syscall.SIGCONT)
		}},
		{name: "replaced", either: true, do: func(t *testing.T, a *actor) {
			a.pause(300 * time.Millisecond)
			a.replace(t)
			a.noticed(t) // a second one before that ends a process that works still
		}},
	}
}

// pause is a moment that nobody chose.
func (a *actor) pause(most time.Duration) { time.Sleep(time.Duration(a.dice.Int64N(int64(most)))) }

// runs reports whether the host takes the provider's program for running.
func (a *actor) runs(t testing.TB) bool {
	t.Helper()
	status, metrics := get(a.url + "/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics: %d %s", status, metrics)
	}
	return strings.Contains(metrics, `girosync_plugin_state{plugin="`+a.name+`",state="running"}`)
}

// signal goes to the provider's processes.
func (a *actor) signal(t testing.TB, signal syscall.Signal) {
	for _, pid := range a.processes() {
		signalTo(t, pid, signal)
	}
}

func signalTo(t testing.TB, pid int, signal syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
}

// processes are those of the provider's program that the host started.
func (a *actor) processes() (pids []int) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range lines {
		text, err := os.ReadFile(file)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && bytes.Contains(text, []byte(a.program()+"\x00")) && parent(pid) == a.pid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// stateOf is a letter, as ps shows it; "" when there is no such process.
func stateOf(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	state, _, _ := strings.Cut(string(text[bytes.LastIndexByte(text, ')')+2:]), " ")
	return state
}

// gate is where a program asks what is to become of it.
type gate struct{ net.Listener }

func openGate(t testing.TB) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &gate{l}
}

func (g *gate) address() string { return g.Addr().String() }

// atGate waits for the program, does something to it, and may tell it to go on.
func atGate(do func(t *testing.T, a *actor, pid int) (goOn bool)) func(t *testing.T, a *actor) {
	return func(t *testing.T, a *actor) {
		t.Helper()
		_ = a.world.gate.Listener.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
		program, err := a.world.gate.Accept()
		if err != nil {
			t.Fatalf("%s never asks: %v\n%s", a.name, err, a.tail())
		}
		t.Cleanup(func() { program.Close() })
		var pid int
		if _, err := fmt.Fscan(program, &pid); err != nil {
			t.Fatal(err)
		}
		if do(t, a, pid) {
			_, _ = program.Write([]byte("!")) // it may be gone
		}
	}
}
