package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/mattn/go-sqlite3"
)

// mapError tells what SQLite answered in the words of package dialect.
func mapError(c *conn, err error) error {
	var e sqlite3.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	if Full(err) {
		return fmt.Errorf("%w: %w: %w", dialect.ErrUnavailable, dialect.ErrFull, err)
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%w: %w", dialect.ErrUnavailable, err)
	case sqlite3.ErrReadonly:
		return fmt.Errorf("%w: %w", dialect.ErrReadOnly, err)
	case sqlite3.ErrInterrupt:
		return fmt.Errorf("%w: %w", context.Canceled, err)
	case sqlite3.ErrIoErr, sqlite3.ErrCantOpen:
		return fmt.Errorf("%w: %w", dialect.ErrUnavailable, err)
	case sqlite3.ErrConstraint:
		return constraint(c, e)
	case sqlite3.ErrError:
		if e.Error() == "integer overflow" { // what sum() says
			return fmt.Errorf("%w: %w", dialect.ErrTooLarge, err)
		}
	}
	return err
}

// Full reports whether an error of the driver, on whatever connection, says that
// no room is left. SQLite says "full" for a write, but "I/O error" or "unable to
// open" for its shared memory and for new files; the system's own word tells.
func Full(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == sqlite3.ErrFull || e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT
}

func constraint(c *conn, e sqlite3.Error) error {
	out := &dialect.ConstraintError{Kind: "check", Cause: e}
	_, what, _ := strings.Cut(e.Error(), "constraint failed: ")
	table, _, _ := strings.Cut(what, ".")
	switch e.ExtendedCode {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey:
		out.Kind, out.Table = "unique", table
		out.Name = uniqueIndex(c, table, what)
	case sqlite3.ErrConstraintNotNull:
		out.Kind, out.Table = "not null", table
		_, out.Name, _ = strings.Cut(what, ".")
	case sqlite3.ErrConstraintForeignKey:
		out.Kind = "foreign key"
	default:
		if strings.HasPrefix(e.Error(), "FOREIGN KEY") { // ON DELETE RESTRICT counts as a trigger
			out.Kind = "foreign key"
		}
	}
	return out
}

// uniqueIndex finds the index whose columns the message lists, as
// "table.a, table.b": SQLite does not name it.
func uniqueIndex(c *conn, table, columns string) string {
	if name, ok := strings.CutPrefix(columns, "index '"); ok {
		return strings.TrimSuffix(name, "'")
	}
	r, err := c.query(context.Background(), `SELECT l.name, group_concat(? || '.' || i.name, ', ' ORDER BY i.seqno)
		FROM pragma_index_list(?) l, pragma_index_info(l.name) i WHERE l."unique" GROUP BY l.name`, []any{table, table})
	if err != nil {
		return ""
	}
	defer r.Close()
	for r.Next() {
		if r.Text(1) == columns {
			return r.Text(0)
		}
	}
	return ""
}
