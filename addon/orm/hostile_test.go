package orm_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

var methods = []string{
	"search", "search_count", "search_read", "read", "create", "write", "copy", "exists", "name_search", "name_create",
	"default_get", "fields_get", "read_group", "web_read", "web_search_read", "web_save", "check_access_rights", "check_access",
	// last: it takes away what the others need
	"has_access", "get_metadata", "get_external_id", "action_archive", "toggle_active", "export_data", "load", "unlink",
}

var hostile = []string{
	`[[1],{"name":{}}]`, `[[1],{"name":[1,2]}]`, `[[1],{"color":"x"}]`, `[[1],{"color":1e300}]`, `[[1],{"weight":"nan"}]`,
	`[[1],{"born":5}]`,
	`[[1],{"seen":[]}]`, `[[1],{"seen":"0000-00-00 99:99:99"}]`, `[[1],{"active":{}}]`, `[[1],{"type":{}}]`, `[[1],{"parent_id":{}}]`,
	`[[1],{"parent_id":[1,2,3]}]`, `[[1],{"parent_id":1.5}]`, `[[1],{"parent_id":-1}]`, `[[1],{"parent_id":1}]`,
	`[[1],{"extra":{"a":[1,null]}}]`,
	`[[1],{"tag_ids":[[0]]}]`, `[[1],{"tag_ids":[[0,0,5]]}]`, `[[1],{"tag_ids":[[6,0,"x"]]}]`, `[[1],{"tag_ids":[[6,0,[null]]]}]`,
	`[[1],{"tag_ids":[[]]}]`,
	`[[1],{"tag_ids":[["a",1]]}]`, `[[1],{"tag_ids":[[1,99,{"name":"x"}]]}]`, `[[1],{"tag_ids":{"a":1}}]`,
	`[[1],{"child_ids":[[0,0,{"child_ids":[[0,0,{"name":"deep"}]]}]]}]`,
	`[[1],{"child_ids":[[4,1]]}]`, `[[1],{"name":"\u0000"}]`, `[[1],{"":1}]`, `[[1],null]`, `[[1],[]]`, `[[1],"x"]`, `[[[1]],["name"]]`,
	`[{"a":1},["name"]]`,
	`[["x"],["name"]]`, `[[1],[["name"]]]`, `[[1],[1]]`, `[[1],"name"]`, `[[1.5],["name"]]`, `[[-5],["name"]]`, `[true,["name"]]`,
	`[[["name"]]]`, `[[["name","=",{}]]]`, `[[["name","in",5]]]`, `[["&"]]`, `[["!"]]`, `[[["parent_id.parent_id.name","ilike","%%%"]]]`,
	`[[["tag_ids","any",5]]]`, `[[["id","child_of",{}]]]`, `[[["password","=","x"]]]`, `[[["parent_id.note","=","x"]]]`,
	`[[["seen",">","x"]]]`, `[[["color","=","x"]]]`, `[[["extra","=",{"a":1}]]]`, `[[["child_count","=",1]]]`,
	`[[["display_name","ilike","a"]]]`,
	`{"args":[[]],"kwargs":{"limit":"x"}}`, `{"args":[[]],"kwargs":{"limit":[]}}`, `{"args":[[]],"kwargs":{"offset":-1}}`,
	`{"args":[[]],"kwargs":{"order":"name;drop table"}}`,
	`{"args":[[]],"kwargs":{"order":5}}`, `{"args":[[]],"kwargs":{"order":","}}`, `{"args":[[]],"kwargs":{"context":[]}}`,
	`{"args":[[]],"kwargs":{"context":{"tz":"No/Where","lang":5,"allowed_company_ids":"x","active_test":[]}}}`,
	`{"args":[[1]],"kwargs":{"specification":{"parent_id":5}}}`,
	`{"args":[[1]],"kwargs":{"specification":{"tag_ids":{"fields":{"name":{}},"order":"nope"}}}}`,
	`{"args":[[1]],"kwargs":{"specification":{"tag_ids":{"fields":[]}}}}`, `{"args":[[1]],"kwargs":{"specification":{"nope":{}}}}`,
	`[[],["color:sum"],["seen:week"]]`, `[[],["color:sum(name)"],["born:nope"]]`, `[[],["name:sum"],["name"]]`, `[[],[5],[5]]`,
	`[[],["x:y:z"],["extra"]]`, `[[],[],"tag_ids"]`,
	`["read"]`, `[[1],"nope"]`, `["nope"]`, `[["name","parent_id/id",".id"],[["a"]]]`, `[["name"],[5]]`,
	`[[1],["parent_id/name","nope/x"]]`, `[]`, `[null]`, `[{}]`, `[""]`,
	`{"args":[[]],"kwargs":{"order":"` + terms + `"}}`,
	`{"args":[[],["color:sum"],["name"]],"kwargs":{"orderby":"` + terms + `","lazy":false}}`,
	`{"args":[[1]],"kwargs":{"specification":{"tag_ids":{"fields":{"name":{}},"order":"` + terms + `"}}}}`,
}

// terms are more of an order than databases take.
var terms = strings.Repeat("name,", 3000) + "name"

// TestHostileCalls: whatever a client sends to whatever method, the answer is a
// result or a fault that says what is wrong with the call: never a panic, never
// a mistake of ours.
func TestHostileCalls(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		fixture(t, db)
		system(t, db, func(env *orm.Env) error {
			_, err := env.Create("res.partner",
				orm.Values{"name": "One", "tag_ids": []orm.Command{{Op: orm.CommandCreate, Values: orm.Values{"name": "T"}}}})
			return err
		})
		for _, method := range methods {
			for _, args := range hostile {
				sane(t, db, method, args)
			}
		}
	})
}

func sane(t *testing.T, db *orm.Database, method, args string) {
	t.Helper()
	var decoded struct {
		Args   []any          `json:"args"`
		Kwargs map[string]any `json:"kwargs"`
	}
	text := args
	if len(args) > 0 && args[0] == '[' {
		text = `{"args":` + args + `}`
	}
	if json.Unmarshal([]byte(text), &decoded) != nil {
		return
	}
	result, err := db.Call(context.Background(), ormtest.As(ormtest.Clerk), "res.partner", method, decoded.Args, decoded.Kwargs)
	if fault.Is(err, fault.Internal, fault.Conflict, fault.Unavailable) {
		t.Errorf("%s%s: %v", method, args, err)
		return
	}
	if err != nil {
		return
	}
	if _, err := json.Marshal(result); err != nil {
		t.Errorf("%s%s answers what is no JSON: %v", method, args, err)
	}
}
