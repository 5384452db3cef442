package account_test

import (
	"errors"
	"testing"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Lines of one statement must be of one journal, whichever of them comes first
// and whether it is made or changed; a foreign amount needs its currency.
func TestLinesAgreeWithTheirStatement(t *testing.T) {
	const lines, journals = "account.bank.statement.line", "account.journal"
	db := open(t)
	type world struct{ a, b, statement, first, second int64 }
	values := func(journal, statement int64, day string) orm.Values {
		v := orm.Values{"journal_id": journal, "date": day, "payment_ref": "x", "amount": int64(1)}
		if statement != 0 {
			v["statement_id"] = statement
		}
		return v
	}
	columns := []string{"journal_id", "statement_id", "date", "amount"}
	tests := map[string]struct {
		do   func(env *orm.Env, w world) error
		want fault.Kind
	}{
		"a later line of another journal": {func(env *orm.Env, w world) error {
			_, err := env.Create(lines, values(w.b, w.statement, "2025-03-09"))
			return err
		}, fault.Value},
		"an earlier line of another journal": {func(env *orm.Env, w world) error {
			_, err := env.Create(lines, values(w.b, w.statement, "2025-01-01"))
			return err
		}, fault.Value},
		"lines around it of another journal": {func(env *orm.Env, w world) error {
			_, err := env.BulkCreate(lines, columns, [][]any{{w.b, w.statement, schema.Date("2025-01-01"), decimal.One},
				{w.b, w.statement, schema.Date("2025-12-31"), decimal.One}})
			return err
		}, fault.Value},
		"one good, one of another journal": {func(env *orm.Env, w world) error {
			_, err := env.Create(lines, values(w.a, w.statement, "2025-03-09"), values(w.b, w.statement, "2025-03-09"))
			return err
		}, fault.Value},
		"the oldest moves to another journal": {func(env *orm.Env, w world) error {
			return env.Write(lines, []int64{w.first}, orm.Values{"journal_id": w.b})
		}, fault.Value},
		"a younger one moves to another journal": {func(env *orm.Env, w world) error {
			return env.Write(lines, []int64{w.second}, orm.Values{"journal_id": w.b})
		}, fault.Value},
		"all move to another journal": {func(env *orm.Env, w world) error {
			return env.Write(lines, []int64{w.first, w.second}, orm.Values{"journal_id": w.b})
		}, ""},
		"another line of its journal": {func(env *orm.Env, w world) error {
			_, err := env.Create(lines, values(w.a, w.statement, "2025-03-09"))
			return err
		}, ""},
		"a line without a statement": {func(env *orm.Env, w world) error {
			_, err := env.Create(lines, values(w.b, 0, "2025-03-09"))
			return err
		}, ""},
		"a new line's foreign amount without its currency": {func(env *orm.Env, w world) error {
			v := values(w.a, 0, "2025-03-09")
			v["amount_currency"] = int64(3)
			_, err := env.Create(lines, values(w.a, 0, "2025-03-09"), v)
			return err
		}, fault.Invalid},
		"a written foreign amount without its currency": {func(env *orm.Env, w world) error {
			return env.Write(lines, []int64{w.first}, orm.Values{"amount_currency": int64(3)})
		}, fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rollback := fault.New(fault.User, "roll back")
			err := db.Within(t.Context(), orm.Principal{UID: base.AdminUser}, orm.TxWrite, func(env *orm.Env) error {
				made, err := env.Create(journals, orm.Values{"name": "A", "code": "AA", "type": "bank"},
					orm.Values{"name": "B", "code": "BB", "type": "bank"})
				if err != nil {
					return err
				}
				statement, err := env.Create("account.bank.statement", orm.Values{"name": "S"})
				if err != nil {
					return err
				}
				w := world{a: made[0], b: made[1], statement: statement[0]}
				ids, err := env.Create(lines, values(w.a, w.statement, "2025-02-01"), values(w.a, w.statement, "2025-02-02"))
				if err != nil {
					return err
				}
				w.first, w.second = ids[0], ids[1]
				if err := tt.do(env, w); err != nil {
					return err
				}
				return rollback
			})
			switch {
			case tt.want == "" && !errors.Is(err, rollback):
				t.Fatalf("refused: %v", err)
			case tt.want != "" && !fault.Is(err, tt.want):
				t.Fatalf("got %v, want a fault of kind %s", err, tt.want)
			}
		})
	}
}
