package mail_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/addon/secret"
)

// folder is a threaded model that the audit group may read, a case one whose
// records belong to companies.
func folders() addon.Addon {
	return addon.Addon{Name: "folders", Depends: []string{"mail"}, Part: orm.Part{Models: []orm.Model{
		mail.Threaded(orm.Model{Name: "folder", Label: "Folder", Fields: schema.Fields{schema.Char("name", "Name")},
			Bound: orm.Bound{Access: orm.Access{base.GroupSystem: orm.Change}}}),
		mail.Threaded(orm.Model{Name: "case", Label: "Case",
			Fields: schema.Fields{schema.Char("name", "Name"), schema.Many2one("company_id", "Company", "res.company")},
			Bound: orm.Bound{Access: orm.Access{base.GroupUser: orm.Read | orm.Write, base.GroupSystem: orm.Change},
				Rules: []orm.Rule{base.CompanyRule("Case: company")}}}),
	}}}
}

func installed() (orm.Directory, []addon.Addon) {
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	return people.Directory(), []addon.Addon{people.Addon(), bus.Addon(), mail.Addon(), folders()}
}

// clerk is the uid of the user that the tests make: an employee without further
// rights. Partner 1 is the company's, 2 OdooBot's, 3 the administrator's.
const clerk = 3

var someone = ormtest.Step{Model: "res.users", Method: "create", Want: "3",
	Args: `[{"name":"Clerk","login":"clerk","groups_id":[[6,0,[1]]]}]`}

