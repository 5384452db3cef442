package host_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/host"
)

// It runs alone, before the parallel tests, since it counts goroutines.
func TestNothingIsLeftBehind(t *testing.T) {
	folder := filepath.Join("/tmp", "left-"+strconv.Itoa(os.Getpid()))
	must(t, os.Mkdir(folder, 0o700))
	defer os.RemoveAll(folder)
	t.Setenv("TMPDIR", folder)
	before := runtime.NumGoroutine()
	r := newRig(t, func(o *host.Options) {
		o.IdleAfter = 50 * time.Millisecond
		o.CallTimeout = time.Second
	})
	p := r.provider(t)
	for _, what := range []string{"", "crash", "", "hang", "", "panic", "flood"} {
		_, _ = do(p, what)
	}
	_, _ = fetch(p, "crash", 1000, 10, nil)
	_, _ = fetch(p, "no end", 1000, 10, nil)
	eventually(t, "it answers again", func() bool { _, err := do(p, ""); return err == nil })
	eventually(t, "stopped when idle", func() bool { return r.state(t).State == host.StateStopped })
	eventually(t, "goroutines of ended processes end", func() bool { return runtime.NumGoroutine() <= before })
	_, _ = do(p, "")
	must(t, r.Close())
	eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	left, err := filepath.Glob(filepath.Join(folder, "plugin-dir*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}
