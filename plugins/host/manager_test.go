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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestNothingRunsBeforeTheFirstCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	want := host.Info{
		Name:     "odd",
		Path:     filepath.Join(r.dir, "girosync-provider-odd"),
		State:    host.StateStopped,
		Checksum: r.trust["odd"],
	}
	if diff := cmp.Diff([]host.Info{want}, r.List()); diff != "" {
		t.Error(diff)
	}
}

func TestAPluginDescribesItself(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	info := r.state(t)
	if info.State != host.StateRunning || info.PID == 0 || info.StartedAt.IsZero() {
		t.Errorf("not running: %+v", info)
	}
	if info.DisplayName != "Odd" || info.Version != "1.2.3" || info.ProtocolVersion != 1 || info.Description.Name != "odd" {
		t.Errorf("described as %+v", info)
	}
	if diff := cmp.Diff([]sdk.Capability{sdk.CanRefresh, sdk.CanReadStatements}, info.Capabilities); diff != "" {
		t.Error(diff)
	}
	if _, ok := sdk.As[sdk.Refresher](p); !ok {
		t.Error("announced, but not offered: refresh")
	}
	if _, ok := sdk.As[sdk.Revoker](p); ok {
		t.Error("offered, but not announced: revoke")
	}
	can, err := r.Capabilities(context.Background(), "odd")
	if err != nil || len(can) != 2 {
		t.Errorf("capabilities %v, %v", can, err)
	}
}

func TestAProxyHasEveryPower(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(sdk.Capabilities(), sdk.CapabilitiesOf(host.Proxy())); diff != "" {
		t.Error(diff)
	}
}

func TestOneProcessServesManyCallers(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.MaxCalls = 4 })
	var mu sync.Mutex
	pids := map[string]bool{}
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			p, err := r.Provider("odd")
			if err != nil {
				t.Error(err)
				return
			}
			a, err := do(p, "pid")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			pids[a.ID] = true
			mu.Unlock()
		})
	}
	calls.Wait()
	if len(pids) != 1 {
		t.Errorf("processes: %v", pids)
	}
}

func TestMaxCallsWaits(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.MaxCalls = 2 })
	p := r.provider(t)
	began := time.Now()
	var calls sync.WaitGroup
	for range 6 {
		calls.Go(func() {
			if _, err := do(p, "sleep"); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if took := time.Since(began); took < 150*time.Millisecond {
		t.Errorf("six calls of 50 ms, two at once, took %s", took)
	}
}

func TestWaitingForATurnEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.MaxCalls = 1 })
	p := r.provider(t)
	ctx, cancel := context.WithCancel(context.Background())
	busy := make(chan error)
	go func() {
		_, err := doWith(ctx, p, call("wait"))
		busy <- err
	}()
	eventually(t, "the turn is taken", func() bool { return r.Calls("odd") == 1 })
	impatient, enough := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer enough()
	if _, err := doWith(impatient, p, call("")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a caller that does not wait: %v", err)
	}
	cancel()
	if err := <-busy; !errors.Is(err, context.Canceled) || sdk.KindOf(err) != sdk.Internal {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := do(p, ""); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAnIdlePluginIsStoppedAndComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.IdleAfter = 40 * time.Millisecond })
	p := r.provider(t)
	process := func() int {
		a, err := do(p, "pid")
		must(t, err)
		pid, err := strconv.Atoi(a.ID)
		must(t, err)
		return pid
	}
	first := process()
	eventually(t, "stopped when idle", func() bool { return r.state(t).State == host.StateStopped })
	if alive(first) {
		t.Error("the process lives on")
	}
	second := process()
	if info := r.state(t); second == first || info.Restarts != 0 || info.LastError != "" {
		t.Errorf("after idling: %+v", info)
	}
	if _, err := do(p, "sleep"); err != nil { // 50 ms
		t.Errorf("a call longer than a plugin may be idle: %v", err)
	}
}

func TestOptionalInterfacesAreKnownWithoutRestart(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.IdleAfter = 20 * time.Millisecond })
	r.provider(t)
	eventually(t, "stopped", func() bool { return r.state(t).State == host.StateStopped })
	before := r.starts()
	if _, ok := sdk.As[sdk.Refresher](r.provider(t)); !ok {
		t.Error("forgotten: refresh")
	}
	if r.starts() != before {
		t.Error("started to learn what was known")
	}
}

func TestRediscover(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	pid := r.state(t).PID
	second := r.install(t, "other")
	if err := r.Rediscover(); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Info("other"); !ok {
		t.Error("the new plugin is not found")
	}
	if r.state(t).PID != pid {
		t.Error("looking again disturbed a running plugin")
	}
	if err := os.Remove(filepath.Join(r.dir, host.Prefix+"odd")); err != nil {
		t.Fatal(err)
	}
	if err := r.Rediscover(); err != nil {
		t.Fatal(err)
	}
	if alive(pid) {
		t.Error("the removed plugin still runs")
	}
	if _, err := do(p, ""); err == nil {
		t.Error("a removed plugin answers")
	}
	if _, err := r.Provider("odd"); !errors.Is(err, host.ErrUnknown) {
		t.Errorf("removed: %v", err)
	}
	if got := r.List(); len(got) != 1 || got[0].Path != second {
		t.Errorf("left: %+v", got)
	}
}

func TestADiscoveredNameIsAProviderName(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, name := range []string{"girosync-provider-", "girosync-provider-A", "girosync-provider-x.bak", "provider-x",
		"girosync-provider-../x"} {
		path := filepath.Join(r.dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(r.dir, "girosync-provider-folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := r.Rediscover(); err != nil {
		t.Fatal(err)
	}
	if got := r.List(); len(got) != 1 {
		t.Errorf("found %+v", got)
	}
}

func TestAFolderThatDoesNotExistHasNoPlugins(t *testing.T) {
	t.Parallel()
	m, err := host.New(host.Options{Dir: filepath.Join(t.TempDir(), "nowhere"), Trust: trustList{}})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if got := m.List(); len(got) != 0 {
		t.Errorf("found %+v", got)
	}
}

func TestCloseEndsCallsUnderWay(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	result, underWay := make(chan error), make(chan struct{})
	go func() {
		first := sync.OnceFunc(func() { close(underWay) })
		_, err := fetch(p, "endless", 0, 100, func(int) { first() })
		result <- err
	}()
	<-underWay
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, host.ErrPluginGone) {
		t.Errorf("the call under way: %v", err)
	}
	if _, err := do(p, ""); !errors.Is(err, host.ErrClosed) {
		t.Errorf("a call after the end: %v", err)
	}
}
