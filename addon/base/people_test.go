package base_test

import (
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

func TestWhoGetsIn(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			now := time.Date(2025, 5, 1, 12, 0, 0, 0, time.UTC)
			people := newBase()
			db := ormtest.Install(t, ormtest.Setup{Kind: kind, Directory: people.Directory(), Now: func() time.Time { return now }},
				people.Addon())
			ormtest.Converse(t, db, []ormtest.Step{someone,
				{Model: "res.users", Method: "create", Args: `[{"name":"Gone","login":"gone","password":"gone","active":false}]`,
					Want: `4`},
				{Model: "res.users", Method: "create", Args: `[{"name":"Mute","login":"mute"}]`, Want: `5`},
			})
			var admins, clerks, expired string
			ormtest.Within(t, db, func(env *orm.Env) (err error) {
				if admins, err = base.NewAPIKey(env, base.AdminUser, "a"); err != nil {
					return err
				}
				if clerks, err = base.NewAPIKey(env, clerk, "c"); err != nil {
					return err
				}
				if expired, err = base.NewAPIKey(env, clerk, "old"); err != nil {
					return err
				}
				return env.Write("res.users.apikeys", []int64{3}, orm.Values{"expiration_date": now.Add(-time.Second)})
			})
			logins := []struct {
				name, login, proof string
				accept             base.Credential
				want               int64
			}{
				{"right", "clerk", "clerk's own", base.PasswordOnly, clerk},
				{"right, where keys do too", "clerk", "clerk's own", base.PasswordOrKey, clerk},
				{"wrong", "clerk", "clerk's Own", base.PasswordOrKey, 0},
				{"another's", "clerk", ormtest.Password, base.PasswordOrKey, 0},
				{"empty", "clerk", "", base.PasswordOrKey, 0},
				{"unknown", "nobody", "clerk's own", base.PasswordOrKey, 0},
				{"another case", "CLERK", "clerk's own", base.PasswordOrKey, 0},
				{"inactive", "gone", "gone", base.PasswordOrKey, 0},
				{"without password", "mute", "", base.PasswordOrKey, 0},
				{"the system's user", "__system__", "", base.PasswordOrKey, 0},
				{"key", "clerk", clerks, base.PasswordOrKey, clerk},
				{"key where only passwords do", "clerk", clerks, base.PasswordOnly, 0},
				{"another's key", "clerk", admins, base.PasswordOrKey, 0},
				{"expired key", "clerk", expired, base.PasswordOrKey, 0},
				{"key but its end", "clerk", clerks[:len(clerks)-1], base.PasswordOrKey, 0},
				{"key of the system's user's", "__system__", admins, base.PasswordOrKey, 0},
			}
			for _, c := range logins {
				ormtest.Within(t, db, func(env *orm.Env) error {
					if got, err := people.Authenticate(env, c.login, c.proof, c.accept); got != c.want || err != nil {
						t.Errorf("%s: uid %d, %v, want %d", c.name, got, err, c.want)
					}
					return nil
				})
			}
			for uid, proof := range map[int64]string{clerk: "clerk's own", base.AdminUser: admins, 4: "gone", 5: "", 99: "x",
				base.SystemUser: ""} {
				ormtest.Within(t, db, func(env *orm.Env) error {
					want := uid == clerk || uid == base.AdminUser
					if got, err := people.Check(env, uid, proof); got != want || err != nil {
						t.Errorf("uid %d: %v, %v, want %v", uid, got, err, want)
					}
					return nil
				})
			}
		})
	}
}

func TestChangingAPassword(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			people := newBase()
			db := ormtest.Install(t, ormtest.Setup{Kind: kind, Directory: people.Directory()}, people.Addon())
			ormtest.Converse(t, db, []ormtest.Step{someone,
				{As: clerk, Model: "res.users", Method: "change_password", Args: `["wrong","new"]`, Kind: fault.Unauthenticated,
					Want: "Access Denied"},
				{As: clerk, Model: "res.users", Method: "change_password", Args: `["","new"]`, Kind: fault.Unauthenticated},
				{As: clerk, Model: "res.users", Method: "change_password", Args: `["clerk's own",""]`, Kind: fault.User},
				{As: clerk, Model: "res.users", Method: "write", Args: `[[2],{"password":"taken"}]`, Kind: fault.Denied},
				{As: clerk, Model: "res.users", Method: "change_password", Args: `["clerk's own","new"]`, Want: `true`},
				{Model: "res.users", Method: "write", Args: `[[2],{"password":"theirs"}]`, Want: `true`},
				{Model: "res.users", Method: "write", Args: `[[2],{"password":""}]`, Want: `true`}, // clients send back what they read
			})
			for login, uids := range map[string]map[string]int64{
				"clerk": {"new": clerk, "clerk's own": 0, "": 0}, "admin": {"theirs": base.AdminUser, ormtest.Password: 0},
			} {
				for password, want := range uids {
					ormtest.Within(t, db, func(env *orm.Env) error {
						if got, err := people.Authenticate(env, login, password, base.PasswordOnly); got != want || err != nil {
							t.Errorf("%s with %q: uid %d, %v, want %d", login, password, got, err, want)
						}
						return nil
					})
				}
			}
		})
	}
}

