package databases

import (
	"context"
	"errors"
	"fmt"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// Init makes a database. When it fails, nothing of it stays.
func (m *Manager) Init(ctx context.Context, name string, setup addon.Setup, progress Progress) (*orm.Database, error) {
	return m.make(ctx, name, func(store dialect.Store) (*orm.Database, error) {
		db, err := m.fresh(ctx, name, store, progress)
		if err == nil {
			err = m.runSteps(ctx, db, newTables) // which records all as done
		}
		if err == nil {
			err = m.install(ctx, db, setup, progress)
		}
		return db, err
	})
}

// make makes a database in a workshop, by fill, and gives it its name when it is
// whole. fill returns the store as a database; make closes it.
func (m *Manager) make(ctx context.Context, name string, fill func(store dialect.Store) (*orm.Database, error)) (*orm.Database, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	m.making.Lock()
	defer m.making.Unlock()
	if err := m.free(ctx, name); err != nil {
		return nil, err
	}
	shop := m.opt.Place.workshop(m.opt.Now())
	err := m.build(ctx, shop, fill)
	if err == nil {
		err = m.opt.System.publish(ctx, m.opt.Place, shop, name, m.opt.Now())
	}
	if err != nil {
		undo := m.opt.Place.remove(context.WithoutCancel(ctx), shop)
		return nil, errors.Join(fmt.Errorf("make database %q: %w", name, err), undo)
	}
	return m.Open(ctx, name)
}

// free refuses a name that is taken.
func (m *Manager) free(ctx context.Context, name string) error {
	exists, err := m.Exists(ctx, name)
	if err == nil && exists {
		err = fmt.Errorf("database %q: %w", name, ErrExists)
	}
	return err
}

// build fills the store at a spot and closes it.
func (m *Manager) build(ctx context.Context, at spot, fill func(store dialect.Store) (*orm.Database, error)) error {
	store, err := m.opt.Place.create(ctx, at)
	if err != nil {
		return err
	}
	_, err = fill(store)
	return errors.Join(err, store.Close())
}

// Tidy removes what crashes left of databases that were being made.
func (m *Manager) Tidy(ctx context.Context) error { return m.opt.Place.Tidy(ctx, m.opt.Now()) }

// Rename gives a database another name. Its sessions end. On SQLite no other
// process may have it open.
func (m *Manager) Rename(ctx context.Context, from, to string) error {
	if err := CheckName(to); err != nil {
		return err
	}
	m.making.Lock()
	defer m.making.Unlock()
	if exists, err := m.Exists(ctx, from); err != nil || !exists {
		return errors.Join(err, fmt.Errorf("database %q: %w", from, ErrUnknown))
	}
	if err := m.free(ctx, to); err != nil {
		return err
	}
	moving := &opening{done: make(chan struct{})}
	m.mu.Lock()
	old := m.open[from]
	m.open[from] = moving // who asks for it now waits
	m.mu.Unlock()
	var err error
	if old != nil {
		err = m.end(from, old)
	}
	if err == nil {
		err = m.opt.System.rename(ctx, m.opt.Place, from, to)
	}
	if errors.Is(err, dialect.ErrUnavailable) {
		err = fmt.Errorf("database %q: %w: %w", from, ErrInUse, err)
	}
	if moving.err = err; err == nil {
		moving.err = fmt.Errorf("database %q: %w", from, ErrUnknown)
	}
	m.mu.Lock()
	delete(m.open, from)
	m.mu.Unlock()
	close(moving.done)
	return err
}

// ErrInUse is returned for a database that another process has open.
var ErrInUse = errors.New("database is in use by another process")
