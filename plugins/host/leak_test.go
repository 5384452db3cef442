package host_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/host"
)

// It runs alone, before the parallel tests, since it counts goroutines.
func TestNoGoroutineIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	r := newRig(t, func(o *host.Options) {
		o.IdleAfter = 50 * time.Millisecond
		o.CallTimeout = 300 * time.Millisecond
	})
	p := r.provider(t)
	for _, what := range []string{"", "crash", "", "hang", "", "panic", "flood"} {
		_, _ = do(p, what)
	}
	_, _ = fetch(p, "crash", 1000, 10, nil)
	_, _ = fetch(p, "no end", 1000, 10, nil)
	eventually(t, "stopped when idle", func() bool { return r.state(t).State == host.StateStopped })
	eventually(t, "goroutines of ended processes end", func() bool { return runtime.NumGoroutine() <= before })
	_, _ = do(p, "")
	must(t, r.Close())
	eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}
