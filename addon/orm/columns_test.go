package orm_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
)

// What a hook completes is the same however the records are made.
func TestNewRecordsAreCompleted(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(...orm.Part) *orm.Database) {
		db := open(orm.Part{Name: "base", Models: []orm.Model{{
			Name: "thing", Fields: schema.Fields{schema.Char("name", "Name"), schema.Integer("size", "Size").DefaultTo(3),
				schema.Boolean("large", "Large"), schema.Char("shout", "Shout").DependsOn("name")},
			Bound: orm.Bound{
				Access: orm.Access{"base.group_user": orm.Change},
				Computes: []orm.Compute{{Fields: []string{"shout"}, Do: func(_ *orm.Env, b *orm.Batch) error {
					rows, err := b.Rows("name")
					if err != nil {
						return err
					}
					for i := range b.Len() {
						b.Set(i, "shout", rows.At(i).Str("name")+"!")
					}
					return nil
				}}},
				Hooks: orm.Hooks{CompleteNew: func(_ *orm.Env, fresh orm.Columns) error {
					for i := range fresh.Len() {
						if fresh.Value(i, "shout") != nil || fresh.Value(i, "nothing") != nil {
							t.Error("a computed field has a value before it is computed")
						}
						if size, _ := fresh.Value(i, "size").(int64); size < 5 {
							continue
						}
						if err := fresh.Set(i, "large", true); err != nil {
							return err
						}
					}
					for _, field := range []string{"id", "shout", "nothing"} {
						if err := fresh.Set(0, field, int64(1)); !fault.Is(err, fault.Internal) {
							t.Errorf("%s can be set: %v", field, err)
						}
					}
					return nil
				}},
			},
		}}})
		err := db.Within(t.Context(), ormtest.System(), orm.TxWrite, func(env *orm.Env) error {
			if _, err := env.Create("thing", orm.Values{"name": "a"}, orm.Values{"name": "b", "size": int64(7)}); err != nil {
				return err
			}
			_, err := env.BulkCreate("thing", []string{"name", "size"}, [][]any{{"c", int64(1)}, {"d", int64(9)}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		converse(t, db, []talk{
			{model: "thing", method: "create", args: `[{"name":"e","size":6,"large":false}]`, want: `5`},
			{model: "thing", method: "search_read", args: `[[["large","=",true]],["name","shout"]]`,
				want: `[{"id":2,"name":"b","shout":"b!"},{"id":4,"name":"d","shout":"d!"},{"id":5,"name":"e","shout":"e!"}]`},
		})
	})
}
