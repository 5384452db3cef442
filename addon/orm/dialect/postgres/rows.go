package postgres

import (
	"fmt"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// rows reads the binary form of columns straight from the connection's buffer.
type rows struct {
	raw    pgx.Rows
	row    [][]byte
	fields []fieldInfo
	err    error
}

type fieldInfo struct {
	oid    uint32
	binary bool
}

func newRows(raw pgx.Rows) *rows {
	r := &rows{raw: raw}
	for _, f := range raw.FieldDescriptions() {
		r.fields = append(r.fields, fieldInfo{f.DataTypeOID, f.Format == pgtype.BinaryFormatCode})
	}
	return r
}

func (r *rows) Next() bool {
	if r.err != nil || !r.raw.Next() {
		return false
	}
	r.row = r.raw.RawValues()
	return true
}

func (r *rows) Err() error {
	if r.err != nil {
		return r.err
	}
	return mapError(r.raw.Err())
}

func (r *rows) Close() error {
	r.raw.Close()
	return nil
}

func (r *rows) note(i int, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("column %d: %w", i, err)
	}
}

// is notes a column of another kind than asked for.
func (r *rows) is(i int, want string, oids ...uint32) bool {
	f := r.fields[i]
	for _, oid := range oids {
		if f.oid == oid && f.binary {
			return true
		}
	}
	r.note(i, fmt.Errorf("type %d is not %s", f.oid, want))
	return false
}

func (r *rows) Null(i int) bool { return r.row[i] == nil }

func (r *rows) Int(i int) int64 {
	raw := r.row[i]
	if raw == nil || !r.is(i, "an integer", pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID) {
		return 0
	}
	n, err := decodeInt(raw)
	r.note(i, err)
	return n
}

func (r *rows) Float(i int) float64 {
	raw := r.row[i]
	switch {
	case raw == nil:
		return 0
	case r.fields[i].oid == pgtype.Int8OID:
		return float64(r.Int(i))
	case !r.is(i, "a float", pgtype.Float8OID, pgtype.Float4OID):
		return 0
	}
	f, err := decodeFloat(raw)
	r.note(i, err)
	return f
}

func (r *rows) Bool(i int) bool {
	raw := r.row[i]
	return raw != nil && r.is(i, "a boolean", pgtype.BoolOID) && len(raw) == 1 && raw[0] == 1
}

func (r *rows) Text(i int) string {
	raw := r.row[i]
	if raw == nil || !isText(r.fields[i].oid) && !r.is(i, "text", pgtype.ByteaOID) {
		return ""
	}
	return string(raw)
}

func isText(oid uint32) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.NameOID, pgtype.JSONOID, pgtype.BPCharOID:
		return true
	}
	return false
}

func (r *rows) Decimal(i int) decimal.Decimal {
	raw := r.row[i]
	if raw == nil || !r.is(i, "numeric", pgtype.NumericOID) {
		return decimal.Decimal{}
	}
	n, err := decodeMoney(raw)
	r.note(i, err)
	return dialect.FromMoney(n)
}

func (r *rows) Date(i int) schema.Date {
	raw := r.row[i]
	if raw == nil || !r.is(i, "a date", pgtype.DateOID) {
		return ""
	}
	t, err := decodeDate(raw)
	r.note(i, err)
	return schema.DateOf(t)
}

func (r *rows) Time(i int) time.Time {
	raw := r.row[i]
	if raw == nil || !r.is(i, "a timestamp", pgtype.TimestampOID) {
		return time.Time{}
	}
	t, err := decodeTimestamp(raw)
	r.note(i, err)
	return t
}

// value is a column in the form that Dialect.Value takes.
func (r *rows) value(i int) any {
	if r.row[i] == nil {
		return nil
	}
	switch oid := r.fields[i].oid; oid {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		return r.Int(i)
	case pgtype.Float8OID, pgtype.Float4OID:
		return r.Float(i)
	case pgtype.BoolOID:
		return r.Bool(i)
	case pgtype.NumericOID:
		return r.Decimal(i)
	case pgtype.DateOID:
		return r.Date(i)
	case pgtype.TimestampOID:
		return r.Time(i)
	case pgtype.ByteaOID:
		return []byte(r.Text(i))
	}
	return r.Text(i)
}

func (r *rows) Scan(dest ...any) error {
	if len(dest) != len(r.row) {
		return fmt.Errorf("scan: %d columns into %d places", len(r.row), len(dest))
	}
	for i := range dest {
		switch d := dest[i].(type) {
		case *any:
			*d = r.value(i)
		case *int64:
			*d = r.Int(i)
		case *int:
			*d = int(r.Int(i))
		case *float64:
			*d = r.Float(i)
		case *bool:
			*d = r.Bool(i)
		case *string:
			*d = strings.Clone(r.Text(i))
		case *[]byte:
			*d = []byte(r.Text(i))
		default:
			return fmt.Errorf("scan: column %d into a %T", i, dest[i])
		}
	}
	return r.err
}
