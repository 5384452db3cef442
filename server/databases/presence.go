package databases

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Presence tells the processes apart that work in one system store, and which
// of them have ended, killed ones included: each holds a lock that ends with it.
// On SQLite that is a lock of a file in the data folder, on PostgreSQL an
// advisory lock of a connection.
type Presence struct {
	name string
	dir  string // SQLite
	file *os.File
	url  string // PostgreSQL
	mu   sync.Mutex
	conn *pgx.Conn
}

// presenceDir is the folder, in the data folder, that has a file per process.
const presenceDir = "hosts"

// Appear makes this process known at a place until Leave.
func Appear(ctx context.Context, place Place) (*Presence, error) {
	p := &Presence{name: rand.Text(), url: place.URL}
	if p.url != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p, p.hold(ctx)
	}
	p.dir = filepath.Join(place.Dir, presenceDir)
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, fmt.Errorf("presence: %w", err)
	}
	file, err := os.CreateTemp(p.dir, ".appears-*") // nobody finds it before it is locked
	if err != nil {
		return nil, fmt.Errorf("presence: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		err = os.Rename(file.Name(), p.path(p.name))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("presence: %w", err), os.Remove(file.Name()), file.Close())
	}
	p.file = file
	p.forgetTheDead(ctx)
	return p, nil
}

// forgetTheDead removes what processes left that were killed.
func (p *Presence) forgetTheDead(ctx context.Context) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			p.Gone(ctx, e.Name())
		}
	}
}

func (p *Presence) path(name string) string { return filepath.Join(p.dir, name) }

// Self names this process.
func (p *Presence) Self() string { return p.name }

// Gone reports whether the process of that name is known to have ended. When
// that cannot be found out, it counts as working.
func (p *Presence) Gone(ctx context.Context, name string) bool {
	switch {
	case name == p.name:
		return false
	case p.url != "":
		return p.released(ctx, name)
	case name == "" || name != filepath.Base(name) || name == "." || name == "..":
		return true // no name of ours
	}
	file, err := os.Open(p.path(name))
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer file.Close()
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	_ = os.Remove(p.path(name)) // else the next process to ask does it
	return true
}

// advisory is the key of a name's lock.
const advisory = "hashtextextended('girosync host ' || $1, 0)"

// hold takes this process's lock, again when the connection was lost. p.mu is held.
func (p *Presence) hold(ctx context.Context) error {
	if p.conn != nil && p.conn.Ping(ctx) == nil {
		return nil
	}
	p.drop(ctx)
	conn, err := pgx.Connect(ctx, p.url)
	if err != nil {
		return fmt.Errorf("presence: %w", err)
	}
	p.conn = conn
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock("+advisory+")", p.name); err != nil {
		p.drop(ctx)
		return fmt.Errorf("presence: %w", err)
	}
	return nil
}

func (p *Presence) drop(ctx context.Context) {
	if p.conn != nil {
		_ = p.conn.Close(ctx) // it is lost, or its end is the purpose
		p.conn = nil
	}
}

// released reports whether the lock of a name is free. Whoever lost its own
// asks nothing: the others may have lost theirs at the same moment.
func (p *Presence) released(ctx context.Context, name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.conn
	if p.hold(ctx) != nil || p.conn != before {
		return false
	}
	var free bool
	if err := p.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock("+advisory+")", name).Scan(&free); err != nil {
		return false
	}
	if free {
		_, _ = p.conn.Exec(ctx, "SELECT pg_advisory_unlock("+advisory+")", name) // else it ends with this process
	}
	return free
}

// Leave ends the presence.
func (p *Presence) Leave(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(ctx)
	if p.file == nil {
		return nil
	}
	err := errors.Join(os.Remove(p.path(p.name)), p.file.Close())
	p.file = nil
	return err
}
