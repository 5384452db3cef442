package base_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// Keys are made and revoked by calls that bring a key of the same user.
func TestKeysByCall(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{someone})
		var own, scoped, clerks string
		ormtest.Within(t, db, func(env *orm.Env) (err error) {
			if own, err = base.NewAPIKey(env, base.AdminUser, "first"); err != nil {
				return err
			}
			if scoped, err = base.MakeAPIKey(env, base.AdminUser, base.KeyOptions{Name: "other", Scope: "other"}); err != nil {
				return err
			}
			clerks, err = base.NewAPIKey(env, clerk, "clerk's")
			return err
		})
		asked := func(key, scope, until string) string {
			return fmt.Sprintf(`{"args":[],"kwargs":{"key":%q,"scope":%s,"name":"made","expiration_date":%s}}`, key, scope, until)
		}
		refused := func(as int64, args string, kind fault.Kind) ormtest.Step {
			return ormtest.Step{As: as, Model: "res.users.apikeys", Method: "generate", Args: args, Kind: kind}
		}
		made := func(as int64, args string) (key string) {
			t.Helper()
			got, err := ormtest.Do(t, db, as, "res.users.apikeys", "generate", args)
			if err != nil || json.Unmarshal([]byte(got), &key) != nil || key == "" {
				t.Fatalf("%s: %s %v", args, got, err)
			}
			return key
		}
		until := time.Now().AddDate(0, 0, 30).Format(`"2006-01-02"`)
		far := time.Now().AddDate(1, 0, 0).Format(`"2006-01-02 15:04:05"`)

		second := made(base.AdminUser, asked(own, "null", until))
		third := made(base.AdminUser, asked(second, `"rpc"`, "null")) // a key that was made so makes further ones
		other := made(base.AdminUser, asked(scoped, "null", far))
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.users.apikeys", Method: "search_read",
				Args: `{"args":[[["name","=","made"]],["scope","user_id"]],"kwargs":{"load":""}}`,
				Want: `[{"id":4,"scope":"rpc","user_id":2},{"id":5,"scope":"rpc","user_id":2},{"id":6,"scope":"other","user_id":2}]`},
			refused(base.AdminUser, asked(own, `"other"`, until), fault.Unauthenticated), // never for more than the given one
			refused(base.AdminUser, asked(clerks, "null", until), fault.Unauthenticated),
			refused(base.AdminUser, asked(own+"0", "null", until), fault.Unauthenticated),
			refused(base.AdminUser, asked("admin", "null", until), fault.Unauthenticated),
			refused(base.AdminUser, asked("", "null", until), fault.Unauthenticated),
			refused(base.AdminUser, asked(own, "null", `"2001-01-01"`), fault.User),
			refused(base.AdminUser, asked(own, "null", `"soon"`), fault.Value),
			refused(base.AdminUser, asked(own, "null", `5`), fault.Type),

			// others may where the database says so, and not for as long
			refused(clerk, asked(clerks, "null", until), fault.Denied),
			{Model: "ir.config_parameter", Method: "set_param", Args: `["base.enable_programmatic_api_keys","True"]`},
			refused(clerk, asked(clerks, "null", "null"), fault.User),
			refused(clerk, asked(clerks, "null", far), fault.User),
			refused(clerk, asked(own, "null", until), fault.Unauthenticated),
		})
		made(clerk, asked(clerks, "null", until))

		// not more than the database says
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "ir.config_parameter", Method: "set_param", Args: `["base.programmatic_api_keys_limit","2"]`},
			refused(clerk, asked(clerks, "null", until), fault.User),
			{Model: "ir.config_parameter", Method: "set_param", Args: `["base.programmatic_api_keys_limit","3"]`},
		})
		made(clerk, asked(clerks, "null", until))

		revoke := func(as int64, key string, kind fault.Kind) ormtest.Step {
			return ormtest.Step{As: as, Model: "res.users.apikeys", Method: "revoke", Args: fmt.Sprintf(`[%q]`, key), Kind: kind}
		}
		ormtest.Converse(t, db, []ormtest.Step{
			revoke(clerk, second, fault.Unauthenticated),
			revoke(base.AdminUser, clerks, fault.Unauthenticated), // also an administrator revokes only own ones by their text
			revoke(base.AdminUser, second, ""),
			revoke(base.AdminUser, second, fault.Unauthenticated),
			refused(base.AdminUser, asked(second, "null", until), fault.Unauthenticated),
			revoke(base.AdminUser, other, ""),
			revoke(base.AdminUser, third, ""),
			revoke(clerk, clerks, ""),
			{Model: "res.users.apikeys", Method: "search_count", Args: `[[["user_id","=",2]]]`, Want: `2`},
		})
	})
}
