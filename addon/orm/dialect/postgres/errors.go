package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// diskFull is the server's code for want of room.
const diskFull = "53100"

// Full reports whether an error of the server, on whatever connection, says that
// no room is left.
func Full(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == diskFull
}

// mapError tells what the server answered in the words of package dialect.
// The codes are those of the PostgreSQL manual, appendix A.
func mapError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrTxCommitRollback) {
		return fmt.Errorf("%w: %w", dialect.ErrRolledBack, err)
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		var connect *pgconn.ConnectError
		switch {
		case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
			return err
		case errors.As(err, &connect) || pgconn.SafeToRetry(err) || pgconn.Timeout(err):
			return fmt.Errorf("%w: %w", dialect.ErrUnavailable, err)
		}
		return err
	}
	switch e.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return fmt.Errorf("%w: %w", dialect.ErrConflict, err)
	case diskFull:
		return fmt.Errorf("%w: %w: %w", dialect.ErrUnavailable, dialect.ErrFull, err)
	case "25P02": // after an error, until a savepoint is gone back to
		return fmt.Errorf("%w: %w", dialect.ErrRolledBack, err)
	case "25006":
		return fmt.Errorf("%w: %w", dialect.ErrReadOnly, err)
	case "25P03": // idle in a transaction for too long
		return fmt.Errorf("%w: %w", dialect.ErrUnavailable, err)
	case "57014": // cancelled by us
		return fmt.Errorf("%w: %w", context.Canceled, err)
	case "23505":
		return &dialect.ConstraintError{Kind: "unique", Name: e.ConstraintName, Table: e.TableName, Cause: err}
	case "23503":
		return &dialect.ConstraintError{Kind: "foreign key", Name: e.ConstraintName, Table: e.TableName, Cause: err}
	case "23502":
		return &dialect.ConstraintError{Kind: "not null", Name: e.ColumnName, Table: e.TableName, Cause: err}
	case "23514":
		return &dialect.ConstraintError{Kind: "check", Name: e.ConstraintName, Table: e.TableName, Cause: err}
	}
	for _, class := range []string{"08", "53", "57P"} { // connection, resources, shutdown
		if strings.HasPrefix(e.Code, class) {
			return fmt.Errorf("%w: %w", dialect.ErrUnavailable, err)
		}
	}
	return err
}
