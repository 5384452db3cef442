package host_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestACrashHarmsOnlyItsCall(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"crash", "panic elsewhere"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			p := r.provider(t)
			_, err := do(p, how)
			if !errors.Is(err, host.ErrPluginGone) || sdk.KindOf(err) != sdk.Internal ||
				!strings.Contains(err.Error(), "the plugin odd stopped") {
				t.Fatalf("the call: %v", err)
			}
			crashed := r.state(t)
			if crashed.State != host.StateCrashed || crashed.PID != 0 || !strings.Contains(crashed.LastError, "exit status") {
				t.Errorf("after the crash: %+v", crashed)
			}
			if _, err := do(p, ""); err != nil {
				t.Errorf("the next call: %v", err)
			}
			info := r.state(t)
			if info.State != host.StateRunning || info.Restarts != 1 || info.LastError != "" {
				t.Errorf("after the restart: %+v", info)
			}
		})
	}
}

// A call that begins when the process is dead, but not yet cleared away, harms nobody.
func TestADeadProcessGetsNoCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	_, err := do(p, "runaway, heard") // which keeps the host reading for a second
	must(t, err)
	dead := r.state(t).PID
	must(t, syscall.Kill(dead, syscall.SIGKILL))
	eventually(t, "the process is dead", func() bool { return r.Dead("odd") })
	if info := r.state(t); info.PID != dead {
		t.Fatalf("it is cleared away already: %+v", info)
	}
	if _, err := do(p, ""); err != nil {
		t.Error(err)
	}
}

func TestTheReasonOfACrashIsTold(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	_, _ = do(r.provider(t), "panic elsewhere")
	if got := r.state(t).LastError; !strings.Contains(got, "index out of range") {
		t.Errorf("last error: %s", got)
	}
}

func TestRestartsWaitLongerEachTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	began := time.Now()
	var gone *sdk.Error
	crashes := 0
	for {
		_, err := do(p, "crash")
		if !errors.As(err, &gone) || !errors.Is(gone, host.ErrPluginGone) {
			t.Fatal(err)
		}
		if !gone.Until.IsZero() {
			break
		}
		if crashes++; crashes > 9 { // on a machine that is not slow it is 6
			t.Fatalf("%d crashes, and still no rest: %v", crashes, gone)
		}
	}
	took := time.Since(began)
	last := 100 * time.Millisecond << (crashes - 1) // 3200 ms after the sixth
	waits := 2*last - 100*time.Millisecond
	if rest := gone.Until.Sub(began); crashes < 6 || rest < waits || time.Until(gone.Until) > last {
		t.Errorf("after %d crashes the next start is %s after the first", crashes, rest)
	}
	if want := waits - last; took < want { // 100 + 200 + 400 + 800 + 1600 ms
		t.Errorf("crashes within %s, want the restarts to take at least %s", took, want)
	}
	if got := r.state(t).Restarts; got != crashes-1 {
		t.Errorf("restarts %d, want %d", got, crashes-1)
	}
}

func TestGarbageFailsOnlyItsCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	pid := r.state(t).PID
	for _, what := range []string{"negative", "bytes", "sideways", "no end"} {
		n, err := fetch(p, what, 20, 10, nil)
		if n < 20 || sdk.KindOf(err) != sdk.Internal || errors.Is(err, host.ErrPluginGone) {
			t.Errorf("%s: %d transactions, %v", what, n, err)
		}
	}
	if _, err := do(p, "no currency"); sdk.KindOf(err) != sdk.Internal || !strings.Contains(err.Error(), "currency") {
		t.Errorf("no currency: %v", err)
	}
	if _, err := do(p, "panic"); sdk.KindOf(err) != sdk.Internal || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("panic: %v", err)
	}
	if got := r.state(t).PID; got != pid {
		t.Error("the process was ended")
	}
}

func TestAFloodOfLogLinesIsCut(t *testing.T) {
	t.Parallel()
	began := time.Now()
	r := newRig(t, func(o *host.Options) { o.CallTimeout = 5 * patience })
	p := r.provider(t)
	if _, err := do(p, "flood"); err != nil {
		t.Fatal(err)
	}
	must(t, r.Close())
	took := time.Since(began)
	t.Logf("60 MB of log took the plugin %s", took)
	passed, dropped := 0, 0
	for _, record := range r.records(t) {
		if len(record.Msg) > 1100 {
			t.Errorf("a line of %d bytes", len(record.Msg))
		}
		if record.Msg == "log lines of the plugin dropped" {
			dropped += record.Count
		} else if strings.Contains(record.Msg, "flood") {
			passed++
		}
	}
	if most := 200 + int(20*took.Seconds()); passed == 0 || passed > most {
		t.Errorf("%d lines passed, want 200 at once and 20 a second, in all at most %d", passed, most)
	}
	if passed+dropped < 100_000 {
		t.Errorf("%d lines passed and %d counted as dropped, of more than 100,000", passed, dropped)
	}
}

func TestNoSecretIsToldOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	if _, err := p.StartConnect(context.Background(), sdk.StartConnectRequest{Call: call(""), InstitutionID: "1"}); err != nil {
		t.Fatal(err)
	}
	const password = `hunter"2` // its quote must not help it through JSON
	_, err := p.ContinueConnect(context.Background(), sdk.ContinueConnectRequest{
		Call:      call(""),
		FlowState: []byte("flow-state-of-1"),
		Values:    map[string]string{"password": password},
	})
	var bad *sdk.Error
	if !errors.As(err, &bad) || bad.Kind != sdk.BadRequest || bad.Field != "password" || bad.Message != "not good: •••" {
		t.Errorf("error: %#v", bad)
	}
	c := call("bare")
	c.Secret = []byte(`{"token":"abc-def-ghi","list":["long-secret-part"]}`)
	if _, err := doWith(context.Background(), p, c); err == nil || strings.Contains(err.Error(), "abc-def") {
		t.Errorf("a bare error: %v", err)
	}
	_, _ = doWith(context.Background(), p,
		sdk.Call{Config: map[string]string{"do": "panic", "key": "from-the-config"}, Secret: []byte("the secret")})
	for _, told := range []string{"password is", "wrong password", "stderr says", "stdout says"} {
		eventually(t, told+" arrives", func() bool { return strings.Contains(r.log.String(), told) })
	}
	must(t, r.Close())
	log := r.log.String()
	for _, secret := range []string{"hunter", "abc-def-ghi", "long-secret-part", "from-the-config", "flow-state-of-1"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	told := false
	for _, record := range r.records(t) {
		told = told || record == record0("ERROR", "wrong password")
	}
	if !told {
		t.Errorf("a record of level error is not in the log:\n%s", log)
	}
}

func record0(level, msg string) record {
	return record{Level: level, Msg: msg, Provider: "odd", Password: "•••"}
}

func TestAChildSeesNothingOfTheHost(t *testing.T) {
	t.Setenv("SOME_MASTER_KEY", "very-secret")
	r := newRig(t, func(o *host.Options) { o.Env = []string{"HTTPS_PROXY=http://proxy:3128"} })
	a, err := do(r.provider(t), "environment")
	if err != nil {
		t.Fatal(err)
	}
	var env []string
	must(t, json.Unmarshal([]byte(a.Name), &env))
	names := map[string]bool{}
	for _, v := range env {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "PLUGIN_") {
			names[name] = true
		}
	}
	want := map[string]bool{"GIROSYNC_PROVIDER": true, "GIROSYNC_PLUGIN": true, "GOMEMLIMIT": true,
		"HOME": true, "HTTPS_PROXY": true, "LANG": true, "TMPDIR": true, "TZ": true}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if a, err := do(r.provider(t), "stdin"); err != nil || a.Name != "0" {
		t.Errorf("standard input: %v, %v", a.Name, err)
	}
}

func TestADeepTemporaryFolderIsNoTrouble(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("deep", 30))
	must(t, os.Mkdir(deep, 0o700))
	r := newRig(t, nil)
	t.Setenv("TMPDIR", deep)
	if _, err := do(r.provider(t), ""); err != nil {
		t.Error(err)
	}
}

func TestTroubleAtStart(t *testing.T) {
	t.Parallel()
	tests := []struct {
		start   string
		timeout time.Duration
		says    string
	}{
		{"exit", time.Minute, "no license found"},
		{"hang", time.Second, "not ready in time"},
		{"nonsense", time.Second, "not ready in time"},
		{"alias", time.Minute, `it calls itself "even"`},
	}
	for _, test := range tests {
		t.Run(test.start, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *host.Options) {
				o.Env = []string{"ODD_START=" + test.start}
				o.StartTimeout = test.timeout
			})
			_, err := r.Provider("odd")
			if !errors.Is(err, host.ErrPluginGone) || sdk.KindOf(err) != sdk.Internal {
				t.Fatalf("got %v", err)
			}
			if info := r.state(t); info.State != host.StateCrashed || !strings.Contains(info.LastError, test.says) {
				t.Errorf("state: %+v", info)
			}
		})
	}
}

func TestPrintingBeforeTheHandshakeDoesNoHarm(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.Env = []string{"ODD_START=print"} })
	if _, err := do(r.provider(t), ""); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.log.String(), "the friendly provider") {
		t.Error("what was printed is not in the log")
	}
}

func TestClosingDuringAStartIsQuick(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.Env = []string{"ODD_START=hang"} })
	result := make(chan error, 1)
	go func() {
		_, err := r.Provider("odd")
		result <- err
	}()
	eventually(t, "starting", func() bool { return r.state(t).State == host.StateStarting })
	began := time.Now()
	must(t, r.Close())
	if took := time.Since(began); took > patience/2 { // so long may a start take
		t.Errorf("closing took %s", took)
	}
	if err := <-result; sdk.KindOf(err) != sdk.Internal {
		t.Errorf("the start: %v", err)
	}
}

func TestKilledInMidStream(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	for range 5 {
		pid := r.state(t).PID
		at := 1 + rand.IntN(4000)
		t.Logf("kill after %d transactions", at)
		kill := sync.OnceFunc(func() { must(t, syscall.Kill(pid, syscall.SIGKILL)) })
		n, err := fetch(p, "", 1_000_000, 100, func(got int) {
			if got >= at {
				kill()
			}
		})
		if n < at || n == 1_000_000 || !errors.Is(err, host.ErrPluginGone) {
			t.Errorf("killed after %d: %d transactions, %v", at, n, err)
		}
		n, err = fetch(p, "", 4000, 100, nil)
		if n != 4000 || err != nil {
			t.Errorf("again: %d transactions, %v", n, err)
		}
	}
	if got := r.state(t).Restarts; got != 5 {
		t.Errorf("restarts %d", got)
	}
}

func TestAPluginsChildrenEndWithIt(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	a, err := do(r.provider(t), "child")
	if err != nil {
		t.Fatal(err)
	}
	child, _ := strconv.Atoi(a.ID)
	if !alive(child) {
		t.Fatal("no child")
	}
	must(t, r.Close())
	eventually(t, "the child ends", func() bool { return !alive(child) })
}

func TestNoPluginOutlivesAKilledHost(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asHost+"="+r.dir, "TMPDIR="+t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	must(t, err)
	if !alive(pid) {
		t.Fatal("the plugin does not run")
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	eventually(t, "the plugin ends with its host", func() bool { return !alive(pid) })
}
