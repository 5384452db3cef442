package databases

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// ErrUnknown is returned for a name that no database has.
var ErrUnknown = errors.New("database does not exist")

// ErrExists is returned when a new database's name is taken.
var ErrExists = errors.New("database exists already")

// ErrName is returned for what no database may be called.
var ErrName = errors.New("want 1 to 51 letters, digits, '_', '.' or '-', beginning with a letter or digit")

// Options of a manager.
type Options struct {
	Place    Place
	System   *System
	Addons   []addon.Addon // in order of dependency
	Registry *orm.Registry
	Database orm.Options
	Log      *slog.Logger
	Now      func() time.Time
	// Version of the program, for the head of dumps.
	Version string
	// Opened is called once for each database, after it was opened and before
	// anybody else gets it.
	Opened func(name string, db *orm.Database)
	// Closing is called once for each database that was opened, before it closes.
	Closing func(name string, db *orm.Database)
}

// Manager opens databases, each once, and keeps them until Close.
type Manager struct {
	opt    Options
	making sync.Mutex // one Init at a time
	mu     sync.Mutex
	open   map[string]*opening
}

// opening is a database that is open, or on its way.
type opening struct {
	done chan struct{}
	db   *orm.Database
	err  error
	is   string // its incarnation

	mu    sync.Mutex
	asked time.Time // when it was last known to be the one of its name
}

// New makes a manager. It opens nothing yet.
func New(opt Options) *Manager {
	return &Manager{opt: opt, open: map[string]*opening{}}
}

