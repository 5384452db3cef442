package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// What Open, Create and Drop may answer.
var (
	ErrNoSchema   = errors.New("the schema does not exist")
	ErrHaveSchema = errors.New("the schema exists already")
)

// Create makes an empty schema.
func Create(ctx context.Context, url, schema string) error {
	if schema == "" || len(schema) > 63 || strings.HasPrefix(schema, "pg_") || strings.ContainsRune(schema, 0) {
		return fmt.Errorf("create schema %q: the name is empty, longer than 63 bytes or begins with pg_", schema)
	}
	return administer(ctx, url, func(conn *pgx.Conn) error {
		exists, err := hasSchema(ctx, conn, schema)
		if err == nil && exists {
			err = ErrHaveSchema
		}
		if err == nil {
			_, err = conn.Exec(ctx, "CREATE SCHEMA "+Dialect{}.Quote(schema))
		}
		if err != nil {
			return fmt.Errorf("create schema %s: %w", schema, mapError(err))
		}
		return nil
	})
}

// Drop removes a schema with everything in it.
func Drop(ctx context.Context, url, schema string) error {
	return administer(ctx, url, func(conn *pgx.Conn) error {
		exists, err := hasSchema(ctx, conn, schema)
		if err == nil && !exists {
			err = ErrNoSchema
		}
		if err == nil {
			_, err = conn.Exec(ctx, "DROP SCHEMA "+Dialect{}.Quote(schema)+" CASCADE")
		}
		if err != nil {
			return fmt.Errorf("drop schema %s: %w", schema, mapError(err))
		}
		return nil
	})
}

// List names the server's schemas that begin with prefix, without its own, sorted.
func List(ctx context.Context, url, prefix string) ([]string, error) {
	var names []string
	err := administer(ctx, url, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT nspname FROM pg_namespace
			WHERE starts_with(nspname, $1) AND NOT starts_with(nspname, 'pg_') AND nspname <> 'information_schema'
			ORDER BY nspname COLLATE "C"`, prefix)
		if err == nil {
			names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil {
			return fmt.Errorf("list schemas: %w", mapError(err))
		}
		return nil
	})
	return names, err
}

func hasSchema(ctx context.Context, conn *pgx.Conn, schema string) (exists bool, err error) {
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)", schema).Scan(&exists)
	return exists, err
}

func administer(ctx context.Context, url string, f func(conn *pgx.Conn) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return errors.New("database url: it is not a PostgreSQL url")
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to the database server: %w", mapError(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return f(conn)
}
