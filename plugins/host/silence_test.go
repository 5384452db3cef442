package host_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestAHangingPluginIsEnded(t *testing.T) {
	t.Parallel()
	calls := map[string]func(p sdk.Provider) error{
		"in a call": func(p sdk.Provider) error { _, err := do(p, "hang"); return err },
		"in a stream": func(p sdk.Provider) error {
			n, err := fetch(p, "hang", 10, 5, nil)
			if n != 10 {
				return errors.New("transactions before the silence were lost")
			}
			return err
		},
	}
	for name, hang := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *host.Options) { o.CallTimeout = 4 * time.Second })
			p := r.provider(t)
			pid := r.state(t).PID
			err := hang(p)
			if !errors.Is(err, host.ErrPluginHung) || sdk.KindOf(err) != sdk.Internal {
				t.Fatalf("got %v", err)
			}
			if alive(pid) {
				t.Error("the process lives on")
			}
			if info := r.state(t); info.State != host.StateCrashed || !strings.Contains(info.LastError, "did not answer within 4s") {
				t.Errorf("state: %+v", info)
			}
			if _, err := do(p, ""); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}

func TestAFrozenProcessIsEnded(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *host.Options) { o.CallTimeout = 4 * time.Second })
	p := r.provider(t)
	freeze(t, r.state(t).PID)
	if _, err := do(p, ""); !errors.Is(err, host.ErrPluginHung) {
		t.Errorf("frozen: %v", err)
	}
	if _, err := do(p, ""); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestAFrozenProcessIsNoticedWithoutACall(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.PingEvery(2 * time.Second)
	p := r.provider(t)
	pid := r.state(t).PID
	freeze(t, pid)
	eventually(t, "ended", func() bool { return r.state(t).State == host.StateCrashed })
	if info := r.state(t); alive(pid) || !strings.Contains(info.LastError, "whether it is alive") {
		t.Errorf("state: %+v", info)
	}
	if _, err := do(p, ""); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestACallersOwnDeadlineDoesNotEndThePlugin(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	pid := r.state(t).PID
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := doWith(ctx, p, call("wait")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if got := r.state(t); got.PID != pid || got.State != host.StateRunning {
		t.Errorf("state: %+v", got)
	}
}

func TestASlowCallerIsNotThePlugin(t *testing.T) {
	t.Parallel()
	const limit = 3 * time.Second
	r := newRig(t, func(o *host.Options) { o.CallTimeout = limit })
	p := r.provider(t)
	longer := sync.OnceFunc(func() { time.Sleep(limit + limit/5) })
	n, err := fetch(p, "", 2, 1, func(int) { longer() })
	if n != 2 || err != nil {
		t.Errorf("%d transactions, %v", n, err)
	}
}

// A file that comes in drops, with pauses longer than a plugin may be silent.
func TestASlowFileIsNotThePlugin(t *testing.T) {
	t.Parallel()
	const limit = 3 * time.Second
	r := newRig(t, func(o *host.Options) { o.CallTimeout = limit })
	p, ok := sdk.As[sdk.StatementReader](r.provider(t))
	if !ok {
		t.Fatal("it reads no files")
	}
	file, slow := io.Pipe()
	go func() {
		_, _ = slow.Write([]byte("half"))
		time.Sleep(limit + limit/5)
		_, _ = slow.Write([]byte("half"))
		slow.Close()
	}()
	told := ""
	err := p.ReadStatements(context.Background(), sdk.ReadRequest{Call: call("")}, file, func(b sdk.StatementBatch) error {
		told = b.Number
		return nil
	})
	if told != "8" || err != nil {
		t.Errorf("it read %q bytes, %v", told, err)
	}
}
