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

// buses carries those of all open databases to the sockets.
type buses struct {
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

func newBuses(sockets sockets, log *slog.Logger) *buses {
	b := &buses{sockets: sockets, log: log, ends: map[string]context.CancelFunc{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// pollEvery is how soon messages are noticed that another process wrote into
// an SQLite file, where nobody can be told of a commit.
const pollEvery = 2 * time.Second

// unwatch ends what watch began for a database, and its sockets.
func (b *buses) unwatch(name string) {
	b.mu.Lock()
	end := b.ends[name]
	delete(b.ends, name)
	b.mu.Unlock()
	if end != nil {
		end()
		b.sockets.Drop(name)
	}
}

// watch wakes the sockets of a database until it, or the host, closes.
func (b *buses) watch(name string, db *orm.Database) {
	ctx, end := context.WithCancel(b.ctx)
	b.mu.Lock()
	b.ends[name] = end
	b.mu.Unlock()
	b.done.Go(func() {
		ticker := time.NewTicker(pollEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				b.sockets.Wake(name)
			}
		}
	})
	listener, ok := db.Store().(dialect.Listener)
	if !ok {
		return
	}
	b.done.Go(func() {
		for ctx.Err() == nil {
			err := listener.Listen(ctx, bus.Wake, func(string) { b.sockets.Wake(name) })
			if ctx.Err() == nil {
				b.log.Warn("bus: listening again", "database", name, "error", err)
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

func (b *buses) close() {
	b.cancel()
	b.done.Wait()
}
