package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/host"
)

func TestAPluginThatHoldsTooMuchMemoryIsEnded(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.Memory = 128 << 20 })
	p := r.provider(t)
	if _, err := do(p, "leak"); !errors.Is(err, host.ErrPluginGone) {
		t.Errorf("the call that leaks: %v", err)
	}
	if info := r.state(t); info.State != host.StateCrashed || !strings.Contains(info.LastError, "128 MiB that a plugin may") {
		t.Errorf("state %s: %s", info.State, info.LastError)
	}
	if _, err := do(p, ""); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestMemoryIsTold(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.provider(t)
	eventually(t, "memory is told", func() bool { return r.state(t).Memory > 1<<20 })
}

// A child that has left its group, and whose parents are gone, ends as well.
func TestARunawayChildEndsWithItsPlugin(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"close", "crash"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			p := r.provider(t)
			a, err := do(p, "runaway")
			if err != nil {
				t.Fatal(err)
			}
			child, err := strconv.Atoi(a.ID)
			if err != nil || !alive(child) {
				t.Fatalf("no child: %q", a.ID)
			}
			if how == "crash" {
				_, _ = do(p, "crash")
			} else {
				must(t, r.Close())
			}
			eventually(t, "the child ends", func() bool { return !alive(child) })
		})
	}
}

// What never stays in one process ends as well, before Close returns.
func TestWhatHopsFromProcessToProcessEndsWithItsPlugin(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	a, err := do(r.provider(t), "hopping")
	must(t, err)
	eventually(t, "it hops", func() bool { return len(marked(a.ID)) > 1 })
	must(t, r.Close())
	for range 100 {
		if left := marked(a.ID); len(left) > 0 {
			t.Fatalf("it lives on in %v", left)
		}
	}
}

// marked lists the processes whose environment says that they belong to a plugin.
func marked(mark string) (pids []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		if environment, err := os.ReadFile(file); err == nil && strings.Contains(string(environment), "GIROSYNC_PLUGIN="+mark+"\x00") {
			pids = append(pids, filepath.Base(filepath.Dir(file)))
		}
	}
	return pids
}

func TestAPluginStepsBackAndLeavesNoCore(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.Nice = 19 })
	a, err := do(r.provider(t), "who")
	want := "uid " + strconv.Itoa(os.Getuid()) + " nice 19 core 0"
	if err != nil || a.ID != want {
		t.Errorf("%q, %v, want %q", a.ID, err, want)
	}
}

func TestAPluginRunsAsAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can start a program as another user")
	}
	r := newRig(t, func(o *host.Options) { o.User = "nobody" })
	must(t, os.Chmod(filepath.Dir(r.dir), 0o755)) // nobody must reach the program
	must(t, os.Chmod(r.dir, 0o755))
	a, err := do(r.provider(t), "who")
	if err != nil || strings.HasPrefix(a.ID, "uid 0 ") {
		t.Errorf("runs as %q, %v", a.ID, err)
	}
	if _, err := do(r.provider(t), "files"); err != nil {
		t.Errorf("a later call: %v", err)
	}
}

func TestAnUnknownUserIsSaid(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.User = "no-such-user-here" })
	if _, err := r.Provider("odd"); err == nil || !strings.Contains(r.state(t).LastError, "no-such-user-here") {
		t.Errorf("%v; %s", err, r.state(t).LastError)
	}
}

// A binary is replaced while a call runs: the call goes on in the old process,
// the next one meets the new program.
func TestAReplacedPluginFinishesItsCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	old := r.state(t).PID
	begun, replaced, got := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		var once sync.Once
		n, err := fetch(p, "", 1000, 10, func(int) {
			once.Do(func() {
				close(begun)
				<-replaced
			})
		})
		if err == nil && n != 1000 {
			err = errors.New("only " + strconv.Itoa(n) + " transactions")
		}
		got <- err
	}()
	<-begun
	path := filepath.Join(r.dir, host.Prefix+"odd")
	bytes, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path+".new", append(bytes, '!'), 0o755))
	must(t, os.Rename(path+".new", path))
	r.trust["odd"], err = host.Checksum(path)
	must(t, err)
	must(t, r.Rediscover())
	if !alive(old) {
		t.Error("the old process was ended in the midst of a call")
	}
	if _, err := do(p, ""); err != nil {
		t.Errorf("a call meanwhile: %v", err)
	}
	if now := r.state(t); now.PID == old || now.State != host.StateRunning || now.Restarts != 0 {
		t.Errorf("the new program is not the one that answers: %+v", now)
	}
	close(replaced)
	if err := <-got; err != nil {
		t.Errorf("the call that was under way: %v", err)
	}
	eventually(t, "the old process ends", func() bool { return !alive(old) })
	if now := r.state(t); now.State != host.StateRunning || now.LastError != "" {
		t.Errorf("afterwards: %+v", now)
	}
}

func TestCallsAreTold(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	told := map[string]int{}
	r := newRig(t, func(o *host.Options) {
		o.OnCall = func(c host.Call) {
			mu.Lock()
			defer mu.Unlock()
			if c.Took <= 0 {
				t.Errorf("%s took %v", c.Method, c.Took)
			}
			told[c.Provider+" "+c.Method+" "+c.Outcome]++
		}
	})
	p := r.provider(t)
	_, _ = do(p, "")
	_, _ = do(p, "fail")
	_, _ = do(p, "crash")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, _ = doWith(gone, p, call(""))
	_, _ = fetch(p, "", 10, 5, nil)
	delete(r.trust, "odd")
	must(t, r.Rediscover())
	_, _ = do(p, "")
	want := map[string]int{"odd ListAccounts ok": 1, "odd ListAccounts rate_limited": 1, "odd ListAccounts gone": 1,
		"odd ListAccounts cancelled": 1, "odd FetchTransactions ok": 1, "odd ListAccounts refused": 1}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}
