package orm

import (
	"context"
	"strings"

	"github.com/girosync/girosync/addon/orm/dialect"
)

// makeTables stands in until package migrate is there.
func makeTables(ctx context.Context, store dialect.Store, r *Registry) error {
	tx, err := store.Begin(ctx, dialect.ReadWrite)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	d := store.Dialect()
	for _, name := range r.names {
		e := r.entities[name]
		cols := []string{d.Quote("id") + " " + d.IDColumn()}
		for _, f := range e.columns[1:] {
			cols = append(cols, d.Quote(f.Name)+" "+d.ColumnDDL(f))
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS "+d.Quote(e.Table)+" ("+strings.Join(cols, ", ")+")"); err != nil {
			return err
		}
		for _, x := range e.Indexes {
			u := ""
			if x.Unique {
				u = "UNIQUE "
			}
			var cs []string
			for _, c := range x.Columns {
				cs = append(cs, d.Quote(c))
			}
			if _, err := tx.Exec(ctx, "CREATE "+u+"INDEX IF NOT EXISTS "+d.Quote(e.Table+"_"+x.Name)+" ON "+d.Quote(e.Table)+" ("+strings.Join(cs, ", ")+")"); err != nil {
				return err
			}
		}
		for _, f := range e.Fields {
			if f.RelTable != "" {
				if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS "+d.Quote(f.RelTable)+" ("+d.Quote(f.RelColumn)+" bigint, "+d.Quote(f.RelOther)+" bigint)"); err != nil {
					return err
				}
			}
		}
	}
	return tx.Commit()
}
