package databases

import (
	"context"
	"database/sql"
)

// Connection is where a connection lives that a provider's notifications name.
type Connection struct {
	Provider   string
	ExternalID string // the provider's id of it
	Database   string
	Link       int64 // account.online.link
}

// EnterConnections notes where connections live. Those that are noted stay.
func (s *System) EnterConnections(ctx context.Context, list ...Connection) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		for _, c := range list {
			_, err := tx.ExecContext(ctx, `INSERT INTO girosync_connection (provider, external_id, db, link) VALUES ($1, $2, $3, $4)
				ON CONFLICT DO NOTHING`, c.Provider, c.ExternalID, c.Database, c.Link)
			if err != nil {
				return storeError(err, "note connection %d of %s", c.Link, c.Database)
			}
		}
		return nil
	})
}

// LeaveConnection forgets a connection that is gone, or has another id.
func (s *System) LeaveConnection(ctx context.Context, c Connection) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM girosync_connection WHERE provider = $1 AND external_id = $2 AND db = $3 AND link = $4`,
		c.Provider, c.ExternalID, c.Database, c.Link)
	if err != nil {
		return storeError(err, "forget connection %d of %s", c.Link, c.Database)
	}
	return nil
}

// ConnectionsOf lists what is noted of a database.
func (s *System) ConnectionsOf(ctx context.Context, database string) ([]Connection, error) {
	return s.connections(ctx, `WHERE db = $1`, database)
}

// ConnectionsNamed lists the connections that a provider knows by an id: mostly
// one, none for an id that nobody has.
func (s *System) ConnectionsNamed(ctx context.Context, provider, externalID string) ([]Connection, error) {
	return s.connections(ctx, `WHERE provider = $1 AND external_id = $2 ORDER BY db, link`, provider, externalID)
}

// HasConnections reports whether any connection of a provider is noted.
func (s *System) HasConnections(ctx context.Context, provider string) (bool, error) {
	list, err := s.connections(ctx, `WHERE provider = $1 LIMIT 1`, provider)
	return len(list) > 0, err
}

func (s *System) connections(ctx context.Context, where string, args ...any) (list []Connection, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT provider, external_id, db, link FROM girosync_connection `+where, args...)
	if err != nil {
		return nil, storeError(err, "read connections")
	}
	defer rows.Close()
	for rows.Next() {
		var c Connection
		if err := rows.Scan(&c.Provider, &c.ExternalID, &c.Database, &c.Link); err != nil {
			return nil, storeError(err, "read connections")
		}
		list = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return nil, storeError(err, "read connections")
	}
	return list, nil
}
