package orm_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// TestCallConversation is one conversation of clients with a database: every
// call builds on those before it.
func TestCallConversation(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		fixture(t, db)
		converse(t, db, conversation)
	})
}

// converse makes the calls and compares the answers.
func converse(t *testing.T, db *orm.Database, talks []talk) {
	t.Helper()
	for _, c := range talks {
		uid := ormtest.Admin
		if c.as != 0 {
			uid = c.as
		}
		got, err := call(t, db, uid, c.model, c.method, c.args)
		switch {
		case c.kind != "":
			if fault.KindOf(err) != c.kind || c.want != "" && fault.MessageOf(err) != c.want {
				t.Errorf("%s %s%s:\n got %q %q\nwant %q %q\n(%v)", c.model, c.method, c.args, fault.KindOf(err), fault.MessageOf(err),
					c.kind, c.want, err)
			}
		case err != nil:
			t.Errorf("%s %s%s: %v", c.model, c.method, c.args, err)
		case got != c.want:
			t.Errorf("%s %s%s:\n got %s\nwant %s", c.model, c.method, c.args, got, c.want)
		}
	}
}

type talk struct {
	model, method, args, want string
	kind                      fault.Kind
	as                        int64
}

var conversation = []talk{
	{model: "res.partner", method: "create", args: `[{"name":"Alpha","email":"alpha@example.com","is_company":true,"ref":"ORA1"}]`,
		want: `1`},
	{model: "res.partner", method: "create", args: `[[{"name":"Beta","ref":"ORA2","parent_id":1},` +
		`{"name":"Gamma","ref":"ORA3","comment":"x"}]]`, want: `[2,3]`},
	{model: "res.partner", method: "create", args: `[[{"name":"Delta","ref":"ORA4","active":false}]]`, want: `[4]`},
	{model: "res.partner", method: "create", args: `[[]]`, want: `[]`},
	{model: "res.partner", method: "create", args: `[{"name":"x","no_such_field":1}]`, kind: fault.Value,
		want: "Invalid field 'no_such_field' on model 'res.partner'"},
	{model: "res.partner", method: "create", args: `[{"name":"x","parent_id":99999999}]`, kind: fault.Missing,
		want: "Record does not exist or has been deleted.\n(Record: res.partner(99999999,), User: 2)"},
	{model: "res.partner", method: "create", args: `[{"name":"x","parent_id":"abc"}]`, kind: fault.Value},
	{model: "res.partner", method: "create", args: `[{"name":"x","type":"nope"}]`, kind: fault.Value,
		want: "Wrong value for res.partner.type: 'nope'"},
	{model: "res.currency", method: "create", args: `[{"name":"USD","symbol":"$"}]`, kind: fault.Invalid,
		want: "The operation cannot be completed: The currency code must be unique!"},
	{model: "res.partner", method: "read", args: `[1,["name","child_ids"]]`, want: `[{"id":1,"name":"Alpha","child_ids":[2]}]`},
	{model: "res.partner", method: "read", args: `{"args":[[2],["name","parent_id"]],"kwargs":{"load":null}}`,
		want: `[{"id":2,"name":"Beta","parent_id":1}]`},
	{model: "res.partner", method: "read", args: `[[2],["parent_id","parent_city","display"]]`,
		want: `[{"id":2,"parent_id":[1,"Alpha"],"parent_city":false,"display":"Alpha, Beta"}]`},
	{model: "res.partner", method: "read", args: `[[3,1,2],["name"]]`, want: `[{"id":3,"name":"Gamma"},{"id":1,"name":"Alpha"},` +
		`{"id":2,"name":"Beta"}]`},
	{model: "res.partner", method: "read", args: `[[1],["name","no_such_field"]]`, kind: fault.Value,
		want: "Invalid field 'no_such_field' on model 'res.partner'"},
	{model: "res.partner", method: "read", args: `[[1,99999999],["name"]]`, want: `[{"id":1,"name":"Alpha"}]`},
	{model: "res.partner", method: "read", args: `[[99999999999999999999],["name"]]`, want: `[]`},
	{model: "res.partner", method: "read", args: `[[0],["name"]]`, want: `[{"id":0,"name":false}]`},
	{model: "res.partner", method: "read", args: `[["abc"],["name"]]`, kind: fault.Value},
	{model: "res.partner", method: "read", args: `[false,["name"]]`, want: `[]`},
	{model: "res.partner", method: "read", args: `[null,["name"]]`, want: `[]`},
	{model: "res.partner", method: "read", args: `[]`, kind: fault.Type, want: "tuple index out of range"},
	{model: "res.partner", method: "write", args: `[[1],{"city":"Springfield","color":"7"}]`, want: `true`},
	{model: "res.partner", method: "read", args: `[[2],["parent_city"]]`, want: `[{"id":2,"parent_city":"Springfield"}]`},
	{model: "res.partner", method: "write", args: `[[],{"name":"none"}]`, want: `true`},
	{model: "res.partner", method: "write", args: `[[99999999],{"name":"x"}]`, kind: fault.Missing,
		want: "Record does not exist or has been deleted.\n(Record: res.partner(99999999,), User: 2)"},
	{model: "res.partner", method: "write", args: `[[1],{"id":5,"create_date":"2020-01-01 00:00:00"}]`, want: `true`},
	{model: "res.partner", method: "write", args: `[[1],{"city":null}]`, want: `true`},
	{model: "res.partner", method: "read", args: `[[1],["city","color","born","parent_id","extra","weight","is_company"]]`,
		want: `[{"id":1,"city":false,"color":7,"born":false,"parent_id":false,"extra":false,"weight":0.0,"is_company":true}]`},
	{model: "res.partner", method: "write", args: `[[1],{"city":""}]`, want: `true`},
	{model: "res.partner", method: "read", args: `[[1],["city"]]`, want: `[{"id":1,"city":""}]`},
	{model: "res.partner", method: "write", args: `[[1],{"ref":12345}]`, want: `true`},
	{model: "res.partner", method: "read", args: `[[1],["ref"]]`, want: `[{"id":1,"ref":"12345"}]`},
	{model: "res.partner", method: "write", args: `[[1],{"parent_id":2}]`, kind: fault.Invalid,
		want: "You cannot create recursive Partner hierarchies."},
	{model: "res.partner", method: "read", args: `[[1],["display"]]`, want: `[{"id":1,"display":"Alpha"}]`},
	{model: "res.partner", method: "write", args: `[[1],{"name":"Alfa"}]`, want: `true`},
	{model: "res.partner", method: "read", args: `[[2],["display","display_name"]]`,
		want: `[{"id":2,"display":"Alfa, Beta","display_name":"Alfa, Beta"}]`},
	{model: "res.partner", method: "copy", args: `[3,{"ref":"ORA5"}]`, want: `[5]`},
	{model: "res.partner", method: "copy", args: `[99999999]`, kind: fault.Missing},
	{model: "res.partner", method: "search", args: `[[["ref","=","ORA4"]]]`, want: `[]`},
	{model: "res.partner", method: "search", args: `[[["ref","=","ORA4"],["active","=",false]]]`, want: `[4]`},
	{model: "res.partner", method: "toggle_active", args: `[[4]]`, want: `null`},
	{model: "res.partner", method: "search", args: `[[["ref","=","ORA4"]]]`, want: `[4]`},
	{model: "res.partner", method: "search_count", args: `[[["ref","=like","ORA%"]]]`, want: `4`},
	{model: "res.partner", method: "search_read", args: `{"args":[[["ref","in",["ORA2","ORA3"]]],["ref"]],"kwargs":{"order":"ref desc",` +
		`"limit":1}}`, want: `[{"id":3,"ref":"ORA3"}]`},
	{model: "res.partner", method: "search", args: `{"args":[[]],"kwargs":{"order":"nope"}}`, kind: fault.Value,
		want: "Invalid field 'nope' on model 'res.partner'"},
	{model: "res.partner", method: "search", args: `{"args":[[]],"kwargs":{"order":"child_count"}}`, kind: fault.Value,
		want: "Cannot convert res.partner.child_count to SQL because it is not stored"},
	{model: "res.partner", method: "name_search", args: `["alfa"]`, want: `[[1,"Alfa"],[2,"Alfa, Beta"]]`},
	{model: "res.partner", method: "default_get", args: `{"args":[["name","ref","type"]],"kwargs":{"context":{"default_name":"Preset"}}}`,
		want: `{"name":"Preset","type":"contact"}`},
	{model: "res.partner", method: "fields_get", args: `{"kwargs":{"allfields":["name"],"attributes":["string","help","type"]}}`,
		want: `{"name":{"string":"Name","type":"char"}}`},
	{model: "res.currency", method: "unlink", args: `[[1]]`, as: ormtest.Clerk, kind: fault.Denied,
		want: "You are not allowed to delete 'Currency' (res.currency) records.\n\nThis operation is allowed for the following groups:\n" +
			"\t- base.group_system\n\nContact your administrator to request access if necessary."},
	{model: "parameter", method: "check_access_rights", args: `["read"]`, as: ormtest.Clerk, kind: fault.Denied},
	{model: "res.partner", method: "check_access_rights", args: `{"args":["write"],"kwargs":{"raise_exception":false}}`, as: ormtest.Clerk,
		want: `true`},
	{model: "res.currency", method: "no_such_method", args: `[[1]]`, kind: fault.Attribute,
		want: "The method 'no_such_method' does not exist on the model 'res.currency'"},
	{model: "res.currency", method: "_compute_current_rate", args: `[[1]]`, kind: fault.Denied,
		want: "Private methods (such as _compute_current_rate) cannot be called remotely."},
	{model: "no.such", method: "read", args: `[[1]]`, kind: fault.User, want: "Object no.such doesn't exist"},
	{model: "res.currency", method: "search", args: `[[],0,1,"id",5,6,7]`, kind: fault.Type,
		want: "BaseModel.search() takes from 2 to 5 positional arguments but 8 were given"},
	{model: "res.partner", method: "search", args: `{"args":[[]],"kwargs":{"count":true}}`, kind: fault.Type,
		want: "BaseModel.search() got an unexpected keyword argument 'count'"},
	{model: "res.partner", method: "write", args: `[[1]]`, kind: fault.Type,
		want: "BaseModel.write() missing 1 required positional argument: 'vals'"},
	{model: "res.partner", method: "search_count", args: `{"args":[[]],"kwargs":{"context":"oops"}}`, kind: fault.Value,
		want: "dictionary update sequence element #0 has length 1; 2 is required"},
	{model: "res.partner", method: "read", args: `[[1],["note"]]`, as: ormtest.Clerk, kind: fault.Denied},
	{model: "res.users", method: "read", args: `[[1],["password"]]`, kind: fault.Value,
		want: "Invalid field 'password' on model 'res.users'"},
	{model: "res.partner", method: "search", args: `{"args":[[]],"kwargs":{"context":{"allowed_company_ids":[99]}}}`, kind: fault.Denied,
		want: "Access to unauthorized or invalid companies."},

	// x2many commands
	{model: "tag", method: "create", args: `[[{"name":"A"},{"name":"B"},{"name":"C"}]]`, want: `[1,2,3]`},
	{model: "res.partner", method: "create", args: `[{"name":"X2M","tag_ids":[[6,0,[1,2]]],"child_ids":[[0,0,{"name":"kid 1"}],` +
		`[0,0,{"name":"kid 2"}]]}]`, want: `6`},
	{model: "res.partner", method: "read", args: `[[6],["tag_ids","child_ids","child_count"]]`,
		want: `[{"id":6,"tag_ids":[1,2],"child_ids":[7,8],"child_count":2}]`},
	{model: "res.partner", method: "write", args: `[[6],{"child_ids":[[1,7,{"name":"renamed"}]]}]`, want: `true`},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":[[4,3]]}]`, want: `true`},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":[[3,1,0]]}]`, want: `true`},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":[[0,0,{"name":"D"}]]}]`, want: `true`},
	{model: "res.partner", method: "read", args: `[[6],["tag_ids","child_ids"]]`, want: `[{"id":6,"tag_ids":[2,3,4],"child_ids":[8,7]}]`},
	{model: "res.partner", method: "write", args: `[[6],{"child_ids":[[2,8,0]]}]`, want: `true`},
	{model: "res.partner", method: "exists", args: `[[8]]`, want: `[]`},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":[[5]]}]`, want: `true`},
	{model: "res.partner", method: "read", args: `[[6],["tag_ids","child_ids"]]`, want: `[{"id":6,"tag_ids":[],"child_ids":[7]}]`},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":[2,3]}]`, want: `true`},
	{model: "tag", method: "read", args: `[[2],["partner_ids"]]`, want: `[{"id":2,"partner_ids":[6]}]`},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":false}]`, want: `true`},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":[[4,99999999,0]]}]`, kind: fault.Invalid,
		want: "The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\n" +
			"Model: Unknown (unknown)\nConstraint: res_partner_tag_rel_tag_id_fkey\n"},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":5}]`, kind: fault.Value, want: "Wrong value for res.partner.tag_ids: 5"},
	{model: "res.partner", method: "write", args: `[[6],{"tag_ids":"abc"}]`, kind: fault.Value,
		want: "Wrong value for res.partner.tag_ids: abc"},

	// books keep the sum of their lines
	{model: "book", method: "create", args: `[{"name":"Main","currency_id":1,"line_ids":[[0,0,{"date":"2025-03-01","amount":1000.01}],` +
		`[0,0,{"date":"2025-03-02","amount":-300.25}]]}]`, want: `1`},
	{model: "book", method: "read", args: `[[1],["total","rich","line_ids"]]`,
		want: `[{"id":1,"total":699.76,"rich":false,"line_ids":[2,1]}]`},
	{model: "line", method: "write", args: `[[2],{"amount":10.005}]`, want: `true`},
	{model: "book", method: "search_read", args: `[[["rich","=",true]],["total"]]`, want: `[{"id":1,"total":1010.015}]`},
	{model: "line", method: "read", args: `[[1],["amount","key","book_id","currency_id","sequence"]]`,
		want: `[{"id":1,"amount":1000.01,"key":"20250301/1000.01","book_id":[1,"Main"],"currency_id":[1,"USD"],"sequence":10}]`},
	{model: "book", method: "create", args: `[{"name":"Second"}]`, want: `2`},
	{model: "line", method: "write", args: `[[1],{"book_id":2}]`, want: `true`},
	{model: "book", method: "read", args: `[[1,2],["total"]]`, want: `[{"id":1,"total":10.005},{"id":2,"total":1000.01}]`},
	{model: "line", method: "unlink", args: `[[2]]`, want: `true`},
	{model: "book", method: "read", args: `[[1],["total"]]`, want: `[{"id":1,"total":0.0}]`},
	{model: "book", method: "copy", args: `[[2]]`, want: `[3]`},
	{model: "book", method: "read", args: `[[3],["name","total","line_ids"]]`,
		want: `[{"id":3,"name":"Second (copy)","total":1000.01,"line_ids":[3]}]`},
	{model: "book", method: "unlink", args: `[[3]]`, want: `true`},
	{model: "line", method: "exists", args: `[[3]]`, want: `[]`},
	{model: "line", method: "create", args: `[{"date":"2025-13-45","book_id":1}]`, kind: fault.Value,
		want: "time data '2025-13-45' does not match format '%Y-%m-%d'"},
	{model: "res.currency", method: "unlink", args: `[[1]]`, want: `true`},
	{model: "book", method: "read", args: `[[1],["currency_id"]]`, want: `[{"id":1,"currency_id":false}]`},
	{model: "res.partner", method: "unlink", args: `[[5]]`, want: `true`},
	{model: "res.partner", method: "unlink", args: `[[5]]`, kind: fault.Missing, want: "Record does not exist or has been deleted.\n" +
		"(Record: res.partner(5,), User: 2)"},

	{model: "res.partner", method: "create", args: `[{"ref":"x"}]`, kind: fault.Invalid, want: "The operation cannot be completed:\n" +
		"- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, " +
		"archive it instead.\n\nModel: Contact (res.partner)\nField: Name (name)\n"},

	// rules
	{model: "secret.note", method: "create", args: `[{"name":"mine","owner_id":6}]`, as: ormtest.Clerk, want: `1`},
	{model: "secret.note", method: "create", args: `[{"name":"admin's","owner_id":2}]`, want: `2`},
	{model: "secret.note", method: "create", args: `[{"name":"yours","owner_id":2}]`, as: ormtest.Clerk, kind: fault.Denied},
	{model: "secret.note", method: "search_read", args: `[[],["name"]]`, as: ormtest.Clerk, want: `[{"id":1,"name":"mine"}]`},
	{model: "secret.note", method: "read", args: `[[2],["name"]]`, as: ormtest.Clerk, kind: fault.Denied},
	{model: "secret.note", method: "write", args: `[[2],{"name":"x"}]`, as: ormtest.Clerk, kind: fault.Denied},
	{model: "secret.note", method: "unlink", args: `[[2]]`, as: ormtest.Clerk, kind: fault.Denied},
	{model: "secret.note", method: "search_count", args: `[[]]`, want: `2`},
}
