package base_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// What clients of Odoo 18 ask of contacts and find on a real one: two companies (4
// and 7), a contact of the first (5), and one below it (6).
func TestAsOdooAnswers(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "create", Want: `4`, Args: `[{"name":"Acme","is_company":true}]`},
			{Model: "res.partner", Method: "create", Want: `5`, Args: `[{"name":"Ann","parent_id":4}]`},
			{Model: "res.partner", Method: "create", Want: `[6,7]`, Args: `[[{"name":"Bob","parent_id":5},{"name":"Other"}]]`},

			// below a record, and above one, are the record itself and its own
			{Model: "res.partner", Method: "search", Args: `{"args":[[["parent_id","child_of",4]]],"kwargs":{"order":"id"}}`, Want: `[4,5,6]`},
			{Model: "res.partner", Method: "search", Args: `[[["parent_id","child_of",[7]]]]`, Want: `[7]`},
			{Model: "res.partner", Method: "search", Args: `{"args":[[["parent_id","parent_of",6]]],"kwargs":{"order":"id"}}`, Want: `[4,5,6]`},
			{Model: "res.partner", Method: "search", Args: `{"args":[[["parent_id","child_of","Acme"]]],"kwargs":{"order":"id"}}`,
				Want: `[4,5,6]`},
			{Model: "res.partner", Method: "search_count", Args: `[["&",["id",">",3],"!",["parent_id","child_of",4]]]`, Want: `1`},
			{Model: "res.partner", Method: "search", Args: `[[["parent_id","child_of",false]]]`, Want: `[]`},

			// in takes lists, or a flag; names of other records may stand alone
			{Model: "res.partner", Method: "search", Args: `[[["id","in",5]]]`, Kind: fault.Value,
				Want: "Invalid domain term ('id', 'in', 5)"},
			{Model: "res.partner", Method: "search", Args: `[[["name","not in","Ann"]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["parent_id","in",5]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["is_company","in",1]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["parent_id.name","in","Ann"]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["parent_id","in","Acme, Ann"]]]`, Want: `[6]`},
			{Model: "res.partner", Method: "search", Args: `[[["is_company","in",[true]],["id",">",3]]]`, Want: `[4]`},

			{Model: "res.partner", Method: "search_fetch", Args: `{"args":[[["id",">",4]],["name","email"]],"kwargs":{"limit":2,"order":"id"}}`,
				Want: `[5,6]`},

			// a language that is not installed
			{Model: "res.partner", Method: "read", Args: `{"args":[[4],["name"]],"kwargs":{"context":{"lang":"fr_FR"}}}`, Kind: fault.User,
				Want: "Invalid language code: fr_FR"},
			{Model: "res.partner", Method: "write", Args: `{"args":[[4],{"ref":"x"}],"kwargs":{"context":{"lang":"nl"}}}`, Kind: fault.User},
			{Model: "res.partner", Method: "read", Args: `{"args":[[4],["ref"]],"kwargs":{"context":{"lang":"nl_NL"}}}`,
				Want: `[{"id":4,"ref":false}]`},
			{Model: "res.partner", Method: "search_count", Args: `{"args":[[["id","=",4]]],"kwargs":{"context":{"lang":"fr_FR"}}}`, Want: `1`},

			// defaults: booleans always, lists and other fields where there is something
			{Model: "res.partner", Method: "default_get", Args: `[["is_company","active","name","child_ids","category_id","type","color"]]`,
				Want: `{"active":true,"is_company":false,"type":"contact"}`},
			{Model: "res.partner", Method: "default_get",
				Args: `{"args":[["child_ids","category_id"]],"kwargs":{"context":{"default_child_ids":[],"default_category_id":[]}}}`, Want: `{}`},

			// a text in place of names: those that are parts of it; elsewhere its letters
			{Model: "res.partner", Method: "fields_get", Args: `["street","type"]`, Want: `{"street":{"type":"char"}}`},
			{Model: "res.partner", Method: "fields_get", Args: `["display_name",["type"]]`,
				Want: `{"display_name":{"type":"char"},"name":{"type":"char"}}`},
			{Model: "res.partner", Method: "read", Args: `[[4],"name"]`, Kind: fault.Value, Want: "Invalid field 'n' on model 'res.partner'"},
			{Model: "res.partner", Method: "default_get", Args: `["active"]`, Want: `{}`},

			{Model: "res.partner", Method: "load", Args: `[["name","nope"],[["x","y"]]]`, Kind: fault.Value,
				Want: "Invalid field name 'nope'"},
			{Model: "res.partner", Method: "load", Args: `[["name","child_ids/nope"],[["x","y"]]]`, Kind: fault.Value,
				Want: "Invalid field name 'nope'"},

			// ids of records whose model another field names
			{Model: "ir.attachment", Method: "fields_get", Args: `[["res_id"],["type","model_field","aggregator"]]`,
				Want: `{"res_id":{"model_field":"res_model","type":"many2one_reference"}}`},
			{Model: "ir.model.fields", Method: "search_read", Args: `[[["model","=","ir.model.data"],["name","=","res_id"]],["ttype"]]`},
			{Model: "ir.model.fields", Method: "search_count", Args: `[[["name","=","res_id"],["ttype","!=","many2one_reference"]]]`, Want: `0`},
		})
	})
}

