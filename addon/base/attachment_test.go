package base_test

import (
	"testing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// TestAttachments keeps equal bytes once, follows the record's rights, and
// leaves nothing behind.
func TestAttachments(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "ir.attachment", Method: "create", Args: `[[{"name":"a.xml","res_model":"res.partner","res_id":1,"datas":"PD94bWw="},` +
				`{"name":"b.xml","res_model":"res.partner","res_id":3,"datas":"PD94bWw="},{"name":"c","datas":"AAE="}]]`, Want: `[1,2,3]`},
			{Model: "ir.attachment", Method: "read", Args: `[[1,3],["name","datas","file_size","mimetype","type","checksum"]]`,
				Want: `[{"id":1,"name":"a.xml","datas":"PD94bWw=","file_size":5,"mimetype":"application/xml","type":"binary",` +
					`"checksum":"278bde2aba4e4ec64db4ec86372c7f8ea916c2ea"},` +
					`{"id":3,"name":"c","datas":"AAE=","file_size":2,"mimetype":"application/octet-stream","type":"binary",` +
					`"checksum":"3f29546453678b855931c174a97d6c0894b8f546"}]`},
			{Model: "res.partner", Method: "read", Args: `[[1],["attachment_ids"]]`, Want: `[{"id":1,"attachment_ids":[1]}]`},
			{Model: "ir.attachment", Method: "create", Args: `[{"name":"x","datas":"no base64"}]`, Kind: fault.Value},
			{Model: "ir.attachment", Method: "create", Args: `[{"name":"x","res_model":"res.currency","res_id":1,"datas":"AA=="}]`,
				Kind: fault.Denied},
			{Model: "ir.attachment.content", Method: "search", Args: `[[]]`, Kind: fault.Denied},
		})
		if n := contents(t, db); n != 2 {
			t.Errorf("%d contents, want 2", n)
		}
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "ir.attachment", Method: "write", Args: `[[1],{"datas":"AAE="}]`, Want: `true`},
			{Model: "ir.attachment", Method: "read", Args: `[[1],["datas","file_size"]]`, Want: `[{"id":1,"datas":"AAE=","file_size":2}]`},
			{Model: "ir.attachment", Method: "unlink", Args: `[[2]]`, Want: `true`},
		})
		if n := contents(t, db); n != 1 {
			t.Errorf("%d contents, want 1", n)
		}
		ormtest.Within(t, db, func(env *orm.Env) error {
			partner, err := env.Create("res.partner", orm.Values{"name": "Short"})
			if err != nil {
				return err
			}
			for range 2 {
				files, err := base.Attach(env, "res.partner", partner, "f", []byte("same"), 1)
				if err != nil || len(files) != 1 {
					t.Errorf("attached %v, %v", files, err)
				}
			}
			if n, _ := env.Count("ir.attachment", nil, 0); n != 3 {
				t.Errorf("%d attachments, want 3", n)
			}
			return env.Unlink("res.partner", partner)
		})
		if n := contents(t, db); n != 1 {
			t.Errorf("%d contents after the record was deleted, want 1", n)
		}
	})
}

// TestAttachmentsFollowTheirRecord hides what is on a record that one may not see.
func TestAttachmentsFollowTheirRecord(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		var user, file int64
		ormtest.Within(t, db, func(env *orm.Env) error {
			company, err := env.Create("res.company", orm.Values{"name": "Other", "currency_id": int64(1)})
			if err != nil {
				return err
			}
			partner, err := env.Create("res.partner", orm.Values{"name": "Theirs", "company_id": company[0]})
			if err != nil {
				return err
			}
			files, err := base.Attach(env, "res.partner", partner, "secret.txt", []byte("secret"), company[0])
			if err != nil {
				return err
			}
			users, err := env.Create("res.users",
				orm.Values{"name": "Ann", "login": "ann", "company_id": int64(1), "company_ids": []any{int64(1)},
					"groups_id": []any{int64(1)}})
			if err != nil {
				return err
			}
			user, file = users[0], files[0]
			return nil
		})
		err := db.Within(t.Context(), orm.Principal{UID: user}, orm.TxWrite, func(env *orm.Env) error {
			if n, err := env.Count("ir.attachment", nil, 0); n != 0 || err != nil {
				t.Errorf("sees %d attachments, %v", n, err)
			}
			_, err := env.Read("ir.attachment", []int64{file}, "datas")
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("read: %v, want denied", err)
		}
	})
}

func contents(t *testing.T, db *orm.Database) (n int) {
	t.Helper()
	ormtest.Within(t, db, func(env *orm.Env) (err error) {
		n, err = env.Count("ir.attachment.content", nil, 0)
		return err
	})
	return n
}
