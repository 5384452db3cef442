package databases

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/server/databases/dump"
)

// Dump writes a database, as it is at one moment, into one portable file.
func (m *Manager) Dump(ctx context.Context, name string, w io.Writer, progress Progress) error {
	db, err := m.Open(ctx, name)
	if err != nil {
		return err
	}
	uuid, err := identity(ctx, db)
	if err != nil {
		return fmt.Errorf("dump database %q: %w", name, err)
	}
	about := dump.Header{Database: name, UUID: uuid, Program: m.opt.Version}
	if err := dump.Write(ctx, db, about, m.opt.Now(), w, dump.Progress(progress)); err != nil {
		return fmt.Errorf("dump database %q: %w", name, err)
	}
	return nil
}

func identity(ctx context.Context, db *orm.Database) (uuid string, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		uuid, err = base.Param(env, base.UUID, "")
		return err
	})
	return uuid, err
}

// Restore makes a database of a dump. A copy gets an identity of its own, and
// its bank connections are disconnected; otherwise it takes the place of the
// original, which must be gone from this host. When it fails, nothing stays.
func (m *Manager) Restore(ctx context.Context, name string, r io.Reader, copied bool, progress Progress) (*orm.Database, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if err := m.free(ctx, name); err != nil { // before a long file is read
		return nil, err
	}
	in, err := dump.Open(r)
	if err == nil {
		err = in.Check(m.opt.Registry)
	}
	if err != nil {
		return nil, err
	}
	if !copied {
		if err := m.alone(ctx, in.Header.UUID); err != nil {
			return nil, err
		}
	}
	return m.make(ctx, name, func(store dialect.Store) (*orm.Database, error) {
		db, err := m.fresh(ctx, name, store, progress)
		if err != nil {
			return nil, err
		}
		if err := in.Fill(ctx, db, dump.Progress(progress)); err != nil {
			return nil, err
		}
		if is, err := identity(ctx, db); err != nil || is == "" || is != in.Header.UUID {
			return nil, errors.Join(err, fault.Say(fault.User, "dump.damaged", fault.Args{"what": "it does not say whose data it is"}))
		}
		if err := m.upgradeRestored(ctx, db, progress); err != nil {
			return nil, err
		}
		return db, addon.Restored(ctx, db, m.opt.Addons, copied)
	})
}

// alone refuses an identity that a database of this host has: two that take
// themselves for the same one would spend each other's bank consents.
func (m *Manager) alone(ctx context.Context, uuid string) error {
	names, err := m.Names(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		db, err := m.Open(ctx, name)
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return err
		}
		if is, err := identity(ctx, db); err != nil || is == uuid {
			return errors.Join(err, fault.Say(fault.User, "dump.original_is_here", fault.Args{"database": name}))
		}
	}
	return nil
}

// Duplicate copies a database under another name.
func (m *Manager) Duplicate(ctx context.Context, name, copied string, progress Progress) (*orm.Database, error) {
	if exists, err := m.Exists(ctx, name); err != nil || !exists {
		return nil, errors.Join(err, fmt.Errorf("database %q: %w", name, ErrUnknown))
	}
	return m.CopyTo(ctx, name, m, copied, true, progress)
}

// CopyTo restores a database, as it is now, at another manager's place, which
// may keep its databases otherwise.
func (m *Manager) CopyTo(ctx context.Context, name string, to *Manager, as string, copied bool, progress Progress) (*orm.Database, error) {
	if err := errors.Join(CheckName(as), to.free(ctx, as)); err != nil {
		return nil, err
	}
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := m.Dump(ctx, name, w, nil)
		_ = w.CloseWithError(err) // io.EOF for the reader if nil; never fails
		done <- err
	}()
	db, err := to.Restore(ctx, as, r, copied, progress)
	_ = r.CloseWithError(err) // lets the writer go
	if written := <-done; written != nil && !errors.Is(written, io.ErrClosedPipe) && (err == nil || !errors.Is(written, err)) {
		err = errors.Join(written, err)
	}
	return db, err
}
