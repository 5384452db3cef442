package sqlite

import (
	"context"
	"os"
	"sync"
)

// checkpointer copies what the write-ahead log has gathered into the database
// file, beside the writer: by itself SQLite does it in the commit that makes the
// log too long, which then waits for the disk.
type checkpointer struct {
	store   *Store
	every   int64 // bytes of log between two checkpoints
	mu      sync.Mutex
	at      int64 // how long the log was at the last one
	running sync.WaitGroup
	busy    bool
	closed  bool
}

// written starts a checkpoint if the log grew enough since the last one. The log
// is shortened by the first commit that begins it anew.
func (c *checkpointer) written() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy || c.closed {
		return
	}
	log, err := os.Stat(c.store.path + "-wal")
	if err != nil { // SQLite looks after itself; see lateCheckpoint
		return
	}
	size := log.Size()
	if size < c.at {
		c.at = 0
	}
	if size-c.at < c.every {
		return
	}
	c.at, c.busy = size, true
	c.running.Go(c.run)
}

// run waits for nobody: what readers still need of the log stays there until
// next time.
func (c *checkpointer) run() {
	defer func() {
		c.mu.Lock()
		c.busy = false
		c.mu.Unlock()
	}()
	conn, err := dial(c.store.dsn(), nil, 1)
	if err != nil {
		return
	}
	defer conn.close()
	_ = conn.drain(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)", nil) // the next one will do it
}

// close waits for a checkpoint under way; none begins after it.
func (c *checkpointer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.running.Wait()
}
