package ormtest

import (
	"context"
	"strings"
	"sync"

	"github.com/girosync/girosync/addon/orm/dialect"
)

// Counter is a store that counts what is asked of it, so that a test can say
// what something costs without a clock.
type Counter struct {
	dialect.Store
	mu   sync.Mutex
	cost Cost
}

// Cost is what was asked of a store.
type Cost struct {
	Statements int // reading, changing and adding
	Read       int // rows
	Changed    int // rows, those added among them
	// By names the rows read and changed by the first table of their statement.
	By map[string]int
}

// Counting wraps a store.
func Counting(store dialect.Store) *Counter { return &Counter{Store: store} }

// Of returns what f costs. Nothing else may use the store meanwhile.
func (c *Counter) Of(f func()) Cost {
	c.mu.Lock()
	c.cost = Cost{By: map[string]int{}}
	c.mu.Unlock()
	f()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cost
}

// Begin starts a transaction that is counted.
func (c *Counter) Begin(ctx context.Context, mode dialect.Mode) (dialect.Tx, error) {
	tx, err := c.Store.Begin(ctx, mode)
	if err != nil {
		return nil, err
	}
	return countingTx{tx, c}, nil
}

func (c *Counter) note(sql string, statements, read, changed int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cost.Statements += statements
	c.cost.Read += read
	c.cost.Changed += changed
	if c.cost.By != nil && read+changed > 0 {
		c.cost.By[tableOf(sql)] += read + changed
	}
}

// tableOf is the first table that a statement names.
func tableOf(sql string) string {
	for _, before := range []string{"UPDATE ", "INTO ", "FROM "} {
		if _, after, ok := strings.Cut(sql, before); ok {
			name, _, _ := strings.Cut(strings.TrimLeft(after, `"`), `"`)
			return name
		}
	}
	return sql
}

type countingTx struct {
	dialect.Tx
	c *Counter
}

func (t countingTx) Query(ctx context.Context, sql string, args ...any) (dialect.Rows, error) {
	rows, err := t.Tx.Query(ctx, sql, args...)
	t.c.note(sql, 1, 0, 0)
	if err != nil {
		return nil, err
	}
	return countingRows{rows, sql, t.c}, nil
}

func (t countingTx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	n, err := t.Tx.Exec(ctx, sql, args...)
	t.c.note(sql, 1, 0, int(n))
	return n, err
}

func (t countingTx) Insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	t.c.note(`INTO "`+table+`"`, 1, 0, len(rows))
	return t.Tx.Insert(ctx, table, columns, rows)
}

type countingRows struct {
	dialect.Rows
	sql string
	c   *Counter
}

func (r countingRows) Next() bool {
	if !r.Rows.Next() {
		return false
	}
	r.c.note(r.sql, 0, 1, 0)
	return true
}
