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

// Options of a manager.
type Options struct {
	Place    Place
	System   *System
	Addons   []addon.Addon // in order of dependency
	Registry *orm.Registry
	Database orm.Options
	Log      *slog.Logger
	Now      func() time.Time
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
		return fmt.Errorf("database name %q: want 1 to 51 letters, digits, '_', '.' or '-', beginning with a letter or digit", name)
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
// date with this host's addons; the others wait.
func (m *Manager) Open(ctx context.Context, name string) (*orm.Database, error) {
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
		return o.db, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// begin opens a database; a failure is forgotten, so that the next may try.
func (m *Manager) begin(ctx context.Context, name string, o *opening) {
	ctx = context.WithoutCancel(ctx) // others may be waiting for it
	exists, err := m.Exists(ctx, name)
	if err == nil && !exists {
		err = fmt.Errorf("database %q: %w", name, ErrUnknown)
	}
	if err == nil {
		o.db, err = m.openStore(ctx, name, addon.Setup{}, nil)
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

// openStore opens a database's store and makes its tables and data those of
// the registry.
func (m *Manager) openStore(ctx context.Context, name string, setup addon.Setup, progress Progress) (*orm.Database, error) {
	store, err := m.opt.Place.store(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", name, err)
	}
	db, err := m.upToDate(ctx, name, store, setup, progress)
	if err != nil {
		store.Close()
		return nil, fmt.Errorf("open database %q: %w", name, err)
	}
	return db, nil
}

func (m *Manager) upToDate(ctx context.Context, name string, store dialect.Store, setup addon.Setup, progress Progress) (*orm.Database, error) {
	options := m.opt.Database
	options.Name = name
	db, err := orm.Open(ctx, m.opt.Registry, store, options)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int, int, string) {}
	}
	tables := func(done, of int, _ string) { progress(done, of, "tables") }
	if err := db.Migrate(ctx, tables); err != nil {
		return nil, err
	}
	installed, err := m.installed(ctx, db)
	if err != nil || installed && setup.Password == "" {
		return db, err
	}
	progress(0, len(m.opt.Addons), "data")
	if err := addon.Install(ctx, db, m.opt.Addons, setup); err != nil {
		return nil, err
	}
	return db, db.Within(ctx, orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		return base.SetParam(env, installedParameter, m.opt.Registry.Fingerprint())
	})
}

// installedParameter holds the fingerprint of the addons whose data a database has.
const installedParameter = "girosync.installed"

func (m *Manager) installed(ctx context.Context, db *orm.Database) (done bool, err error) {
	err = db.Within(ctx, orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		known, err := base.Param(env, installedParameter, "")
		done = known == m.opt.Registry.Fingerprint()
		return err
	})
	return done, err
}

// Init makes a database. When it fails, nothing of it stays.
func (m *Manager) Init(ctx context.Context, name string, setup addon.Setup, progress Progress) (*orm.Database, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	m.making.Lock()
	defer m.making.Unlock()
	if exists, err := m.Exists(ctx, name); err != nil || exists {
		if err == nil {
			err = fmt.Errorf("database %q: %w", name, ErrExists)
		}
		return nil, err
	}
	db, err := m.openStore(ctx, name, setup, progress)
	if err != nil {
		return nil, errors.Join(err, m.undo(ctx, name))
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	_, err = m.opt.System.db.ExecContext(ctx, `INSERT INTO girosync_database (name, created_at) VALUES ($1, $2)`, name, m.opt.Now().Unix())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("record database %q: %w", name, err), m.undo(ctx, name))
	}
	return m.Open(ctx, name)
}

// undo removes what a failed Init left, but not what another host made under
// that name in the meantime.
func (m *Manager) undo(ctx context.Context, name string) error {
	ctx = context.WithoutCancel(ctx)
	exists, err := m.Exists(ctx, name)
	switch {
	case err != nil:
		return err
	case exists:
		return fmt.Errorf("database %q: %w", name, ErrExists)
	}
	return m.opt.Place.remove(ctx, name)
}

// Drop deletes a database and ends its sessions.
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
	delete(m.open, name)
	m.mu.Unlock()
	if o != nil {
		err = m.end(name, o)
	}
	return errors.Join(err, m.opt.Place.remove(ctx, name))
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
