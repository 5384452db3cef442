package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// feeds carries the buses of all open databases to the sockets.
type feeds struct {
	sockets sockets
	log     *slog.Logger
	ctx     context.Context
	cancel  context.CancelFunc
	done    sync.WaitGroup
	mu      sync.Mutex
	ends    map[string]context.CancelFunc // of the databases that are watched
}

// sockets are those of a host, by database.
type sockets interface {
	Wake(database string)
	Drop(database string)
}

func newFeeds(sockets sockets, log *slog.Logger) *feeds {
	f := &feeds{sockets: sockets, log: log, ends: map[string]context.CancelFunc{}}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f
}

// pollEvery is how soon messages are noticed that another process wrote into
// an SQLite file, where nobody can be told of a commit.
const pollEvery = 2 * time.Second

// unwatch ends what watch began for a database, and its sockets.
func (f *feeds) unwatch(name string) {
	f.mu.Lock()
	end := f.ends[name]
	delete(f.ends, name)
	f.mu.Unlock()
	if end != nil {
		end()
		f.sockets.Drop(name)
	}
}

// watch wakes the sockets of a database until it, or the host, closes.
func (f *feeds) watch(name string, db *orm.Database) {
	ctx, end := context.WithCancel(f.ctx)
	f.mu.Lock()
	f.ends[name] = end
	f.mu.Unlock()
	f.done.Go(func() {
		ticker := time.NewTicker(pollEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				f.sockets.Wake(name)
			}
		}
	})
	listener, ok := db.Store().(dialect.Listener)
	if !ok {
		return
	}
	f.done.Go(func() {
		for ctx.Err() == nil {
			err := listener.Listen(ctx, bus.Wake, func(string) { f.sockets.Wake(name) })
			if ctx.Err() == nil {
				f.log.Warn("bus: listening again", "database", name, "error", err)
				pause(ctx, time.Second)
			}
		}
	})
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (f *feeds) close() {
	f.cancel()
	f.done.Wait()
}