// TestPasswordsAreNeverRead: neither a password nor its hash comes out, nor
// what a condition, an order or a group would tell of them, not even for
// administrators.
func TestPasswordsAreNeverRead(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Within(t, db, func(env *orm.Env) error {
			_, err := base.NewAPIKey(env, base.AdminUser, "a")
			return err
		})
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.users", Method: "read", Args: `[[2],["password"]]`, Want: `[{"id":2,"password":""}]`},
			{Model: "res.users", Method: "read", Args: `[[2],["password_hash"]]`, Kind: fault.Value},
			{Model: "res.users", Method: "search_read", Args: `[[],["password_hash"]]`, Kind: fault.Value},
			{Model: "res.users", Method: "search", Args: `[[["password_hash","like","a"]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["user_ids.password_hash","like","a"]]]`, Kind: fault.Value},
			{Model: "res.users", Method: "search", Args: `{"args":[[]],"kwargs":{"order":"password_hash"}}`, Kind: fault.Value},
			{Model: "res.users", Method: "read_group", Args: `[[],["password_hash"],["password_hash"]]`, Kind: fault.Value},
			{Model: "res.users", Method: "export_data", Args: `[[2],["password_hash"]]`, Kind: fault.Value},
			{Model: "res.users", Method: "write", Args: `[[2],{"password_hash":"x"}]`, Kind: fault.Value},
			{Model: "res.users.apikeys", Method: "read", Args: `[[1],["key_hash"]]`, Kind: fault.Value},
			{Model: "res.users.apikeys", Method: "search", Args: `[[["key_hash","like","a"]]]`, Kind: fault.Value},
			{Model: "res.users.apikeys", Method: "create", Args: `[{"name":"x","user_id":2}]`, Kind: fault.Denied},
			{Model: "ir.model.fields", Method: "search_count", Args: `[[["name","in",["password_hash","key_hash"]]]]`, Want: `0`},
		})
		for _, model := range []string{"res.users", "res.users.apikeys"} {
			for _, method := range []string{"fields_get", "read", "search_read"} {
				args := map[string]string{"fields_get": `[]`, "read": `[[1,2]]`, "search_read": `[[]]`}[method]
				got, err := ormtest.Do(t, db, ormtest.Admin, model, method, args)
				if err != nil {
					t.Errorf("%s.%s: %v", model, method, err)
				}
				if strings.Contains(got, "_hash") || strings.Contains(got, "$argon2id$") {
					t.Errorf("%s.%s tells %s", model, method, got)
				}
			}
		}
	})
}

func TestKeysAreTheirOwnersBusiness(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{someone})
		ormtest.Within(t, db, func(env *orm.Env) error {
			if _, err := base.NewAPIKey(env, base.AdminUser, "admin's"); err != nil {
				return err
			}
			_, err := base.NewAPIKey(env, clerk, "clerk's")
			return err
		})
		ormtest.Converse(t, db, []ormtest.Step{
			{As: clerk, Model: "res.users.apikeys", Method: "search_read", Args: `[[],["name"]]`, Want: `[{"id":2,"name":"clerk's"}]`},
			{As: clerk, Model: "res.users.apikeys", Method: "unlink", Args: `[[1]]`, Kind: fault.Denied},
			{As: clerk, Model: "res.users.apikeys", Method: "write", Args: `[[2],{"user_id":2}]`, Kind: fault.Denied},
			{As: clerk, Model: "res.users.apikeys", Method: "unlink", Args: `[[2]]`, Want: `true`},
			{Model: "res.users.apikeys", Method: "search_count", Args: `[[]]`, Want: `1`},
		})
	})
}
