package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

type rows struct {
	conn *conn
	stmt *stmt
	raw  driver.Rows
	row  []driver.Value
	err  error
	done bool
}

func (r *rows) Next() bool {
	if r.done || r.err != nil {
		return false
	}
	err := r.raw.Next(r.row)
	if err == nil {
		return true
	}
	if !errors.Is(err, io.EOF) {
		r.err = r.conn.failed(err)
	}
	r.finish()
	return false
}

func (r *rows) finish() error {
	if r.done {
		return nil
	}
	r.done = true
	err := r.conn.failed(r.raw.Close())
	r.conn.release(r.stmt)
	return err
}

func (r *rows) Close() error {
	if err := r.finish(); r.err == nil {
		return err
	}
	return nil
}

func (r *rows) Err() error { return r.err }

// mismatch notes a column of another kind than asked for.
func (r *rows) mismatch(i int, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("column %d holds a %T, not %s", i, r.row[i], want)
	}
}

func (r *rows) Null(i int) bool { return r.row[i] == nil }

func (r *rows) Int(i int) int64 {
	switch n := r.row[i].(type) {
	case int64:
		return n
	case nil:
		return 0
	}
	r.mismatch(i, "an integer")
	return 0
}

func (r *rows) Float(i int) float64 {
	switch n := r.row[i].(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	case nil:
		return 0
	}
	r.mismatch(i, "a number")
	return 0
}

func (r *rows) Bool(i int) bool { return r.Int(i) != 0 }

func (r *rows) Text(i int) string {
	switch s := r.row[i].(type) {
	case string:
		return s
	case []byte:
		return string(s)
	case nil:
		return ""
	}
	r.mismatch(i, "text")
	return ""
}

func (r *rows) Decimal(i int) decimal.Decimal { return dialect.FromMoney(r.Int(i)) }
func (r *rows) Date(i int) schema.Date        { return schema.Date(r.Text(i)) }

func (r *rows) Time(i int) time.Time {
	s := r.Text(i)
	if s == "" {
		return time.Time{}
	}
	t, err := parseTime(s)
	if err != nil && r.err == nil {
		r.err = err
	}
	return t
}

func (r *rows) Scan(dest ...any) error {
	if len(dest) != len(r.row) {
		return fmt.Errorf("scan: %d columns into %d places", len(r.row), len(dest))
	}
	for i := range dest {
		switch d := dest[i].(type) {
		case *any:
			*d = r.row[i]
		case *int64:
			*d = r.Int(i)
		case *int:
			*d = int(r.Int(i))
		case *float64:
			*d = r.Float(i)
		case *bool:
			*d = r.Bool(i)
		case *string:
			*d = r.Text(i)
		case *[]byte:
			*d = []byte(r.Text(i))
		default:
			return fmt.Errorf("scan: column %d into a %T", i, dest[i])
		}
	}
	return r.err
}
