package base_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// Somebody can always administer the database, and contacts of active users stay.
func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.users", Method: "unlink", Args: `[[2]]`, Kind: fault.Invalid},
			{Model: "res.users", Method: "write", Args: `[[2],{"active":false}]`, Kind: fault.User},
			{Model: "res.users", Method: "write", Args: `[[2],{"groups_id":[[5]]}]`, Kind: fault.Invalid},
			{Model: "res.partner", Method: "write", Args: `[[3],{"active":false}]`, Kind: fault.Invalid},
			{Model: "res.partner", Method: "action_archive", Args: `[[3]]`, Kind: fault.Invalid},
			{Model: "res.partner", Method: "unlink", Args: `[[3]]`, Kind: fault.Invalid},
			{Model: "res.users", Method: "has_group", Args: `[[],"base.group_system"]`, Kind: fault.Value},
			{Model: "res.users", Method: "has_group", Args: `[[2],"base.group_system"]`, Want: `true`},
			{Model: "base", Method: "search", Args: `[[]]`, Kind: fault.Denied},
			{Model: "res.users", Method: "copy", Args: `[[2],{"name":"Second","login":"second"}]`, Want: `[3]`},
			{Model: "res.users", Method: "write", Args: `[[3],{"active":false}]`, Want: `true`},
			{Model: "res.partner", Method: "write", Args: `[[4],{"active":false}]`, Want: `true`},
			{Model: "res.users", Method: "unlink", Args: `[[2]]`, Kind: fault.Invalid},
			{Model: "res.users", Method: "write", Args: `[[3],{"active":true}]`, Want: `true`},
			{As: 3, Model: "res.users", Method: "write", Args: `[[2],{"active":false}]`, Want: `true`},
		})
	})
}

// A refusal to delete a contact leads to its user.
func TestContactsOfUsersLeadToTheUsers(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		_, err := ormtest.Do(t, db, 0, "res.partner", "unlink", `[[3]]`)
		said, ok := fault.As(err)
		if !ok || said.Way == nil || said.Way.Action["res_id"] != int64(2) || said.Way.Button != "Go to users" {
			t.Errorf("got %v (%+v)", err, said)
		}
	})
}
