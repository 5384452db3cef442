package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/mattn/go-sqlite3"
)

// conn is one connection with its prepared statements. One goroutine at a time
// uses it.
type conn struct {
	raw    *sqlite3.SQLiteConn
	stmts  map[string]*stmt
	most   int
	clock  uint64
	inside bool  // a transaction that a tx began has not been ended by it
	lost   error // why SQLite itself ended that transaction
}

// stmt is a prepared statement with room for its arguments and one row.
type stmt struct {
	raw  driver.Stmt
	args []driver.NamedValue
	dest []driver.Value
	busy bool
	kept bool
	used uint64
}

func dial(dsn string, pragmas []string, statements int) (*conn, error) {
	raw, err := (&sqlite3.SQLiteDriver{}).Open(dsn + "&_mutex=no")
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw.(*sqlite3.SQLiteConn), stmts: map[string]*stmt{}, most: statements}
	for _, pragma := range pragmas {
		if err := c.run(pragma); err != nil {
			c.raw.Close()
			return nil, fmt.Errorf("%s: %w", pragma, err)
		}
	}
	if err := c.raw.RegisterFunc(localFunc, local, true); err != nil {
		c.raw.Close()
		return nil, err
	}
	return c, nil
}

func (c *conn) close() error {
	for _, s := range c.stmts {
		s.raw.Close()
	}
	c.stmts = nil
	return c.raw.Close()
}

// failed tells what SQLite answered in the words of package dialect.
//
// SQLite ends a whole transaction after some errors: a full disk, a failed
// write, a deadline inside a statement that writes. Each later statement would
// then be a transaction of its own, so failed asks, and prepare refuses from
// then on. Every error of a statement has to come through here.
func (c *conn) failed(err error) error {
	if err == nil {
		return nil
	}
	ended := c.inside && c.lost == nil && c.raw.AutoCommit()
	err = mapError(c, err)
	if ended {
		c.lost = err
	}
	return err
}

// prepare finds a statement by its text or prepares it. One that is still
// being read is prepared a second time.
func (c *conn) prepare(sql string) (*stmt, error) {
	if c.lost != nil {
		return nil, fmt.Errorf("%w: %w", dialect.ErrRolledBack, c.lost)
	}
	c.clock++
	if s, ok := c.stmts[sql]; ok && !s.busy {
		s.used, s.busy = c.clock, true
		return s, nil
	}
	raw, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, c.failed(err)
	}
	n := raw.NumInput()
	s := &stmt{raw: raw, args: make([]driver.NamedValue, n), busy: true, used: c.clock}
	for i := range s.args {
		s.args[i].Ordinal = i + 1
	}
	if _, taken := c.stmts[sql]; !taken {
		c.makeRoom()
		c.stmts[sql], s.kept = s, true
	}
	return s, nil
}

// makeRoom closes the statement that was idle longest when too many are kept.
func (c *conn) makeRoom() {
	if len(c.stmts) < c.most {
		return
	}
	var oldest string
	var age uint64
	for sql, s := range c.stmts {
		if !s.busy && (oldest == "" || s.used < age) {
			oldest, age = sql, s.used
		}
	}
	if s, ok := c.stmts[oldest]; ok {
		s.raw.Close()
		delete(c.stmts, oldest)
	}
}

func (c *conn) release(s *stmt) {
	s.busy = false
	for i := range s.args {
		s.args[i].Value = nil
	}
	if !s.kept {
		s.raw.Close()
	}
}

// bind puts the arguments into the statement's own list.
func (s *stmt) bind(args []any) error {
	if len(args) != len(s.args) {
		return fmt.Errorf("statement has %d arguments, %d given", len(s.args), len(args))
	}
	for i, v := range args {
		switch x := v.(type) {
		case int:
			s.args[i].Value = int64(x)
		case bool:
			s.args[i].Value = int64(0)
			if x {
				s.args[i].Value = int64(1)
			}
		case nil, int64, float64, string, []byte:
			s.args[i].Value = v
		default:
			return fmt.Errorf("argument %d is a %T", i+1, v)
		}
	}
	return nil
}

// query begins a statement. Its errors, and those of all that stands on it, are
// in the words of package dialect.
func (c *conn) query(ctx context.Context, sql string, args []any) (*rows, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	if err := s.bind(args); err != nil {
		c.release(s)
		return nil, err
	}
	raw, err := s.raw.(driver.StmtQueryContext).QueryContext(ctx, s.args)
	if err != nil {
		c.release(s)
		return nil, c.failed(err)
	}
	if s.dest == nil {
		s.dest = make([]driver.Value, len(raw.Columns()))
	}
	return &rows{conn: c, stmt: s, raw: raw, row: s.dest}, nil
}

// exec runs a statement to its end and returns how many rows it changed.
//
// It goes through query: the driver then binds and steps in one crossing into
// C, stops when ctx ends without a goroutine, and resets the statement.
func (c *conn) exec(ctx context.Context, sql string, args []any) (int64, error) {
	if err := c.drain(ctx, sql, args); err != nil {
		return 0, err
	}
	r, err := c.query(context.Background(), "SELECT changes()", nil)
	if err != nil {
		return 0, err
	}
	r.Next()
	return r.Int(0), r.Close()
}

func (c *conn) drain(ctx context.Context, sql string, args []any) error {
	r, err := c.query(ctx, sql, args)
	if err != nil {
		return err
	}
	for r.Next() {
	}
	return errors.Join(r.Err(), r.Close())
}

// run executes a statement without arguments.
func (c *conn) run(sql string) error { return c.drain(context.Background(), sql, nil) }
