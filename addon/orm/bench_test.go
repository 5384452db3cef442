package orm_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

var bulkColumns = []string{"name", "date", "book_id", "amount", "partner_id", "sequence", "account_number", "ref", "reconciled", "kind"}

// bulkRows are n lines of one book: ten given columns, one computed, stamps.
func bulkRows(n int) [][]any {
	rows := make([][]any, n)
	day := schema.Date("2024-01-01")
	for i := range rows {
		rows[i] = []any{
			fmt.Sprintf("Payment %d to somebody", i), day.AddDays(i % 700), int64(1), decimal.MustNew(int64(i*37%100000-50000), 2),
			int64(i%500 + 1), int64(10), "BE71096123456769", fmt.Sprintf("R%07d", i), i%3 == 0, "sepa",
		}
	}
	return rows
}

// library opens a database with one book of n lines and 500 partners.
func library(b *testing.B, kind ormtest.Kind, n int) *orm.Database {
	b.Helper()
	db := ormtest.New(b, ormtest.On(kind), world())
	fixture(b, db)
	system(b, db, func(env *orm.Env) error {
		if _, err := env.Create("book", orm.Values{"name": "Main", "currency_id": int64(1)}); err != nil {
			return err
		}
		partners := make([][]any, 500)
		for i := range partners {
			partners[i] = []any{fmt.Sprintf("Partner %d", i)}
		}
		if _, err := env.BulkCreate("res.partner", []string{"name"}, partners); err != nil {
			return err
		}
		_, err := env.BulkCreate("line", bulkColumns, bulkRows(n))
		return err
	})
	return db
}

func BenchmarkSearchRead(b *testing.B) {
	for _, kind := range ormtest.Kinds() {
		b.Run(string(kind), func(b *testing.B) {
			db := library(b, kind, 100_000)
			args := []any{[]any{[]any{"book_id", "=", 1.0}},
				[]any{"name", "date", "amount", "partner_id", "account_number", "ref", "reconciled", "sequence"}}
			kwargs := map[string]any{"limit": 80.0, "order": "id desc"}
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				result, err := db.Call(context.Background(), ormtest.As(ormtest.Clerk), "line", "search_read", args, kwargs)
				if err != nil {
					b.Fatal(err)
				}
				rows := result.(*orm.Rows)
				if rows.Len() != 80 || len(jsonOf(b, rows)) < 8000 {
					b.Fatal("not the rows asked for")
				}
			}
		})
	}
}

func BenchmarkBulkCreate(b *testing.B) {
	for _, kind := range ormtest.Kinds() {
		b.Run(string(kind), func(b *testing.B) {
			db := library(b, kind, 1)
			const n = 10_000
			rows := bulkRows(n)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				system(b, db, func(env *orm.Env) error {
					_, err := env.BulkCreate("line", bulkColumns, rows)
					return err
				})
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, kind := range ormtest.Kinds() {
		b.Run(string(kind), func(b *testing.B) {
			db := library(b, kind, 10_000)
			i := 0
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				i++
				args := []any{[]any{float64(i%10_000 + 1)}, map[string]any{"ref": fmt.Sprint("W", i)}}
				if _, err := db.Call(context.Background(), ormtest.As(ormtest.Clerk), "line", "write", args, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func jsonOf(b *testing.B, rows *orm.Rows) []byte {
	b.Helper()
	text, err := rows.AppendJSON(nil, 0)
	if err != nil {
		b.Fatal(err)
	}
	return text
}
