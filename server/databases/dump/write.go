package dump

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// Progress reports long work: done of a total, and what is being done.
type Progress func(done, of int, what string)

// end is the last line of a dump.
type end struct {
	End    bool   `json:"end"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of all lines before, with their newlines
}

// tableStart comes before the rows of a table.
type tableStart struct {
	Table string `json:"table"`
}

// Write writes all rows of a database, as they are at one moment, while others
// go on using it. about gives the header's first members; the rest is filled in.
func Write(ctx context.Context, db *orm.Database, about Header, now time.Time, w io.Writer, progress Progress) error {
	tx, err := db.Store().Begin(ctx, dialect.ReadOnly)
	if err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	defer tx.Rollback()
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	d := &writing{ctx: ctx, tx: tx, dialect: db.Store().Dialect(), sum: sha256.New(), progress: progress}
	d.out = bufio.NewWriterSize(io.MultiWriter(packed, d.sum), 1<<16)
	about.Format, about.Made = formatVersion, now.UTC().Format(time.RFC3339)
	if err := d.all(about, tables(db.Registry())); err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	if err := d.end(packed); err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	return nil
}

// writing is one dump under way.
type writing struct {
	ctx      context.Context
	tx       dialect.Tx
	dialect  dialect.Dialect
	out      *bufio.Writer
	sum      hash.Hash
	rows     int64
	of       int64
	progress Progress
	buffer   []byte
}

func (d *writing) all(about Header, all []table) error {
	for _, t := range all {
		rows, err := d.count(t)
		if err != nil {
			return err
		}
		last := int64(0)
		if t.model {
			if last, err = d.tx.LastID(d.ctx, t.name); err != nil {
				return err
			}
		}
		d.of += rows
		about.Tables = append(about.Tables, t.about(rows, last))
	}
	if err := d.line(about); err != nil {
		return err
	}
	for i, t := range all {
		if err := d.table(t, about.Tables[i].Rows); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

func (d *writing) line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = d.out.Write(append(text, '\n'))
	return err
}

func (d *writing) count(t table) (n int64, err error) {
	rows, err := d.tx.Query(d.ctx, "SELECT count(*) FROM "+d.dialect.Quote(t.name))
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		n = rows.Int(0)
	}
	return n, errors.Join(rows.Err(), rows.Close())
}

// tellEvery is after how many rows progress is told.
const tellEvery = 5000

func (d *writing) table(t table, want int64) error {
	if err := d.line(tableStart{t.name}); err != nil {
		return err
	}
	rows, err := d.tx.Query(d.ctx, d.selectSQL(t))
	if err != nil {
		return err
	}
	defer rows.Close()
	n := int64(0)
	for ; rows.Next(); n++ {
		if n%tellEvery == 0 && d.progress != nil {
			d.progress(int(d.rows+n), int(d.of), "rows")
		}
		d.buffer = append(d.buffer[:0], '[')
		for i, f := range t.fields {
			if i > 0 {
				d.buffer = append(d.buffer, ',')
			}
			d.buffer = appendValue(d.buffer, rows, i, f)
		}
		if _, err := d.out.Write(append(d.buffer, ']', '\n')); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("%d rows were read of %d", n, want)
	}
	d.rows += n
	return nil
}

func (d *writing) selectSQL(t table) string {
	names := make([]string, len(t.fields))
	for i, f := range t.fields {
		names[i] = d.dialect.Quote(f.Name)
	}
	order := names[:1]
	if !t.model {
		order = names
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM " + d.dialect.Quote(t.name) + " ORDER BY " + strings.Join(order, ", ")
}

func (d *writing) end(packed *gzip.Writer) error {
	if err := d.out.Flush(); err != nil {
		return err
	}
	last, err := json.Marshal(end{true, d.rows, hex.EncodeToString(d.sum.Sum(nil))})
	if err == nil {
		_, err = packed.Write(append(last, '\n'))
	}
	if err = errors.Join(err, packed.Close()); err == nil && d.progress != nil {
		d.progress(int(d.of), int(d.of), "rows")
	}
	return err
}
