package orm

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// transaction is what all environments of one transaction share.
type transaction struct {
	db       *Database
	tx       dialect.Tx
	ctx      context.Context
	readonly bool
	client   bool // it is a call's, not the host's own
	over     bool
	now      time.Time // the stamp of everything changed in it

	after   []func()
	last    []lastWord
	asked   map[any]bool
	scratch map[any]any

	stale []*stale

	records, bytes int // of the answer, as far as it was produced
}

// lastWord runs when everything else is done.
type lastWord struct {
	env *Env
	f   func(env *Env) error
	key any
}

// mostLastWords bounds a chain of last words that never ends.
const mostLastWords = 10_000

// finish computes what is stale and runs the last words, until both are empty.
func (t *transaction) finish() error {
	for ran := 0; ; ran++ {
		if err := t.flushAll(); err != nil {
			return err
		}
		if len(t.last) == 0 {
			return nil
		}
		if ran > mostLastWords {
			return fault.New(fault.Internal, "the end of the transaction keeps asking for more")
		}
		word := t.last[0]
		t.last = t.last[1:]
		delete(t.asked, word.key)
		if err := word.f(word.env); err != nil {
			return err
		}
	}
}

// mark is what a failed savepoint goes back to.
type mark struct{ after, last int }

func (t *transaction) mark() mark { return mark{len(t.after), len(t.last)} }

func (t *transaction) backTo(m mark) {
	t.after = t.after[:m.after]
	for _, word := range t.last[m.last:] {
		delete(t.asked, word.key)
	}
	t.last = t.last[:m.last]
	t.stale = nil
}

// query runs sql and calls each for every row, with the values scanned.
func (t *transaction) query(sql string, args []any, width int, each func(row []any) error) error {
	rows, err := t.tx.Query(t.ctx, sql, args...)
	if err != nil {
		return fault.Wrap(err, "query", sql)
	}
	defer rows.Close()
	values, dest := make([]any, width), make([]any, width)
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fault.Wrap(err, "scan", sql)
		}
		if err := each(values); err != nil {
			return err
		}
	}
	return fault.Wrap(rows.Err(), "query", sql)
}
