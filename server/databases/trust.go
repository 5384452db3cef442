package databases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// TrustPlugin records that a plugin binary with this checksum (SHA-256, hex) may run.
func (s *System) TrustPlugin(ctx context.Context, name, checksum string, now time.Time) error {
	_, err := s.db.ExecContext(ctx,
		`INSERT INTO girosync_plugin_trust (name, checksum, trusted_at) VALUES ($1, $2, $3)
		 ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, trusted_at = excluded.trusted_at`,
		name, checksum, now.Unix())
	if err != nil {
		return storeError(err, "trust plugin %s", name)
	}
	return nil
}

// TrustedPlugins returns the recorded checksums by plugin name.
func (s *System) TrustedPlugins(ctx context.Context) (map[string]string, error) {
	return trustedPlugins(ctx, s.db, "girosync_plugin_trust")
}

// TrustedAt returns the checksums recorded at a place, by plugin name, without
// making or upgrading anything there: none when there is no system store.
func TrustedAt(ctx context.Context, place Place) (map[string]string, error) {
	if place.URL != "" {
		config, err := pgx.ParseConfig(place.URL)
		if err != nil {
			return nil, fmt.Errorf("database-url: %w", err)
		}
		db := stdlib.OpenDB(*config)
		defer db.Close()
		trusted, err := trustedPlugins(ctx, db, SystemSchema+".girosync_plugin_trust")
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "42P01" { // undefined_table
			return nil, nil
		}
		return trusted, err
	}
	file := filepath.Join(place.Dir, systemFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro&_busy_timeout=10000")
	if err != nil {
		return nil, fmt.Errorf("open system store: %w", err)
	}
	defer db.Close()
	return trustedPlugins(ctx, db, "girosync_plugin_trust")
}

func trustedPlugins(ctx context.Context, db *sql.DB, table string) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT name, checksum FROM `+table)
	if err != nil {
		return nil, storeError(err, "trusted plugins")
	}
	defer rows.Close()
	trusted := map[string]string{}
	for rows.Next() {
		var name, sum string
		if err := rows.Scan(&name, &sum); err != nil {
			return nil, storeError(err, "trusted plugins")
		}
		trusted[name] = sum
	}
	return trusted, rows.Err()
}