func TestPosting(t *testing.T) {
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			someone,
			{Model: "case", Method: "create", Args: `[[{"name":"A"},{"name":"B"}]]`, Want: `[1,2]`},
			{Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"<b>bold</b> & more","subject":"S",` +
				`"message_type":"comment","partner_ids":[3]}}`, Want: `1`},
			{Model: "mail.message", Method: "read", Args: `[[1],["body","subject","model","res_id","message_type","author_id",` +
				`"record_name","partner_ids"]]`,
				Want: `[{"id":1,"body":"<p>&lt;b&gt;bold&lt;/b&gt; &amp; more</p>","subject":"S","model":"case","res_id":1,` +
					`"message_type":"comment","author_id":[3,"Administrator"],"record_name":"A","partner_ids":[3]}]`},
			{As: clerk, Model: "case", Method: "message_post", Args: `{"args":[1],"kwargs":{"body":"seen"}}`, Want: `2`},
			{Model: "mail.message", Method: "read", Args: `[[2],["author_id","message_type","subject"]]`,
				Want: `[{"id":2,"author_id":[4,"Clerk"],"message_type":"notification","subject":false}]`},
			{Model: "case", Method: "message_post", Args: `{"args":[[1,2]],"kwargs":{"body":"both"}}`, Want: `4`},
			{Model: "case", Method: "read", Args: `[[1,2],["message_ids"]]`, Want: `[{"id":1,"message_ids":[3,2,1]},` +
				`{"id":2,"message_ids":[4]}]`},
			{Model: "case", Method: "message_post", Args: `{"args":[[]],"kwargs":{"body":"nobody"}}`, Want: `false`},
			{Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"x","nope":1,"also":2}}`, Kind: fault.Value,
				Want: "Those values are not supported when posting or notifying: also, nope"},
			{Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"x","message_type":"shout"}}`, Kind: fault.Value},
			{Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":{"a":1}}}`, Kind: fault.Type},
			{Model: "case", Method: "message_post", Args: `{"args":[[99]],"kwargs":{"body":"x"}}`, Kind: fault.Missing},
			{Model: "mail.message", Method: "create", Args: `[{"model":"no.such","res_id":1,"body":"x"}]`, Kind: fault.Key},
			{Model: "res.company", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"x"}}`, Kind: fault.Attribute},
			{Model: "mail.message", Method: "search_count", Args: `[[["model","=","case"]]]`, Want: `4`},
		})
	})
}

// TestMessagesFollowTheirRecords: who may not read a record neither posts on it
// nor reads, finds, counts or changes what is said of it.
func TestMessagesFollowTheirRecords(t *testing.T) {
	hidden := `[["body","ilike","secret"]]`
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			someone,
			{Model: "res.company", Method: "create", Args: `[{"name":"Other","currency_id":1}]`, Want: `2`},
			{Model: "folder", Method: "create", Args: `[{"name":"F"}]`, Want: `1`},
			{Model: "case", Method: "create", Args: `{"args":[[{"name":"Own","company_id":1},{"name":"Other","company_id":2}]],` +
				`"kwargs":{"context":{"allowed_company_ids":[1,2]}}}`, Want: `[1,2]`},
			{Model: "folder", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"secret folder"}}`, Want: `1`},
			{Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"open case"}}`, Want: `2`},
			{Model: "case", Method: "message_post",
				Args: `{"args":[[2]],"kwargs":{"body":"secret case","context":{"allowed_company_ids":[1,2]}}}`, Want: `3`},

			{As: clerk, Model: "folder", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"x"}}`, Kind: fault.Denied},
			{As: clerk, Model: "case", Method: "message_post", Args: `{"args":[[2]],"kwargs":{"body":"x"}}`, Kind: fault.Denied},
			{As: clerk, Model: "mail.message", Method: "read", Args: `[[1],["body"]]`, Kind: fault.Denied},
			{As: clerk, Model: "mail.message", Method: "read", Args: `[[3],["body"]]`, Kind: fault.Denied},
			{As: clerk, Model: "mail.message", Method: "search_read", Args: `{"args":[],"kwargs":{"fields":["res_id"],"domain":[["model",` +
				`"in",["folder","case"]]]}}`, Want: `[{"id":2,"res_id":1}]`},
			{As: clerk, Model: "mail.message", Method: "search_count", Args: `[` + hidden + `]`, Want: `0`},
			{As: clerk, Model: "mail.message", Method: "search",
				Args: `{"args":[[["model","=","case"]]],"kwargs":{"context":{"allowed_company_ids":[1,2]}}}`, Kind: fault.Denied},
			{Model: "mail.message", Method: "search_count",
				Args: `{"args":[` + hidden + `],"kwargs":{"context":{"allowed_company_ids":[1,2]}}}`, Want: `2`},

			// A message reaches whom it is sent to, whatever it is about.
			{Model: "folder", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"for the clerk","partner_ids":[4]}}`,
				Want: `4`},
			{As: clerk, Model: "mail.message", Method: "read", Args: `[[4],["record_name"]]`, Want: `[{"id":4,"record_name":"F"}]`},

			// Only who wrote a comment changes it; what the system tells stands.
			{As: clerk, Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"mine","message_type":"comment"}}`,
				Want: `5`},
			{As: clerk, Model: "mail.message", Method: "write", Args: `[[5],{"body":"still mine"}]`, Want: `true`},
			{As: clerk, Model: "mail.message", Method: "write", Args: `[[2],{"body":"forged"}]`, Kind: fault.Denied},
			{As: clerk, Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"told"}}`, Want: `6`},
			{As: clerk, Model: "mail.message", Method: "write", Args: `[[6],{"body":"untold"}]`, Kind: fault.Denied},
			{As: clerk, Model: "mail.message", Method: "unlink", Args: `[[5]]`, Kind: fault.Denied},
			{Model: "mail.message", Method: "unlink", Args: `[[5]]`, Want: `true`},
			{As: clerk, Model: "mail.message", Method: "create", Args: `[{"model":"folder","res_id":1,"body":"x","author_id":3}]`,
				Kind: fault.Denied},
		})
	})
}

// Whoever may read a record may follow it; to say that others do takes the right to
// change it.
func TestFollowing(t *testing.T) {
	follows := func(as int64, method, args string, kind fault.Kind) ormtest.Step {
		want := `true`
		if kind != "" {
			want = ""
		}
		return ormtest.Step{As: as, Model: "case", Method: method, Args: args, Kind: kind, Want: want}
	}
	told := func(as int64, want string) ormtest.Step {
		return ormtest.Step{As: as, Model: "case", Method: "read", Want: want,
			Args: `[[1],["message_partner_ids","message_is_follower"]]`}
	}
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			someone,
			{Model: "res.company", Method: "create", Args: `[{"name":"Other","currency_id":1}]`, Want: `2`},
			{Model: "case", Method: "create", Args: `{"args":[[{"name":"Own","company_id":1},{"name":"Other","company_id":2}]],` +
				`"kwargs":{"context":{"allowed_company_ids":[1,2]}}}`, Want: `[1,2]`},
			{Model: "folder", Method: "create", Args: `[{"name":"F"}]`, Want: `1`},
			told(clerk, `[{"id":1,"message_partner_ids":[],"message_is_follower":false}]`),

			follows(clerk, "message_subscribe", `{"args":[[1]],"kwargs":{"partner_ids":[4]}}`, ""),
			follows(clerk, "message_subscribe", `{"args":[[1]],"kwargs":{"partner_ids":[4]}}`, ""), // once more changes nothing
			told(clerk, `[{"id":1,"message_partner_ids":[4],"message_is_follower":true}]`),
			told(0, `[{"id":1,"message_partner_ids":[4],"message_is_follower":false}]`),
			follows(clerk, "message_subscribe", `[[1],[3],[1]]`, ""), // the clerk may change cases
			told(0, `[{"id":1,"message_partner_ids":[4,3],"message_is_follower":true}]`),
			follows(clerk, "message_unsubscribe", `[[1],[4]]`, ""),
			follows(clerk, "message_unsubscribe", `[[1],[4]]`, ""),
			told(clerk, `[{"id":1,"message_partner_ids":[3],"message_is_follower":false}]`),

			// nobody follows what they may not read, or has others do it
			follows(clerk, "message_subscribe", `[[2],[4]]`, fault.Denied),
			follows(clerk, "message_unsubscribe", `[[2],[4]]`, fault.Denied),
			{As: clerk, Model: "folder", Method: "message_subscribe", Args: `[[1],[4]]`, Kind: fault.Denied},
			{As: clerk, Model: "folder", Method: "message_unsubscribe", Args: `[[1],[3]]`, Kind: fault.Denied},
			{As: clerk, Model: "mail.followers", Method: "search", Args: `[[]]`, Kind: fault.Denied},
			follows(0, "message_subscribe", `[[1],"x"]`, fault.Value),
			{Model: "mail.followers", Method: "search_read", Args: `[[],["res_model","res_id","partner_id"]]`,
				Want: `[{"id":2,"res_model":"case","res_id":1,"partner_id":[3,"Administrator"]}]`},
		})
	})
}

func TestPostingTellsThoseWhoWatch(t *testing.T) {
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "case", Method: "create", Args: `[{"name":"A"}]`, Want: `1`},
			{Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"hi"}}`, Want: `1`},
			{Model: "case", Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"x","nope":1}}`, Kind: fault.Value},
		})
		ormtest.Within(t, db, func(env *orm.Env) error {
			if _, err := mail.Post(env, "case", 1, "bank is away", mail.Options{Reference: "E-1"}); err != nil {
				return err
			}
			return nil
		})
		var told []string
		ormtest.Within(t, db, func(env *orm.Env) error {
			list, err := bus.Since(env, 0, 10)
			for _, m := range list {
				told = append(told, m.Channel+" "+string(m.Body))
			}
			return err
		})
		want := []string{
			`case/1 {"type":"mail.message/created","payload":{"body":"\u003cp\u003ehi\u003c/p\u003e","id":1,` +
				`"message_type":"notification","model":"case","res_id":1}}`,
			`case/1 {"type":"mail.message/created","payload":{"body":"\u003cp\u003ebank is away\u003c/p\u003e","error_reference":"E-1",` +
				`"id":2,"message_type":"notification","model":"case","res_id":1}}`,
		}
		if strings.Join(told, "\n") != strings.Join(want, "\n") {
			t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
		}
	})
}

// TestARefusedMessageTellsNothing: what a rolled-back post says reaches nobody,
// and its record's name does not come back in the error.
func TestARefusedMessageTellsNothing(t *testing.T) {
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{someone, {Model: "folder", Method: "create", Args: `[{"name":"Merger"}]`, Want: `1`}})
		_, err := ormtest.Do(t, db, clerk, "mail.message", "create", `[{"model":"folder","res_id":1,"body":"x","author_id":3}]`)
		if err == nil || strings.Contains(fault.MessageOf(err), "Merger") {
			t.Errorf("%v", err)
		}
		ormtest.Within(t, db, func(env *orm.Env) error {
			newest, err := bus.Newest(env)
			if newest != 0 {
				t.Errorf("the bus tells of message %d", newest)
			}
			return err
		})
	})
}
