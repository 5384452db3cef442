package ormtest

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
)

// Watched is a store that remembers which statements run, so that a test can
// ask how the database finds their rows.
type Watched struct {
	dialect.Store
	mu   sync.Mutex
	seen map[string]Statement
	list []Statement
}

// Statement is one statement with the arguments of its first run.
type Statement struct {
	SQL  string
	Args []any
}

// Watch makes a store remember.
func Watch(store dialect.Store) *Watched { return &Watched{Store: store, seen: map[string]Statement{}} }

// Begin implements dialect.Store.
func (w *Watched) Begin(ctx context.Context, mode dialect.Mode) (dialect.Tx, error) {
	tx, err := w.Store.Begin(ctx, mode)
	if err != nil {
		return nil, err
	}
	return &watchedTx{Tx: tx, store: w}, nil
}

type watchedTx struct {
	dialect.Tx
	store *Watched
}

func (t *watchedTx) Query(ctx context.Context, sql string, args ...any) (dialect.Rows, error) {
	t.store.note(sql, args)
	return t.Tx.Query(ctx, sql, args...)
}

func (t *watchedTx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	t.store.note(sql, args)
	return t.Tx.Exec(ctx, sql, args...)
}

func (w *Watched) note(sql string, args []any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.seen[sql]; !known {
		s := Statement{SQL: sql, Args: append([]any(nil), args...)}
		w.seen[sql] = s
		w.list = append(w.list, s)
	}
}

// During returns the different statements about one of tables that run while f does.
func (w *Watched) During(f func(), tables ...string) []Statement {
	w.mu.Lock()
	w.seen, w.list = map[string]Statement{}, nil
	w.mu.Unlock()
	f()
	w.mu.Lock()
	defer w.mu.Unlock()
	var about []Statement
	for _, s := range w.list {
		for _, table := range tables {
			if explained.MatchString(s.SQL) && strings.Contains(s.SQL, `"`+table+`"`) {
				about = append(about, s)
				break
			}
		}
	}
	return about
}

var (
	explained = regexp.MustCompile(`^(SELECT|UPDATE|DELETE|WITH)\b`)
	named     = regexp.MustCompile(`"(\w+)" AS (t\d+)`)
)

// Plan is how the database runs a statement, one step a line, with the names
// of tables in place of their aliases. PostgreSQL is asked to avoid reading
// whole tables, and in other ways ("sort", "bitmapscan", …), so that it does so
// only where no index serves; on its own it would for tables as small as a test's.
func (w *Watched) Plan(t testing.TB, s Statement, avoid ...string) string {
	t.Helper()
	ctx := t.Context()
	tx, err := w.Store.Begin(ctx, dialect.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	explain, column := "EXPLAIN QUERY PLAN ", 3
	if w.Dialect().Name() != "sqlite" {
		explain, column = "EXPLAIN (COSTS OFF) ", 0
		for _, way := range append(avoid, "seqscan") {
			if _, err := tx.Exec(ctx, "SET LOCAL enable_"+way+" = off"); err != nil {
				t.Fatal(err)
			}
		}
	}
	rows, err := tx.Query(ctx, explain+s.SQL, s.Args...)
	if err != nil {
		t.Fatalf("%s: %v", s.SQL, err)
	}
	var steps []string
	for rows.Next() {
		steps = append(steps, rows.Text(column))
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatalf("%s: %v", s.SQL, err)
	}
	text := strings.Join(steps, "\n")
	for _, name := range named.FindAllStringSubmatch(s.SQL, -1) {
		text = regexp.MustCompile(`\b`+name[2]+`\b`).ReplaceAllString(text, name[1])
	}
	return text
}
