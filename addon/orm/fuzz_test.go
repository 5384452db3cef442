package orm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// FuzzCall calls methods that change things, on one of the databases.
func FuzzCall(f *testing.F) {
	for i, args := range hostile {
		f.Add(byte(i), args)
	}
	var dbs []*orm.Database
	for _, kind := range ormtest.Kinds() {
		db := ormtest.New(f, ormtest.On(kind), world())
		fixture(f, db)
		dbs = append(dbs, db)
	}
	f.Fuzz(func(t *testing.T, method byte, args string) {
		for _, db := range dbs {
			sane(t, db, methods[int(method)%len(methods)], args)
		}
	})
}

// readings are methods that change nothing.
var readings = []string{
	"search", "search_count", "search_read", "read", "name_search", "read_group", "web_read", "web_search_read", "export_data", "exists",
	"default_get", "fields_get", "get_metadata", "get_external_id", "check_access", "has_access", "check_access_rights",
}

var asked = []string{
	`[[["name","=","Ann"]]]`, `[[["name","ilike","é"]],["name","born"],0,3,"name desc, id"]`, `[[["parent_id.tag_ids.name","like","%"]]]`,
	`[["|","!",["color",">",2],["seen","<=","2025-01-02"]]]`, `[[["tag_ids","any",[["name","=ilike","r_d"]]]]]`,
	`[[["id","child_of","Acme"]]]`,
	`[[["id","in",[1,2,3,null,0,-1,1.5]]]]`, `[[["born.month_number","=",2]]]`, `[[["extra","ilike","x"]]]`, `[[["active","in",[false]]]]`,
	`[[["parent_id","not in",[0,false,"Acme"]]]]`, `[[["weight","<",1e300]]]`, `[[["color","=",99999999999999999999]]]`,
	`[[["photo","!=",false]]]`,
	`{"args":[[]],"kwargs":{"order":"parent_id desc nulls first, color","limit":4,"offset":1}}`,
	`{"args":[[]],"kwargs":{"context":{"active_test":false,"tz":"Asia/Tokyo","lang":"nl_NL"}}}`,
	`[[],["color:sum","weight:avg","n:count(name)"],["seen:week"]]`,
	`[[],["color:max"],["parent_id","born:quarter"],0,5,"color desc",false]`,
	`[[],["__count"],["tag_ids"]]`, `[[],["is_company:bool_or","ids:array_agg(id)"],["type"]]`, `[[],[],["seen:hour"]]`,
	`[[],[],["born:day_of_week"]]`,
	`[[1,2,3],["name","parent_id/name","child_ids/ref","tag_ids/id",".id"]]`,
	`[[3,1],{"name":{},"child_ids":{"fields":{"display_name":{}},"order":"name desc"}}]`,
	`["a",[["color","=",1]],"not ilike",3]`, `["",[],"=",5]`, `[[1],"read"]`, `[["name","type","parent_id"]]`,
}

// FuzzSearch asks the same of both databases: the answers are the same, too,
// whether results or faults, and never a mistake of ours.
func FuzzSearch(f *testing.F) {
	for i, args := range append(slices.Clone(asked), hostile...) {
		f.Add(byte(i), args)
		f.Add(byte(i*5+1), args)
	}
	var dbs []*orm.Database
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, kind := range ormtest.Kinds() {
		db := ormtest.New(f, ormtest.Setup{Kind: kind, Now: func() time.Time { return noon }}, world())
		fixture(f, db)
		people(f, db)
		dbs = append(dbs, db)
	}
	f.Fuzz(func(t *testing.T, method byte, args string) {
		name := readings[int(method)%len(readings)]
		var first string
		for i, db := range dbs {
			answer, settled := reading(t, db, name, args)
			if i > 0 && settled && answer != first {
				t.Errorf("%s%s answers\n%s on SQLite and\n%s on PostgreSQL", name, args, first, answer)
			}
			first = answer
		}
	})
}

// people fills a database with records of every kind of value.
func people(t testing.TB, db *orm.Database) {
	t.Helper()
	system(t, db, func(env *orm.Env) error {
		tags, err := env.Create("tag", orm.Values{"name": "red"}, orm.Values{"name": "Ünïcode"}, orm.Values{"name": "%_\\"})
		if err != nil {
			return err
		}
		link := func(ids ...int64) []orm.Command { return []orm.Command{{Op: orm.CommandSet, IDs: ids}} }
		rows := []orm.Values{
			{"name": "Acme", "is_company": true, "color": int64(1), "weight": 1.5, "born": "1999-12-31", "seen": "2025-01-02 03:04:05",
				"tag_ids": link(tags...), "note": "hidden"},
			{"name": "Ann", "ref": "a%b", "email": "ann@example.com", "parent_id": int64(1), "color": int64(2147483647),
				"born": "2024-02-29", "seen": "2025-01-02 23:59:59", "extra": map[string]any{"x": []any{1.0, nil}}},
			{"name": "émile", "ref": "", "city": "Gènt", "parent_id": int64(2), "color": int64(-5), "weight": -0.25,
				"seen": "2025-03-30 01:30:00", "tag_ids": link(tags[1])},
			{"name": "ÉMILE", "city": "gent", "type": "invoice", "weight": 1e15, "active": false, "born": "0001-01-01", "photo": "R0lG"},
			{"name": "it's \"x\"", "comment": "a\nb\t", "parent_id": int64(1), "color": int64(0), "born": "9999-12-31",
				"seen": "9999-12-31 23:59:59", "tag_ids": link(tags[0], tags[2])},
			{"name": "K", "ref": "\u212a", "email": "1", "is_company": true},
		}
		for _, row := range rows { // each may point at those before it
			if _, err := env.Create("res.partner", row); err != nil {
				return err
			}
		}
		return nil
	})
}

// reading makes a call and gives its answer; settled when it does not depend on
// what a database may choose, such as the order of what is equal.
func reading(t *testing.T, db *orm.Database, method, args string) (answer string, settled bool) {
	t.Helper()
	text := args
	if strings.HasPrefix(args, "[") {
		text = `{"args":` + args + `}`
	}
	var call struct {
		Args   []any          `json:"args"`
		Kwargs map[string]any `json:"kwargs"`
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if decoder.Decode(&call) != nil {
		return "", true
	}
	if order, ok := call.Kwargs["order"].(string); ok && strings.TrimSpace(order) != "" {
		call.Kwargs["order"] = order + ", id"
	}
	if len(call.Args) > 4 && strings.HasPrefix(method, "search") || len(call.Args) > 4 && method == "web_search_read" {
		for i, a := range call.Args {
			if order, ok := a.(string); ok && i > 2 && strings.TrimSpace(order) != "" {
				call.Args[i] = order + ", id"
			}
		}
	}
	result, err := db.Call(context.Background(), ormtest.As(ormtest.Clerk), "res.partner", method, call.Args, call.Kwargs)
	if fault.Is(err, fault.Internal, fault.Conflict, fault.Unavailable) {
		t.Fatalf("%s%s: %v", method, args, err)
	}
	if err != nil {
		return fmt.Sprintf("%s: %s", fault.KindOf(err), fault.MessageOf(err)), true
	}
	out, err := json.Marshal(result)
	if err != nil {
		t.Fatalf("%s%s answers what is no JSON: %v", method, args, err)
	}
	return string(out), method != "read_group" || !ordered(args)
}

// ordered: groups that are equal in what they are ordered by come in any order.
func ordered(args string) bool {
	return strings.Contains(args, "orderby") || strings.Contains(args, "array_agg") || strings.Count(args, ",") > 3 ||
		strings.Contains(args, `\u`)
}
