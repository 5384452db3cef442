package orm_test

import (
	"context"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
)

// TestWhatAUserSees: names of hidden records are shown, their values never, not
// even by the answer to a condition.
func TestWhatAUserSees(t *testing.T) {
	parts := orm.Part{Name: "vault", Models: []orm.Model{
		{
			Name: "vault", Label: "Vault",
			Fields: schema.Fields{
				schema.Char("name", "Name"), schema.Char("code", "Code"), schema.Boolean("open", "Open"),
				schema.One2many("key_ids", "Keys", "key", "vault_id"),
			},
			Bound: orm.Bound{Access: orm.Access{"base.group_user": orm.Read}, Rules: []orm.Rule{{
				Name: "open ones", Domain: func(*orm.Env) (domain.Node, error) { return domain.Where("open", domain.Eq, true), nil },
			}}},
		},
		{
			Name: "key", Label: "Key",
			Fields: schema.Fields{
				schema.Char("name", "Name"), schema.Many2one("vault_id", "Vault", "vault"),
				schema.Boolean("active", "Active").DefaultTo(true),
				schema.Char("vault_code", "Vault's code").RelatedTo("vault_id", "code"),
			},
			Bound: orm.Bound{Access: orm.Access{"base.group_user": orm.Change}},
		},
		{Name: "safe", Label: "Safe", Fields: schema.Fields{schema.Char("name", "Name"), schema.Many2one("key_id", "Key", "key")}},
		{Name: "door", Label: "Door", Fields: schema.Fields{schema.Char("name", "Name"), schema.Many2one("safe_id", "Safe", "safe")},
			Bound: orm.Bound{Access: orm.Access{"base.group_user": orm.Change}}},
	}}
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(parts)
		system(t, db, func(env *orm.Env) error {
			if _, err := env.Create("vault", orm.Values{"name": "Shut", "code": "1234"},
				orm.Values{"name": "Open", "code": "0000", "open": true}); err != nil {
				return err
			}
			if _, err := env.Create("key", orm.Values{"name": "a", "vault_id": int64(1)}, orm.Values{"name": "b", "vault_id": int64(2)},
				orm.Values{"name": "c", "vault_id": int64(2), "active": false}); err != nil {
				return err
			}
			if _, err := env.Create("safe", orm.Values{"name": "S", "key_id": int64(1)}); err != nil {
				return err
			}
			_, err := env.Create("door", orm.Values{"name": "D", "safe_id": int64(1)})
			return err
		})
		clerk := ormtest.Clerk
		converse(t, db, []talk{
			{as: clerk, model: "key", method: "read", args: `[[1],["vault_id"]]`, want: `[{"id":1,"vault_id":[1,"Shut"]}]`},
			{as: clerk, model: "vault", method: "read", args: `[[1],["code"]]`, kind: fault.Denied},
			{as: clerk, model: "vault", method: "search", args: `[[]]`, want: `[2]`},
			{as: clerk, model: "key", method: "search", args: `[[["vault_id.code","=","1234"]]]`, want: `[]`},
			{as: clerk, model: "key", method: "search", args: `[[["vault_id.code","=","0000"]]]`, want: `[2]`},
			{as: clerk, model: "door", method: "read", args: `[[1],["safe_id"]]`, want: `[{"id":1,"safe_id":[1,"S"]}]`},
			{as: clerk, model: "door", method: "search", args: `[[["safe_id.name","=","S"]]]`, kind: fault.Denied},
			{as: clerk, model: "safe", method: "search_count", args: `[[]]`, kind: fault.Denied},
			{as: clerk, model: "vault", method: "write", args: `[[2],{"name":"x"}]`, kind: fault.Denied},
			{as: clerk, model: "vault", method: "has_access", args: `[[1],"read"]`, want: `false`},
			{as: clerk, model: "vault", method: "has_access", args: `[[2],"read"]`, want: `true`},
			{as: clerk, model: "vault", method: "read", args: `[[2],["key_ids"]]`, want: `[{"id":2,"key_ids":[2]}]`},
			{as: clerk, model: "vault", method: "read", args: `{"args":[[2],["key_ids"]],"kwargs":{"context":{"active_test":false}}}`,
				want: `[{"id":2,"key_ids":[2,3]}]`},
		})
		err := db.Within(context.Background(), ormtest.As(clerk), orm.TxRead, func(env *orm.Env) error {
			if n, err := env.Sudo().Count("vault", nil, 0); err != nil || n != 2 {
				t.Errorf("sudo counts %d, %v", n, err)
			}
			if env.Sudo().UID() != clerk {
				t.Error("sudo forgets who it is")
			}
			other, err := env.As(ormtest.Admin)
			if err != nil || other.IsSystem() || !other.HasGroup("base.group_system") {
				t.Errorf("as admin: %v", err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
