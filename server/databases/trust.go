package databases

import (
	"context"
	"fmt"
	"time"
)

// TrustPlugin records that a plugin binary with this checksum (SHA-256, hex) may run.
func (s *System) TrustPlugin(ctx context.Context, name, checksum string, now time.Time) error {
	_, err := s.db.ExecContext(ctx,
		`INSERT INTO girosync_plugin_trust (name, checksum, trusted_at) VALUES ($1, $2, $3)
		 ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, trusted_at = excluded.trusted_at`,
		name, checksum, now.Unix())
	if err != nil {
		return fmt.Errorf("trust plugin %s: %w", name, err)
	}
	return nil
}

// TrustedPlugins returns the recorded checksums by plugin name.
func (s *System) TrustedPlugins(ctx context.Context) (map[string]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT name, checksum FROM girosync_plugin_trust`)
	if err != nil {
		return nil, fmt.Errorf("trusted plugins: %w", err)
	}
	defer rows.Close()
	trusted := map[string]string{}
	for rows.Next() {
		var name, sum string
		if err := rows.Scan(&name, &sum); err != nil {
			return nil, fmt.Errorf("trusted plugins: %w", err)
		}
		trusted[name] = sum
	}
	return trusted, rows.Err()
}
