package databases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

const (
	// longestCheck bounds the check of one file. It reads all of it, beside
	// whoever works with it.
	longestCheck = 10 * time.Minute
	// mostDamage is how many damaged places are named.
	mostDamage = 5
)

// Damage is what is wrong in a database's file, in SQLite's words.
type Damage []string

func (d Damage) Error() string {
	return "the file is damaged; restore the newest dump or backup that is sound: " + strings.Join(d, "; ")
}

// Check looks for damaged pages in the file of a database, which need not be
// open, and notes what it found in the system store. The error is a [Damage], or
// says why nothing could be found out. PostgreSQL looks after its own pages.
func (m *Manager) Check(ctx context.Context, name string) error {
	if m.opt.Place.URL != "" {
		return nil
	}
	exists, err := m.Exists(ctx, name)
	if err == nil && !exists {
		err = fmt.Errorf("database %q: %w", name, ErrUnknown)
	}
	if err != nil {
		return err
	}
	found := checkFile(ctx, m.opt.Place.home(name).file)
	var damage Damage
	if found != nil && !errors.As(found, &damage) {
		return fmt.Errorf("check database %q: %w", name, found)
	}
	_, err = m.opt.System.db.ExecContext(ctx, `UPDATE girosync_database SET damage = $1, checked_at = $2 WHERE name = $3`,
		strings.Join(damage, "\n"), m.opt.Now().Unix(), name)
	if err != nil {
		return storeError(err, "note the check of %s", name)
	}
	return found
}

// CheckSystem is Check for the system store, of which nothing is noted.
func (m *Manager) CheckSystem(ctx context.Context) error {
	if m.opt.Place.URL != "" {
		return nil
	}
	return checkFile(ctx, filepath.Join(m.opt.Place.Dir, systemFile))
}

// Damaged reports of each database whether its last check found damage.
func (s *System) Damaged(ctx context.Context) (map[string]bool, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT name, damage <> '' FROM girosync_database`)
	if err != nil {
		return nil, storeError(err, "damaged databases")
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var name string
		var damaged bool
		if err := rows.Scan(&name, &damaged); err != nil {
			return nil, storeError(err, "damaged databases")
		}
		found[name] = damaged
	}
	return found, rows.Err()
}

func checkFile(ctx context.Context, file string) error {
	ctx, cancel := context.WithTimeout(ctx, longestCheck)
	defer cancel()
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro&_busy_timeout=10000")
	if err != nil {
		return err
	}
	defer db.Close()
	damage, err := quickCheck(ctx, db)
	var refused sqlite3.Error
	if errors.As(err, &refused) && (refused.Code == sqlite3.ErrCorrupt || refused.Code == sqlite3.ErrNotADB) {
		damage, err = append(damage, refused.Error()), nil // too far gone to be checked
	}
	if err == nil && damage != nil {
		err = damage
	}
	return err
}

func quickCheck(ctx context.Context, db *sql.DB) (damage Damage, err error) {
	rows, err := db.QueryContext(ctx, "PRAGMA quick_check("+strconv.Itoa(mostDamage)+")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return damage, err
		}
		if text != "ok" {
			damage = append(damage, text)
		}
	}
	return damage, rows.Err()
}
