package host

import (
	"context"
	"io"
	"sync"
	"time"
)

// watchdog ends a call whose plugin is silent for too long. While the caller
// itself is busy with a message, or with the file, the plugin is not blamed.
type watchdog struct {
	cancel context.CancelFunc
	limit  time.Duration

	mu     sync.Mutex
	timer  *time.Timer
	held   int
	barked bool
	over   bool
}

// newWatchdog returns a context that ends when the plugin was silent for limit.
func newWatchdog(ctx context.Context, limit time.Duration) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watchdog{cancel: cancel, limit: limit}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(limit, w.bark)
	return ctx, w
}

func (w *watchdog) bark() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over || w.held > 0 {
		return
	}
	w.barked = true
	w.cancel()
}

// stop ends the watching and reports whether the plugin was silent for too long.
func (w *watchdog) stop() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.timer.Stop()
	w.cancel()
	return w.barked
}

// hold runs what the caller does with the time that is not the plugin's.
func (w *watchdog) hold(do func() error) error {
	w.mu.Lock()
	w.held++
	w.timer.Stop()
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.held--
		if w.held == 0 && !w.over {
			w.timer.Reset(w.limit)
		}
	}()
	return do()
}

// saving wraps a call's SaveSecret: the plugin's next secret is one to blot
// out, and keeping it is the caller's time.
func (w *watchdog) saving(p *process, save func([]byte) error) func([]byte) error {
	if save == nil {
		return nil
	}
	return func(secret []byte) error {
		p.red.secret(secret)
		return w.hold(func() error { return save(secret) })
	}
}

// reader wraps a file: waiting for it is the caller's time.
func (w *watchdog) reader(file io.Reader) io.Reader { return heldReader{w, file} }

type heldReader struct {
	w    *watchdog
	file io.Reader
}

func (r heldReader) Read(p []byte) (n int, err error) {
	err = r.w.hold(func() error {
		n, err = r.file.Read(p)
		return err
	})
	return n, err
}
