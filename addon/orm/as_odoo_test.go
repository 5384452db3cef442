package orm_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// TestAsOdooComputes: answers of a real Odoo 18 that nobody would guess.
func TestAsOdooComputes(t *testing.T) {
	eachOfWorld(t, func(t *testing.T, db *orm.Database) { converse(t, db, odooTalk) })
}

var odooTalk = []talk{
	{model: "res.partner", method: "create", args: `[[{"name":"One","color":1,"born":"2027-01-03"},
		{"name":"Two","born":"2027-03-01","seen":"2027-03-01 00:00:00"}]]`, want: `[1,2]`},
	{model: "res.partner", method: "create", args: `[[{"name":"Kid","parent_id":1,"type":"invoice"}]]`, want: `[3]`},

	// a figure over nothing is false, a count 0
	{model: "res.partner", method: "read_group", args: `[[["id","=",0]],["color:sum","weight:max","n:count(name)"],[]]`,
		want: `[{"__count":0,"__domain":[["id","=",0]],"color":false,"n":0,"weight":false}]`},

	// days as people write them
	{model: "res.partner", method: "search", args: `[[["born","=","2027-1-3"]]]`, want: `[1]`},
	{model: "res.partner", method: "search", args: `[[["born",">=","2027/3/1"]]]`, want: `[2]`},
	{model: "res.partner", method: "search", args: `[[["born","=","03/01/2027"]]]`, want: `[2]`},
	{model: "res.partner", method: "search", args: `[[["born","in",["20270103"]]]]`, want: `[1]`},
	{model: "res.partner", method: "search", args: `[[["seen","=","2027-3-1"]]]`, want: `[2]`},
	{model: "res.partner", method: "search", args: `[[["born","=","2027-13-1"]]]`, kind: fault.Value},
	{model: "res.partner", method: "search", args: `[[["born","=","31/12/2027"]]]`, kind: fault.Value},

	// a record that is not there cannot be taken off a list
	{model: "res.partner", method: "write", args: `[[1],{"child_ids":[[3,99,0]]}]`, kind: fault.Missing},
	{model: "res.partner", method: "write", args: `[[1],{"child_ids":[[3,3,0]]}]`, want: `true`},
	{model: "res.partner", method: "write", args: `[[1],{"child_ids":[[4,3,0]]}]`, want: `true`},

	{model: "res.partner", method: "search", args: `{"args":[[]],"kwargs":{"offset":-1}}`,
		kind: fault.Value, want: "OFFSET must not be negative"},
	{model: "res.partner", method: "search_read", args: `{"args":[[]],"kwargs":{"offset":-1}}`,
		kind: fault.Value, want: "OFFSET must not be negative"},
	{model: "res.partner", method: "search", args: `{"args":[[]],"kwargs":{"limit":-1}}`,
		kind: fault.Value, want: "LIMIT must not be negative"},

	// only what is stored is added up by itself
	{model: "res.partner", method: "fields_get", args: `[["color","child_count"],["aggregator"]]`,
		want: `{"child_count":{},"color":{"aggregator":"sum"}}`},

	// a language that is not installed counts its weeks as en_US does
	{model: "res.partner", method: "read_group", args: `{"args":[[["id","=",1]],[],["born:week"]],"kwargs":{"context":{"lang":"fr_FR"}}}`,
		want: `[{"__domain":["\u0026",["id","=",1],"\u0026",["born","\u003e=","2027-01-03"],["born","\u003c","2027-01-10"]],"__range":{"born:week":{"from":"2027-01-03","to":"2027-01-10"}},"born:week":"W2 2027","born_count":1}]`},

	// what a list may be filtered by
	{model: "line", method: "search_panel_select_range", args: `["book_id"]`, want: `{"parent_field":false,"values":[]}`},
	{model: "book", method: "create", args: `[[{"name":"Used","line_ids":[[0,0,{"date":"2027-01-01"}],[0,0,{"date":"2027-01-02"}]]},{"name":"Idle"}]]`, want: `[1,2]`},
	{model: "line", method: "search_panel_select_range", args: `["book_id"]`, want: `{"parent_field":false,"values":[{"display_name":"Used","id":1}]}`},
	{model: "line", method: "search_panel_select_range", args: `{"args":["book_id"],"kwargs":{"expand":true,"enable_counters":true,"search_domain":[["date","=","2027-01-01"]]}}`,
		want: `{"parent_field":false,"values":[{"__count":1,"display_name":"Used","id":1},{"__count":0,"display_name":"Idle","id":2}]}`},
	{model: "line", method: "search_panel_select_range", args: `{"args":["book_id"],"kwargs":{"expand":true,"comodel_domain":[["name","=","Idle"]]}}`,
		want: `{"parent_field":false,"values":[{"display_name":"Idle","id":2}]}`},
	{model: "line", method: "search_panel_select_range", args: `{"args":["book_id"],"kwargs":{"expand":true,"limit":2}}`,
		want: `{"error_msg":"Too many items to display."}`},
	{model: "res.partner", method: "search_panel_select_range", args: `["type"]`,
		want: `{"parent_field":false,"values":[{"display_name":"Contact","id":"contact"},{"display_name":"Invoice","id":"invoice"}]}`},
	{model: "res.partner", method: "search_panel_select_range", args: `["parent_id"]`,
		want: `{"parent_field":"parent_id","values":[{"display_name":"One","id":1,"parent_id":false}]}`},
	{model: "res.partner", method: "search_panel_select_range", args: `{"args":["parent_id"],"kwargs":{"hierarchize":false}}`,
		want: `{"parent_field":false,"values":[{"display_name":"One","id":1}]}`},
	{model: "res.partner", method: "search_panel_select_range", args: `["born"]`, kind: fault.User},
	{model: "res.partner", method: "search_panel_select_range", args: `["password"]`, kind: fault.Value},
}
