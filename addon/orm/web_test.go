package orm_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// TestWebAndGroups: what a web client reads and saves, and read_group.
func TestWebAndGroups(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		fixture(t, db)
		converse(t, db, webTalk)
	})
}

var webTalk = []talk{
	{model: "res.partner", method: "create", args: `[[{"name":"One","ref":"DOM1","color":1},{"name":"Two","ref":"DOM2","color":2},` +
		`{"name":"Three","ref":"DOM3","color":3},{"name":"Four","ref":"DOM4"}]]`, want: `[1,2,3,4]`},
	{model: "res.partner", method: "create", args: `[{"name":"Kid","ref":"DOM5","parent_id":1,"type":"invoice"}]`, want: `5`},
	{model: "res.partner", method: "web_read", args: `{"args":[[5]],"kwargs":{"specification":{"name":{},"parent_id":{},"child_ids":{},` +
		`"active":{}}}}`,
		want: `[{"id":5,"active":true,"child_ids":[],"name":"Kid","parent_id":1}]`},
	{model: "res.partner", method: "web_read",
		args: `{"args":[[1]],"kwargs":{"specification":{"parent_id":{"fields":{"display_name":{}}},"child_ids":{"fields":{"ref":{}}}}}}`,
		want: `[{"id":1,"child_ids":[{"id":5,"ref":"DOM5"}],"parent_id":false}]`},
	{model: "res.partner", method: "web_read",
		args: `{"args":[[5]],"kwargs":{"specification":{"parent_id":{"fields":{"display_name":{}}}}}}`,
		want: `[{"id":5,"parent_id":{"id":1,"display_name":"One"}}]`},
	{model: "res.partner", method: "web_search_read", args: `{"kwargs":{"domain":[["ref","=like","DOM%"]],"specification":{"ref":{}},` +
		`"order":"id","limit":2}}`,
		want: `{"length":5,"records":[{"id":1,"ref":"DOM1"},{"id":2,"ref":"DOM2"}]}`},
	{model: "res.partner", method: "web_save", args: `{"args":[[],{"name":"Saved","ref":"S"}],"kwargs":{"specification":{"name":{},` +
		`"ref":{}}}}`, want: `[{"id":6,"name":"Saved","ref":"S"}]`},
	{model: "res.partner", method: "web_save", args: `{"args":[[6],{"ref":"T"}],"kwargs":{"specification":{"ref":{}}}}`,
		want: `[{"id":6,"ref":"T"}]`},
	{model: "res.currency", method: "get_external_id", args: `[[1]]`, want: `{"1":""}`},

	{model: "res.partner", method: "export_data", args: `[[5,1],["name","parent_id","parent_id/ref",".id","id","type","is_company",` +
		`"color","born","child_ids/ref"]]`,
		want: `{"datas":[["Kid","One","DOM1","5","__export__.res_partner_5","Invoice",false,0,"",""],` +
			`["One","","","1","__export__.res_partner_1","Contact",false,1,"","DOM5"]]}`},
	{model: "res.partner", method: "load", args: `[["name","ref"],[["Load 1","L1"],["Load 2","L2"]]]`,
		want: `{"ids":[7,8],"messages":[],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["id","color","parent_id"],[["__export__.res_partner_7","4","Load 2"]]]`,
		want: `{"ids":[7],"messages":[],"nextrow":0}`},
	{model: "res.partner", method: "read", args: `[[7],["color","parent_id"]]`, want: `[{"id":7,"color":4,"parent_id":[8,"Load 2"]}]`},
	{model: "res.partner", method: "load", args: `[["name","is_company"],[["Bad","perhaps"]]]`,
		want: `{"ids":false,"messages":[{"field":"is_company","field_name":"Is a Company","message":"Unknown value 'perhaps' for boolean ` +
			`field 'Is a Company'","moreinfo":"Use '1' for yes and '0' for no","record":0,"rows":{"from":0,"to":0},` +
			`"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["name","parent_id"],[["Bad","No Such Parent"]]]`,
		want: `{"ids":false,"messages":[{"field":"parent_id","field_name":"Related Company","message":"No matching record found for name ` +
			`'No Such Parent' in field 'Related Company'","moreinfo":{"context":{"create":false},` +
			`"help":"See all possible values","name":"Possible Values","res_model":"res.partner","target":"new",` +
			`"type":"ir.actions.act_window","view_mode":"list,form","views":[[false,"list"],[false,"form"]]},` +
			`"record":0,"rows":{"from":0,"to":0},"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["name"],[["fine"],[""]]]`,
		want: `{"ids":false,"messages":[{"message":"The operation cannot be completed:\n- Create/update: ` +
			`a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, ` +
			`archive it instead.\n\nModel: Contact (res.partner)\nField: Name (name)\n","record":1,"rows":{"from":1,"to":1},` +
			`"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "search_count", args: `[[["name","in",["fine","Bad"]]]]`, want: `0`},

	{model: "res.partner", method: "write", args: `[[4],{"parent_id":1}]`, want: `true`},
	{model: "res.partner", method: "web_read", args: `{"args":[[1,2]],"kwargs":{"specification":{"child_ids":{"fields":{"ref":{}},` +
		`"limit":1,"order":"id desc"}}}}`,
		want: `[{"id":1,"child_ids":[{"id":5,"ref":"DOM5"},{"id":4}]},{"id":2,"child_ids":[]}]`},
	{model: "res.partner", method: "write", args: `[[4],{"parent_id":false}]`, want: `true`},
	{model: "res.partner", method: "read_group", args: `[[["ref","=like","DOM%"]],["color:sum"],["parent_id"]]`,
		want: `[{"__domain":["\u0026",["ref","=like","DOM%"],["parent_id","=",1]],"color":0,"parent_id":[1,"One"],"parent_id_count":1},` +
			`{"__domain":["\u0026",["ref","=like","DOM%"],["parent_id","=",false]],"color":6,"parent_id":false,"parent_id_count":4}]`},
	{model: "res.partner", method: "read_group", args: `{"args":[[["ref","=like","DOM%"]],["color:sum"],["parent_id","type"]],` +
		`"kwargs":{"lazy":false}}`,
		want: `[{"__count":1,"__domain":["\u0026","\u0026",["ref","=like","DOM%"],["parent_id","=",1],["type","=","invoice"]],` +
			`"color":0,"parent_id":[1,"One"],"type":"invoice"},{"__count":4,"__domain":["\u0026","\u0026",["ref","=like","DOM%"],` +
			`["parent_id","=",false],["type","=","contact"]],"color":6,"parent_id":false,"type":"contact"}]`},
	{model: "res.partner", method: "read_group", args: `[[["ref","=","zzz"]],["color:sum"],["type"]]`, want: `[]`},
	{model: "res.partner", method: "read_group",
		args: `[[["ref","=like","DOM%"]],["total:sum(color)","n:count(id)","ids:array_agg(id)"],["type"]]`,
		want: `[{"__domain":["\u0026",["ref","=like","DOM%"],["type","=","contact"]],"ids":[1,2,3,4],"n":4,"total":6,"type":"contact",` +
			`"type_count":4},{"__domain":["\u0026",["ref","=like","DOM%"],["type","=","invoice"]],"ids":[5],` +
			`"n":1,"total":0,"type":"invoice","type_count":1}]`},
	{model: "res.partner", method: "read_group", args: `[[["ref","=like","DOM%"]],[],["is_company"]]`,
		want: `[{"__domain":["\u0026",["ref","=like","DOM%"],["is_company","=",false]],"is_company":false,"is_company_count":5}]`},
	{model: "res.partner", method: "read_group", args: `[[],[],["nope"]]`, kind: fault.Value,
		want: "Invalid field 'nope' on model 'res.partner'"},
	{model: "res.partner", method: "read_group", args: `[[],["color:median"],["type"]]`, kind: fault.Value,
		want: "Invalid aggregate method 'median' for 'color:median'."},
	{model: "res.partner", method: "read_group", args: `[[],["child_count:sum"],["type"]]`, kind: fault.Value,
		want: "Cannot convert res.partner.child_count to SQL because it is not stored"},
	{model: "res.partner", method: "read_group", args: `[[],["password"],["type"]]`, kind: fault.Value},
	{model: "res.partner", method: "read_group", args: `{"args":[[["ref","=like","DOM%"]],[],["type","parent_id"]],` +
		`"kwargs":{"orderby":"type_count desc","limit":1}}`,
		want: `[{"__context":{"group_by":["parent_id"]},"__domain":["\u0026",["ref","=like","DOM%"],["type","=","contact"]],` +
			`"type":"contact","type_count":4}]`},

	{model: "res.partner", method: "web_read_group", args: `{"args":[[["ref","=like","DOM%"]],["color:sum"],["type"]],` +
		`"kwargs":{"limit":1}}`,
		want: `{"groups":[{"__domain":["\u0026",["ref","=like","DOM%"],["type","=","contact"]],"color":6,"type":"contact",` +
			`"type_count":4}],"length":2}`},
	{model: "res.partner", method: "web_read_group", args: `{"args":[[["ref","=like","DOM%"]],[],["type"]],"kwargs":{"limit":1,` +
		`"offset":1}}`,
		want: `{"groups":[{"__domain":["\u0026",["ref","=like","DOM%"],["type","=","invoice"]],"type":"invoice","type_count":1}],` +
			`"length":2}`},
	{model: "res.partner", method: "web_read_group", args: `[[["ref","=","zzz"]],[],["type"]]`, want: `{"groups":[],"length":0}`},

	{model: "book", method: "create", args: `[{"name":"Main","line_ids":[[0,0,{"date":"2025-02-27","amount":0.01}],` +
		`[0,0,{"date":"2025-03-01","amount":1000}],[0,0,{"date":"2025-03-02","amount":-300.25}]]}]`, want: `1`},
	{model: "line", method: "read_group", args: `[[["book_id","=",1]],["amount"],["date"]]`,
		want: `[{"__domain":["\u0026",["book_id","=",1],"\u0026",["date","\u003e=","2025-02-01"],["date","\u003c","2025-03-01"]],` +
			`"__range":{"date":{"from":"2025-02-01","to":"2025-03-01"}},"amount":0.01,"date":"February 2025","date_count":1},` +
			`{"__domain":["\u0026",["book_id","=",1],"\u0026",["date","\u003e=","2025-03-01"],["date","\u003c","2025-04-01"]],` +
			`"__range":{"date":{"from":"2025-03-01","to":"2025-04-01"}},"amount":699.75,"date":"March 2025","date_count":2}]`},
	{model: "line", method: "read_group", args: `[[["book_id","=",1]],["amount"],["date:week"]]`,
		want: `[{"__domain":["\u0026",["book_id","=",1],"\u0026",["date","\u003e=","2025-02-23"],["date","\u003c","2025-03-02"]],` +
			`"__range":{"date:week":{"from":"2025-02-23","to":"2025-03-02"}},"amount":1000.01,"date:week":"W9 2025","date_count":2},` +
			`{"__domain":["\u0026",["book_id","=",1],"\u0026",["date","\u003e=","2025-03-02"],["date","\u003c","2025-03-09"]],` +
			`"__range":{"date:week":{"from":"2025-03-02","to":"2025-03-09"}},"amount":-300.25,"date:week":"W10 2025","date_count":1}]`},
	{model: "line", method: "read_group", args: `{"args":[[],["amount"],["date:week"]],"kwargs":{"context":{"lang":"nl_NL"},` +
		`"orderby":"date:week desc"}}`,
		want: `[{"__domain":["\u0026",["date","\u003e=","2025-02-24"],["date","\u003c","2025-03-03"]],` +
			`"__range":{"date:week":{"from":"2025-02-24","to":"2025-03-03"}},"amount":699.76,"date:week":"W9 2025","date_count":3}]`},
	{model: "line", method: "read_group", args: `[[],["amount"],["date:day_of_week"]]`,
		want: `[{"__domain":[["date.day_of_week","=",0]],"amount":-300.25,"date:day_of_week":0,"date_count":1},` +
			`{"__domain":[["date.day_of_week","=",4]],"amount":0.01,"date:day_of_week":4,"date_count":1},` +
			`{"__domain":[["date.day_of_week","=",6]],"amount":1000.0,"date:day_of_week":6,"date_count":1}]`},
	{model: "line", method: "search_count", args: `[[["date.day_of_week","=",6]]]`, want: `1`},
	{model: "line", method: "search_count", args: `[[["date.iso_week_number","in",[9]],["create_date.year_number",">",2000]]]`, want: `3`},
	{model: "line", method: "read_group", args: `[[],["amount:min","amount_sum:sum(amount)"],["date:year"]]`,
		want: `[{"__domain":["\u0026",["date","\u003e=","2025-01-01"],["date","\u003c","2026-01-01"]],` +
			`"__range":{"date:year":{"from":"2025-01-01","to":"2026-01-01"}},"amount":-300.25,"amount_sum":699.76,"date:year":"2025",` +
			`"date_count":3}]`},
	{model: "line", method: "read_group", args: `[[["book_id","=",1],["amount","\u003e",0]],["amount:avg","n:count_distinct(date)"],[]]`,
		want: `[{"__count":2,"__domain":["\u0026",["book_id","=",1],["amount","\u003e",0]],"amount":500.005,"n":2}]`},

	{model: "res.partner", method: "formatted_read_group", args: `[[["ref","=like","DOM%"]],["parent_id","type"],["color:sum","__count",` +
		`"id:array_agg"]]`,
		want: `[{"__count":1,"__extra_domain":["\u0026",["parent_id","=",1],["type","=","invoice"]],"color:sum":0,"id:array_agg":[5],` +
			`"parent_id":[1,"One"],"type":"invoice"},{"__count":4,"__extra_domain":["\u0026",["parent_id","=",false],` +
			`["type","=","contact"]],"color:sum":6,"id:array_agg":[1,2,3,4],"parent_id":false,"type":"contact"}]`},
	{model: "res.partner", method: "formatted_read_group", args: `{"kwargs":{"domain":[["ref","=like","DOM%"]],"groupby":["type"],` +
		`"order":"__count","limit":1}}`, want: `[{"__extra_domain":[["type","=","invoice"]],"type":"invoice"}]`},
	{model: "res.partner", method: "formatted_read_group", args: `[[["ref","=","zzz"]],["type"],["__count"]]`, want: `[]`},
	{model: "res.partner", method: "formatted_read_group", args: `[[["ref","=","zzz"]],[],["__count","color:sum","color:count"]]`,
		want: `[{"__count":0,"__extra_domain":[[1,"=",1]],"color:count":0,"color:sum":false}]`},
	{model: "line", method: "formatted_read_group", args: `[[["book_id","=",1]],["date:month","book_id"],["amount:sum","amount:min"]]`,
		want: `[{"__extra_domain":["\u0026","\u0026",["date","\u003e=","2025-02-01"],["date","\u003c","2025-03-01"],["book_id","=",1]],` +
			`"amount:min":0.01,"amount:sum":0.01,"book_id":[1,"Main"],"date:month":["2025-02-01","February 2025"]},` +
			`{"__extra_domain":["\u0026","\u0026",["date","\u003e=","2025-03-01"],["date","\u003c","2025-04-01"],["book_id","=",1]],` +
			`"amount:min":-300.25,"amount:sum":699.75,"book_id":[1,"Main"],"date:month":["2025-03-01","March 2025"]}]`},
	{model: "line", method: "formatted_read_group", args: `[[],["date:day_of_week"],["__count"]]`,
		want: `[{"__count":1,"__extra_domain":[["date.day_of_week","=",0]],"date:day_of_week":0},` +
			`{"__count":1,"__extra_domain":[["date.day_of_week","=",4]],"date:day_of_week":4},` +
			`{"__count":1,"__extra_domain":[["date.day_of_week","=",6]],"date:day_of_week":6}]`},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],["date:month"],["amount:sum"]],"kwargs":{"having":[["amount:sum",` +
		`"\u003e",1]]}}`,
		want: `[{"__extra_domain":["\u0026",["date","\u003e=","2025-03-01"],["date","\u003c","2025-04-01"]],"amount:sum":699.75,` +
			`"date:month":["2025-03-01","March 2025"]}]`},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],["date:month"]],"kwargs":{"having":["|",["date:max","\u003c",` +
		`"2025-03-01"],"!",["__count","in",[1,2]]],"order":"date:month desc"}}`,
		want: `[{"__extra_domain":["\u0026",["date","\u003e=","2025-02-01"],["date","\u003c","2025-03-01"]],"date:month":["2025-02-01",` +
			`"February 2025"]}]`},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],[],["amount:avg"]],"kwargs":{"having":[["__count","\u003e",99]]}}`,
		want: `[]`},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],["date:month"]],"kwargs":{"having":[["amount:sum","ilike","1"]]}}`,
		kind: fault.Value, want: "Invalid having clause ('amount:sum', 'ilike', '1'): supported comparators are ('in', 'not in', '<', " +
			"'>', '<=', '>=', '=', '!=')"},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],["date:month"]],"kwargs":{"having":[["amount","=",1]]}}`,
		kind: fault.Value},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],["date:month"]],"kwargs":{"having":[["id:array_agg","=",1]]}}`,
		kind: fault.Value},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],["date:month"]],"kwargs":{"having":[["amount:sum","=","x"]]}}`,
		kind: fault.Value},
	{model: "line", method: "formatted_read_group", args: `{"args":[[],["date:month"]],"kwargs":{"having":[["nope:sum","=",1]]}}`,
		kind: fault.Value, want: "Invalid field 'nope' on model 'line'"},
	{model: "res.partner", method: "formatted_read_group", args: `{"args":[[],["type"]],"kwargs":{"having":[["password:max","=","x"]]}}`,
		kind: fault.Value},
	{model: "line", method: "formatted_read_group", args: `[[],["date"],["__count"]]`, kind: fault.Value,
		want: "Granularity not set on a date(time) field: 'date'"},
	{model: "line", method: "formatted_read_group", args: `[[],["date:month"],["amount"]]`, kind: fault.Value,
		want: "Aggregate method is mandatory for 'amount'"},
	{model: "line", method: "formatted_read_group", args: `[[],["date:month"],["amount:median"]]`, kind: fault.Value,
		want: "Invalid aggregate method 'median' for 'amount:median'."},

	{model: "res.partner", method: "read_progress_bar",
		args: `[[["ref","=like","DOM%"]],"parent_id",{"field":"type","colors":{"invoice":"danger","contact":"success"}}]`,
		want: `{"1":{"contact":0,"invoice":1},"False":{"contact":4,"invoice":0}}`},
	{model: "line", method: "read_progress_bar", args: `[[],"date:month",{"field":"nope","colors":{}}]`, kind: fault.Value,
		want: "Invalid field 'nope' on model 'line'"},
	{model: "line", method: "read_progress_bar", args: `[[],"date:month",{}]`, kind: fault.Key},

	{model: "res.partner", method: "web_name_search", args: `["Thr",{"display_name":{}}]`, want: `[{"display_name":"Three","id":3}]`},
	{model: "res.partner", method: "web_name_search", args: `{"args":["",{"ref":{},"parent_id":{"fields":{"display_name":{}}}}],` +
		`"kwargs":{"domain":[["ref","in",["DOM4","DOM5"]]],"operator":"ilike","limit":5}}`,
		want: `[{"id":4,"parent_id":false,"ref":"DOM4"},{"id":5,"parent_id":{"id":1,"display_name":"One"},"ref":"DOM5"}]`},
	{model: "res.partner", method: "web_name_search", args: `{"args":["o",{"display_name":{}}],"kwargs":{"limit":1,"domain":[["ref","=",` +
		`"DOM2"]]}}`, want: `[{"display_name":"Two","id":2}]`},
	{model: "res.partner", method: "web_name_search", args: `["x",{"password":{}}]`, kind: fault.Value},

	// records of a list: rows with nothing in other columns belong to the record above
	{model: "book", method: "load", args: `[["name","line_ids/date","line_ids/amount"],[["Cash","2025-05-01","10.5"],` +
		`["","2025-05-02","-1"],["Bank","",""],["Till","2025-05-03","7"]]]`, want: `{"ids":[2,3,4],"messages":[],"nextrow":0}`},
	{model: "line", method: "search_read", args: `{"args":[[["book_id","in",[2,3,4]]],["book_id","date","amount"]],` +
		`"kwargs":{"order":"id"}}`,
		want: `[{"id":4,"book_id":[2,"Cash"],"date":"2025-05-01","amount":10.5},{"id":5,"book_id":[2,"Cash"],"date":"2025-05-02",` +
			`"amount":-1.0},{"id":6,"book_id":[4,"Till"],"date":"2025-05-03","amount":7.0}]`},
	{model: "book", method: "read", args: `[[2,3,4],["total"]]`, want: `[{"id":2,"total":9.5},{"id":3,"total":0.0},{"id":4,"total":7.0}]`},
	{model: "book", method: "load", args: `[[".id","line_ids/.id","line_ids/amount","line_ids/date"],[["2","4","11",""],` +
		`["","","5","2025-05-04"]]]`,
		want: `{"ids":false,"messages":[{"message":"The operation cannot be completed:\n- Create/update: ` +
			`a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, ` +
			`archive it instead.\n\nModel: Line (line)\nField: Date (date)\n","record":0,"rows":{"from":0,"to":1},` +
			`"type":"error"}],"nextrow":0}`},
	{model: "book", method: "load", args: `[[".id","line_ids/.id","line_ids/amount","line_ids/date"],[["2","4","11","2025-05-01"],` +
		`["","","5","2025-05-04"]]]`, want: `{"ids":[2],"messages":[],"nextrow":0}`},
	{model: "line", method: "search_read", args: `{"args":[[["book_id","=",2]],["amount"]],"kwargs":{"order":"id"}}`,
		want: `[{"id":4,"amount":11.0},{"id":5,"amount":-1.0},{"id":7,"amount":5.0}]`},
	{model: "book", method: "load", args: `[["name","line_ids/.id"],[["Box","4,5"]]]`, want: `{"ids":[5],"messages":[],"nextrow":0}`},
	{model: "line", method: "search", args: `[[["book_id","=",5]]]`, want: `[5,4]`},

	// what is wrong in a list is told of the record, with the path of labels; nothing is written
	{model: "res.partner", method: "load", args: `[["name","child_ids/name","child_ids/color"],[["Fine","x","1"],["Bad","y","1"],` +
		`["","z","red"],["Worse","v","blue"]]]`,
		want: `{"ids":false,"messages":[{"field":"child_ids","field_name":"Contacts","message":"'red' does not seem to be an integer for ` +
			`field 'Contacts/Color'","record":1,"rows":{"from":1,"to":2},"type":"error"},{"field":"child_ids","field_name":"Contacts",` +
			`"message":"'blue' does not seem to be an integer for field 'Contacts/Color'","record":2,"rows":{"from":3,"to":3},` +
			`"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["name","child_ids/child_ids/born"],[["Bad","32-13-2025"]]]`,
		want: `{"ids":false,"messages":[{"field":"child_ids","field_name":"Contacts","message":"'32-13-2025' does not seem to be a valid ` +
			`date for field 'Contacts/Contacts/Born'","moreinfo":"Use the format '2012-12-31'","record":0,"rows":{"from":0,"to":0},` +
			`"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["name","child_ids/.id","child_ids/color"],[["Bad","999","1"]]]`,
		want: `{"ids":false,"messages":[{"field":"child_ids","field_name":"Contacts","message":"No matching record found for database id ` +
			`'999' in field 'Contacts'","moreinfo":{"context":{"create":false},"help":"See all possible values","name":"Possible Values",` +
			`"res_model":"res.partner","target":"new","type":"ir.actions.act_window","view_mode":"list,form","views":[[false,"list"],` +
			`[false,"form"]]},"record":0,"rows":{"from":0,"to":0},"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["name","child_ids/id","child_ids/.id","child_ids/name"],[["Bad","a","1","b"]]]`,
		want: `{"ids":false,"messages":[{"field":"child_ids","field_name":"Contacts","message":"Ambiguous specification for field ` +
			`'Contacts', only provide one of name, external id or database id","record":0,"rows":{"from":0,"to":0},` +
			`"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["name","parent_id/name"],[["Bad","One"]]]`,
		want: `{"ids":false,"messages":[{"field":"parent_id","field_name":"Related Company","message":"Can not create Many-To-One ` +
			`records indirectly, import the field separately","record":0,"rows":{"from":0,"to":0},"type":"error"}],"nextrow":0}`},
	{model: "res.partner", method: "load", args: `[["name","child_ids/nope"],[["Bad","x"]]]`, kind: fault.Value,
		want: "Invalid field name 'nope'"},
	{model: "res.partner", method: "load",
		args: `[["name","child_ids/child_ids/child_ids/child_ids/child_ids/child_ids/child_ids/child_ids/name"],[["Bad","x"]]]`,
		kind: fault.User},
	{model: "res.partner", method: "load", args: `[["name","/"],[["Bad","x"]]]`, kind: fault.Value},
	{model: "res.partner", method: "search_count", args: `[[["name","in",["Fine","Bad","Worse","x","y","z","v"]]]]`, want: `0`},
}
