package databases

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/girosync/girosync/addon/orm"
)

// backupFile is where a database's backup lies: what it was before its last
// upgrade. On PostgreSQL, which has tools of its own, there is none.
func (p Place) backupFile(name string) string {
	return filepath.Join(p.Dir, "backups", name+".db")
}

// backup keeps a database as it is before an upgrade, and notes that the upgrade
// has begun. It takes the place of the backup before an earlier upgrade.
func (m *Manager) backup(ctx context.Context, db *orm.Database) error {
	making := m.opt.Place.workshop(m.opt.Now()).file
	if making != "" {
		defer os.Remove(making) // gone after the rename
		if err := db.Store().Backup(ctx, making); err != nil {
			return fmt.Errorf("before the upgrade: %w", err)
		}
	}
	return db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error {
		past, err := readHistory(env)
		if err != nil || past.begun { // another host was first, and may have changed it since
			return err
		}
		if making != "" {
			if err := replace(making, m.opt.Place.backupFile(db.Name())); err != nil {
				return fmt.Errorf("backup before the upgrade: %w", err)
			}
		}
		return note(env, upgradingParameter, m.opt.Now().UTC().Format("2006-01-02 15:04:05"))
	})
}

func replace(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// removeBackup deletes a database's backup, if there is one.
func (p Place) removeBackup(name string) error {
	if p.URL != "" {
		return nil
	}
	return unlessMissing(os.Remove(p.backupFile(name)))
}

// renameBackup lets a backup follow its database.
func (p Place) renameBackup(from, to string) error {
	if p.URL != "" {
		return nil
	}
	return unlessMissing(os.Rename(p.backupFile(from), p.backupFile(to)))
}

func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