// nameRule is what a database may be called: it becomes a file's and a schema's name.
var nameRule = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,50}$`)

// CheckName says whether a database may be called so.
func CheckName(name string) error {
	if !nameRule.MatchString(name) {
		return fmt.Errorf("database name %q: %w", name, ErrName)
	}
	return nil
}

// Names lists the databases, sorted.
func (m *Manager) Names(ctx context.Context) ([]string, error) {
	rows, err := m.opt.System.db.QueryContext(ctx, `SELECT name FROM girosync_database ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list databases: %w", err)
	}
	defer rows.Close()
	names := []string{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list databases: %w", err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// Exists reports whether there is a database of that name.
func (m *Manager) Exists(ctx context.Context, name string) (bool, error) {
	var n int
	err := m.opt.System.db.QueryRowContext(ctx, `SELECT count(*) FROM girosync_database WHERE name = $1`, name).Scan(&n)
	return n > 0, err
}

// Open returns an open database. The first to ask opens it, and brings it up to
// date with this host's addons; the others wait. One that was dropped, renamed
// or made anew elsewhere is noticed within staleAfter.
func (m *Manager) Open(ctx context.Context, name string) (*orm.Database, error) {
	o, err := m.opening(ctx, name)
	if err != nil {
		return nil, err
	}
	if m.replaced(ctx, name, o) {
		if o, err = m.opening(ctx, name); err != nil {
			return nil, err
		}
	}
	return o.db, o.err
}

// opening finds a database that is open, or opens it, and waits for it.
func (m *Manager) opening(ctx context.Context, name string) (*opening, error) {
	m.mu.Lock()
	o, known := m.open[name]
	if !known {
		o = &opening{done: make(chan struct{})}
		m.open[name] = o
	}
	m.mu.Unlock()
	if !known {
		m.begin(ctx, name, o)
	}
	select {
	case <-o.done:
		return o, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// staleAfter bounds how long a host may serve a database that another process
// has dropped, renamed or replaced.
const staleAfter = 2 * time.Second

// replaced asks now and then whether an open database is still the one of its
// name, and closes it if not. A system store in trouble closes nothing.
func (m *Manager) replaced(ctx context.Context, name string, o *opening) bool {
	if o.db == nil {
		return false
	}
	o.mu.Lock()
	now := m.opt.Now()
	fresh := now.Sub(o.asked) < staleAfter
	if !fresh {
		o.asked = now // the others need not ask as well
	}
	o.mu.Unlock()
	if fresh {
		return false
	}
	is, err := m.opt.System.incarnation(ctx, name)
	if err == nil && is == o.is || err != nil && !errors.Is(err, ErrUnknown) {
		return false
	}
	if err := m.forget(name, o); err != nil {
		m.opt.Log.Error("close a database that is gone", "database", name, "error", err)
	}
	return true
}

// forget closes an open database, unless somebody did already.
func (m *Manager) forget(name string, o *opening) error {
	m.mu.Lock()
	mine := m.open[name] == o
	if mine {
		delete(m.open, name)
	}
	m.mu.Unlock()
	if !mine {
		return nil
	}
	return m.end(name, o)
}

// begin opens a database; a failure is forgotten, so that the next may try.
func (m *Manager) begin(ctx context.Context, name string, o *opening) {
	ctx = context.WithoutCancel(ctx) // others may be waiting for it
	var err error
	o.asked = m.opt.Now()
	if o.is, err = m.opt.System.incarnation(ctx, name); err == nil {
		o.db, err = m.openHome(ctx, name)
	}
	if err != nil {
		o.err = err
		m.mu.Lock()
		if m.open[name] == o {
			delete(m.open, name)
		}
		m.mu.Unlock()
	} else if m.opt.Opened != nil {
		m.opt.Opened(name, o.db)
	}
	close(o.done)
}

// Progress reports long work: done of a total, and what is being done.
type Progress func(done, of int, what string)

func (p Progress) tell(done, of int, what string) {
	if p != nil {
		p(done, of, what)
	}
}

// openHome opens a database where it lies, and makes its tables and data those
// of the registry.
func (m *Manager) openHome(ctx context.Context, name string) (*orm.Database, error) {
	store, err := m.opt.Place.open(ctx, m.opt.Place.home(name))
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", name, err)
	}
	db, err := m.with(ctx, name, store)
	if err == nil {
		err = m.upgrade(ctx, db)
	}
	if err != nil {
		store.Close()
		return nil, fmt.Errorf("open database %q: %w", name, err)
	}
	return db, nil
}

// with joins a store and the registry.
func (m *Manager) with(ctx context.Context, name string, store dialect.Store) (*orm.Database, error) {
	options := m.opt.Database
	options.Name = name
	return orm.Open(ctx, m.opt.Registry, store, options)
}

// fresh makes the tables of the registry in an empty store.
func (m *Manager) fresh(ctx context.Context, name string, store dialect.Store, progress Progress) (*orm.Database, error) {
	db, err := m.with(ctx, name, store)
	if err != nil {
		return nil, err
	}
	return db, db.Migrate(ctx, func(done, of int, _ string) { progress.tell(done, of, "tables") })
}

// install puts the addons' data into a database that lacks that of this registry.
func (m *Manager) install(ctx context.Context, db *orm.Database, setup addon.Setup, progress Progress) error {
	progress.tell(0, len(m.opt.Addons), "data")
	if err := addon.Install(ctx, db, m.opt.Addons, setup); err != nil {
		return err
	}
	return db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error {
		return base.SetParam(env, installedParameter, m.opt.Registry.Fingerprint())
	})
}

// system is who the host itself acts as.
var system = orm.Principal{System: true}

// Drop deletes a database and its backup, and ends its sessions.
func (m *Manager) Drop(ctx context.Context, name string) error {
	exists, err := m.Exists(ctx, name)
	if err != nil {
		return err
	}
	if !exists {
		return fmt.Errorf("database %q: %w", name, ErrUnknown)
	}
	for _, statement := range []string{
		`DELETE FROM girosync_database WHERE name = $1`,
		`DELETE FROM girosync_session WHERE db = $1`,
		`DELETE FROM girosync_connection WHERE db = $1`,
	} {
		if _, err := m.opt.System.db.ExecContext(ctx, statement, name); err != nil {
			return fmt.Errorf("drop database %q: %w", name, err)
		}
	}
	m.mu.Lock()
	o := m.open[name]
	m.mu.Unlock()
	if o != nil {
		err = m.forget(name, o)
	}
	return errors.Join(err, m.opt.Place.remove(ctx, m.opt.Place.home(name)), m.opt.Place.removeBackup(name))
}

// end closes a database that is open, or on its way.
func (m *Manager) end(name string, o *opening) error {
	if <-o.done; o.db == nil {
		return nil
	}
	if m.opt.Closing != nil {
		m.opt.Closing(name, o.db)
	}
	return o.db.Close()
}

// Close closes all databases. One that is on its way is waited for, without the
// lock, which it needs when it fails.
func (m *Manager) Close() error {
	m.mu.Lock()
	open := m.open
	m.open = map[string]*opening{}
	m.mu.Unlock()
	var errs []error
	for name, o := range open {
		errs = append(errs, m.end(name, o))
	}
	return errors.Join(errs...)
}