// Tags, states and reports are there, though none come with the host.
func TestModelsThatClientsLookFor(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			someone,
			{Model: "res.partner.category", Method: "create", Args: `[{"name":"Customers"}]`, Want: `1`},
			{Model: "res.partner.category", Method: "create", Args: `[{"name":"Large","parent_id":1}]`, Want: `2`},
			{Model: "res.partner.category", Method: "name_search", Args: `["Lar"]`, Want: `[[2,"Customers / Large"]]`},
			{Model: "res.partner.category", Method: "write", Args: `[[1],{"parent_id":2}]`, Kind: fault.Invalid,
				Want: "You can not create recursive tags."},
			{Model: "res.partner", Method: "create", Args: `[{"name":"Acme","category_id":[[6,0,[2]]]}]`, Want: `5`},
			{Model: "res.partner", Method: "search_read", Args: `[[["category_id","child_of",1]],["category_id"]]`,
				Want: `[{"id":5,"category_id":[2]}]`},
			{Model: "res.partner", Method: "read_group", Args: `[[["id","=",5]],[],["category_id"]]`,
				Want: `[{"__domain":["&",["id","=",5],["category_id","=",2]],"category_id":[2,"Customers / Large"],"category_id_count":1}]`},
			{Model: "res.partner.category", Method: "read", Args: `[[2],["partner_ids"]]`, Want: `[{"id":2,"partner_ids":[5]}]`},
			{As: clerk, Model: "res.partner.category", Method: "search_count", Args: `[[]]`, Want: `2`},
			{As: clerk, Model: "res.partner.category", Method: "create", Args: `[{"name":"x"}]`, Kind: fault.Denied},

			{Model: "res.country.state", Method: "search_count", Args: `[[]]`, Want: `0`},
			{Model: "res.country", Method: "search", Args: `[[["code","=","US"],["state_ids","=",false]]]`},
			{Model: "res.country.state", Method: "create", Args: `[{"name":"Vermont","code":"VT","country_id":1}]`, Want: `1`},
			{Model: "res.country.state", Method: "create", Args: `[{"name":"Vermont","code":"VT","country_id":1}]`, Kind: fault.Invalid,
				Want: "The operation cannot be completed: The code of the state must be unique by country!"},
			{Model: "res.partner", Method: "write", Args: `[[5],{"state_id":1}]`, Want: `true`},
			{Model: "res.partner", Method: "search", Args: `[[["state_id.code","=","VT"]]]`, Want: `[5]`},

			{As: clerk, Model: "ir.actions.report", Method: "search_read", Args: `[[["model","=","res.partner"]],["name","report_name"]]`,
				Want: `[]`},
			{Model: "ir.actions.report", Method: "create", Args: `[{"name":"x","model":"y","report_name":"z"}]`, Kind: fault.Denied},
		})
	})
}
