package base_test

import (
	"testing"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// A table that names its rows is loaded once, however often it comes.
func TestLoadingByExternalIDs(t *testing.T) {
	ormtest.EachInstalled(t, func() (orm.Directory, []addon.Addon) {
		people := newBase()
		return people.Directory(), []addon.Addon{people.Addon()}
	}, func(t *testing.T, db *orm.Database) {
		const found = "__import__.acme"
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "load", Args: `[["id","name"],[["acme","Acme"],["old.bakery","Bakery"],["acme","Acme Ltd"]]]`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","in",["Acme","Acme Ltd","Bakery"]]]]`, Want: `2`},
			{Model: "res.partner", Method: "load", Args: `[["id","street"],[["` + found + `","Main Street 1"]]]`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","=","Acme Ltd"],["street","=","Main Street 1"]]]`, Want: `1`},
			{Model: "res.partner", Method: "load", Args: `[["name","parent_id/id"],[["Ann","` + found + `"]]]`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","=","Ann"],["parent_id.name","=","Acme Ltd"]]]`, Want: `1`},
			{Model: "ir.model.data", Method: "search_count", Args: `[[["module","in",["__import__","old"]]]]`, Want: `2`},
			{Model: "res.partner", Method: "load", Args: `[[".id","name"],[["99999999","Nobody"]]]`,
				Want: `{"ids":false,"messages":[{"message":"No matching record found for '99999999'","record":0,"rows":{"from":0,"to":0},` +
					`"type":"error"}],"nextrow":0}`},
			// records of a list have names too, new ones and known ones
			{Model: "res.partner", Method: "load", Args: `[["id","child_ids/id","child_ids/name"],[["` + found + `","staff.bob","Bob"],` +
				`["","staff.cis","Cis"]]]`},
			{Model: "res.partner", Method: "load", Args: `[["id","child_ids/id","child_ids/street"],[["` + found +
				`","staff.bob","Side Street"]]]`},
			{Model: "res.partner", Method: "search_count", Args: `[[["parent_id.name","=","Acme Ltd"],["name","in",["Ann","Bob","Cis"]]]]`,
				Want: `3`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","=","Bob"],["street","=","Side Street"]]]`, Want: `1`},
			{Model: "ir.model.data", Method: "search_count", Args: `[[["module","=","staff"],["model","=","res.partner"]]]`, Want: `2`},
			// lists within lists
			{Model: "res.partner", Method: "load", Args: `[["name","child_ids/name","child_ids/child_ids/name",` +
				`"child_ids/child_ids/color"],[["Top","A","A1","1"],["","","A2","2"],["","B","",""],["Other","","",""]]]`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","in",["A","B"]],["parent_id.name","=","Top"]]]`, Want: `2`},
			{Model: "res.partner", Method: "search_count", Args: `[["&",["parent_id.name","=","A"],"|","&",["name","=","A1"],` +
				`["color","=",1],"&",["name","=","A2"],["color","=",2]]]`, Want: `2`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","in",["Top","Other"]],["parent_id","=",false]]]`, Want: `2`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","in",["Top","Other","A","B","A1","A2"]]]]`, Want: `6`},
			// what is wrong with one row keeps the others out, and their names
			{Model: "res.partner", Method: "load", Args: `[["id","name"],[["good","Good"],["bad",""]]]`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","=","Good"]]]`, Want: `0`},
			{Model: "ir.model.data", Method: "search_count", Args: `[[["name","in",["good","bad"]]]]`, Want: `0`},
		})
	})
}
