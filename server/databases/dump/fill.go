package dump

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Check refuses a dump of which the registry lacks a table or column, before
// any work is done for it.
func (d *Reader) Check(registry *orm.Registry) error {
	_, err := d.plan(registry)
	return err
}

// Fill puts the rows of a dump into a database that has its tables and no row,
// in one transaction: all of them or none. A table or column that the dump
// lacks stays empty, as after an upgrade; one that this program does not know
// is refused, and so is anything that is not as it was written.
func (d *Reader) Fill(ctx context.Context, db *orm.Database, progress Progress) error {
	plan, err := d.plan(db.Registry())
	if err != nil {
		return err
	}
	tx, err := db.Store().Begin(ctx, dialect.ReadWrite)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer tx.Rollback()
	f := &filling{Reader: d, ctx: ctx, tx: tx, dialect: db.Store().Dialect(), progress: progress}
	for _, t := range d.Header.Tables {
		f.of += t.Rows
	}
	if err := tx.Unordered(ctx, func() error { return f.all(plan) }); err != nil {
		return inFile(err)
	}
	if err := tx.Commit(); err != nil {
		return inFile(fmt.Errorf("restore: %w", err))
	}
	return nil
}

// inFile tells rows that the database refuses from trouble of the host: they
// cannot have come from a database.
func inFile(err error) error {
	var constraint *dialect.ConstraintError
	if errors.As(err, &constraint) {
		return fault.Say(fault.User, "dump.damaged",
			fault.Args{"what": "rows break a rule of the tables (" + constraint.Kind + ")"}).Because(err)
	}
	return err
}

// target is a table of the dump and the fields that its columns are.
type target struct {
	Table
	fields []*schema.Field
	names  []string
}

// plan finds the dump's tables among the registry's.
func (d *Reader) plan(registry *orm.Registry) ([]target, error) {
	known := map[string]table{}
	for _, t := range tables(registry) {
		known[t.name] = t
	}
	var plan []target
	seen := map[string]bool{}
	for _, t := range d.Header.Tables {
		own, ok := known[t.Name]
		if !ok {
			return nil, newer("table " + t.Name)
		}
		if seen[t.Name] || t.Rows < 0 || t.LastID < 0 {
			return nil, damaged("the header is wrong about table %s", t.Name)
		}
		seen[t.Name] = true
		to := target{Table: t}
		for _, c := range t.Columns {
			at := slices.IndexFunc(own.fields, func(f *schema.Field) bool { return f.Name == c.Name })
			if at < 0 || string(own.fields[at].Type) != c.Type {
				return nil, newer(fmt.Sprintf("column %s.%s, %s", t.Name, c.Name, c.Type))
			}
			if slices.Contains(to.names, c.Name) {
				return nil, damaged("the header is wrong about table %s", t.Name)
			}
			to.fields, to.names = append(to.fields, own.fields[at]), append(to.names, c.Name)
		}
		if len(to.names) == 0 || to.names[0] != own.fields[0].Name {
			return nil, damaged("the header is wrong about table %s", t.Name)
		}
		plan = append(plan, to)
	}
	return plan, nil
}

// filling is one restore under way.
type filling struct {
	*Reader
	ctx      context.Context
	tx       dialect.Tx
	dialect  dialect.Dialect
	done, of int64
	progress Progress
}

// batchRows is how many rows are inserted at a time.
const batchRows = 1000

func (f *filling) all(plan []target) error {
	f.counted() // the header
	for _, t := range plan {
		if err := f.table(t); err != nil {
			return err
		}
	}
	if err := f.next(longestLine); err != nil {
		return damaged("%w", err)
	}
	if err := f.finish(f.done); err != nil {
		return damaged("%w", err)
	}
	if f.progress != nil {
		f.progress(int(f.of), int(f.of), "rows")
	}
	return nil
}

func (f *filling) table(t target) error {
	var start tableStart
	if err := f.next(longestLine); err != nil {
		return damaged("%w", err)
	}
	if err := json.Unmarshal(f.line, &start); err != nil || start.Table != t.Name {
		return damaged("the rows of table %s are not where they should be", t.Name)
	}
	f.counted()
	var rows [][]any
	for n := int64(0); n < t.Rows; n++ {
		row, err := f.row(t)
		if err != nil {
			return damaged("table %s, row %d: %w", t.Name, n+1, err)
		}
		if rows = append(rows, row); len(rows) == batchRows {
			if err := f.insert(t, rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	if err := f.insert(t, rows); err != nil {
		return err
	}
	if t.LastID == 0 || t.names[0] != "id" {
		return nil
	}
	return f.tx.SkipIDs(f.ctx, t.Name, t.LastID)
}

// row reads a line as the arguments of an insert.
func (f *filling) row(t target) ([]any, error) {
	if err := f.next(longestLine); err != nil {
		return nil, err
	}
	f.counted()
	var values []any
	decoder := json.NewDecoder(bytes.NewReader(f.line))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return nil, errors.New("it is no row")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it is no row")
	}
	if len(values) != len(t.fields) {
		return nil, fmt.Errorf("%d values for %d columns", len(values), len(t.fields))
	}
	row := make([]any, len(values))
	for i, v := range values {
		native, err := fromJSON(t.fields[i], v)
		if err == nil {
			row[i], err = f.dialect.Arg(t.fields[i], native)
		}
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", t.names[i], err)
		}
	}
	return row, nil
}

func (f *filling) insert(t target, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if err := f.tx.Insert(f.ctx, t.Name, t.names, rows); err != nil {
		return fault.Wrap(err, "restore table", t.Name)
	}
	f.done += int64(len(rows))
	if f.progress != nil {
		f.progress(int(f.done), int(f.of), "rows")
	}
	return nil
}
