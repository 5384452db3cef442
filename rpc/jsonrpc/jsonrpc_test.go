package jsonrpc_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/rpc/jsonrpc"
)

func TestReadTakesRequestsApart(t *testing.T) {
	for _, c := range []struct{ name, body, id, params string }{
		{"usual", `{"jsonrpc":"2.0","method":"call","id":7,"params":{"a":1}}`, `7`, `{"a":1}`},
		{"jsonrpc and method do not matter", `{"jsonrpc":9,"method":[],"id":7,"params":{}}`, `7`, `{}`},
		{"white space around", " \r\n\t{\"id\":1}\n", `1`, `{}`},
		{"id missing", `{"params":{}}`, `null`, `{}`},
		{"id null", `{"id":null,"params":{}}`, `null`, `{}`},
		{"id of 30 digits", `{"id":123456789012345678901234567890}`, `123456789012345678901234567890`, `{}`},
		{"id a float", `{"id":1.50}`, `1.50`, `{}`},
		{"id with an exponent", `{"id":1E+400}`, `1E+400`, `{}`},
		{"id a text", `{"id":"a\u00e9\"<"}`, `"a\u00e9\"<"`, `{}`},
		{"id false", `{"id":false}`, `false`, `{}`},
		{"id an object", `{"id":{"b":1, "a":[2]}}`, `{"b":1, "a":[2]}`, `{}`},
		{"names are told apart by case", `{"ID":1,"Id":2,"id":3,"iD":4,"Params":5,"params":6,"PARAMS":7}`, `3`, `6`},
		{"names in another case are others", `{"ID":1,"Params":{}}`, `null`, `{}`},
		{"the last of two counts", `{"id":1,"id":2}`, `2`, `{}`},
		{"params missing", `{"id":1}`, `1`, `{}`},
		{"params null", `{"id":1,"params":null}`, `1`, `null`},
		{"params a list", `{"id":1,"params":[1]}`, `1`, `[1]`},
		{"params a number", `{"id":1,"params":0}`, `1`, `0`},
		{"empty object", `{}`, `null`, `{}`},
		{"at the limit of depth", `{"params":[[[1]]]}`, `null`, `[[[1]]]`},
		{"brackets in a text", `{"params":"[[[[[[[[{{{{{{"}`, `null`, `"[[[[[[[[{{{{{{"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := jsonrpc.Read([]byte(c.body), jsonrpc.Bounds{Depth: 4, Values: 1000})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{c.id, c.params}, []string{string(got.ID), string(got.Params)}); diff != "" {
				t.Errorf("id and params (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       error
	}{
		{"nothing", ``, jsonrpc.ErrNotJSON},
		{"white space", " \n", jsonrpc.ErrNotJSON},
		{"cut off", `{"id":1`, jsonrpc.ErrNotJSON},
		{"a word", `hello`, jsonrpc.ErrNotJSON},
		{"two values", `{"id":1}{"id":2}`, jsonrpc.ErrNotJSON},
		{"trailing comma", `{"id":1,}`, jsonrpc.ErrNotJSON},
		{"single quotes", `{'id':1}`, jsonrpc.ErrNotJSON},
		{"byte order mark", "\ufeff{\"id\":1}", jsonrpc.ErrNotJSON},
		{"NaN", `{"id":NaN}`, jsonrpc.ErrNotJSON},
		{"zero byte", "{\"id\":1}\x00", jsonrpc.ErrNotJSON},
		{"control character in a text", "{\"id\":\"\x01\"}", jsonrpc.ErrNotJSON},
		{"too deep", `{"params":[[[[1]]]]}`, jsonrpc.ErrNotJSON},
		{"too deep and cut off", strings.Repeat("[", 1<<20), jsonrpc.ErrNotJSON},
		{"number", `1`, jsonrpc.ErrNotObject},
		{"text", `"{}"`, jsonrpc.ErrNotObject},
		{"null", `null`, jsonrpc.ErrNotObject},
		{"batch", `[{"id":1},{"id":2}]`, jsonrpc.ErrNotObject},
		{"empty batch", `[]`, jsonrpc.ErrNotObject},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := jsonrpc.Read([]byte(c.body), jsonrpc.Bounds{Depth: 4, Values: 1000})
			if !errors.Is(err, c.want) {
				t.Errorf("got %s, %v; want %v", got.ID, err, c.want)
			}
		})
	}
}

func TestCheckDepth(t *testing.T) {
	for _, c := range []struct {
		name, text string
		deepest    int // the smallest depth that lets it pass
	}{
		{"none", `1`, 0},
		{"one", `[]`, 1},
		{"side by side", `[[],[],{}]`, 2},
		{"mixed", `[{"a":[{}]}]`, 4},
		{"in a text", `["[[[{{{"]`, 1},
		{"after an escaped quote", `["\"[[[",[]]`, 2},
		{"after an escaped backslash", `["\\",[[]]]`, 3},
		{"in a key", `{"[[[[":1}`, 1},
		{"a backslash at the very end", `["\`, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := (jsonrpc.Bounds{Depth: c.deepest}).Check([]byte(c.text)); err != nil {
				t.Errorf("depth %d: %v", c.deepest, err)
			}
			if c.deepest == 0 {
				return
			}
			if err := (jsonrpc.Bounds{Depth: c.deepest - 1}).Check([]byte(c.text)); !errors.Is(err, jsonrpc.ErrNotJSON) {
				t.Errorf("depth %d: got %v, want a refusal", c.deepest-1, err)
			}
		})
	}
}

func TestValuesAreCounted(t *testing.T) {
	for _, c := range []struct {
		name, text string
		values     int // the smallest number that lets it pass
	}{
		{"one", `1`, 1},
		{"empty lists", `[[],[],[]]`, 7},
		{"members", `{"a":1,"b":{}}`, 4},
		{"in a text", `["[,,,{"]`, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := (jsonrpc.Bounds{Depth: 9, Values: c.values}).Check([]byte(c.text)); err != nil {
				t.Errorf("%d values: %v", c.values, err)
			}
			if c.values == 1 {
				return
			}
			if err := (jsonrpc.Bounds{Depth: 9, Values: c.values - 1}).Check([]byte(c.text)); !errors.Is(err, jsonrpc.ErrNotJSON) {
				t.Errorf("%d values: got %v, want a refusal", c.values-1, err)
			}
		})
	}
}

func TestPeekReadsTheBeginning(t *testing.T) {
	for _, c := range []struct {
		name, text, service string
		args                []any
	}{
		{"service first", `{"id":{"a":[1]},"params":{"service":"object","args":["db",2,"pw","m",[[[`, "object", []any{"db", json.Number("2"), "pw"}},
		{"arguments first", `{"params":{"args":["db",2,"pw"],"service":"object"}}`, "", []any{"db", json.Number("2"), "pw"}},
		{"other members before", `{"params":{"x":{"args":[9]},"service":"db","args":[null,true,1.5,`, "db", []any{nil, true, json.Number("1.5")}},
		{"fewer", `{"params":{"args":["db",2]}}`, "", []any{"db", json.Number("2")}},
		{"cut off", `{"params":{"service":"db","args":["pw","name","UEsDB`, "db", []any{"pw", "name"}},
		{"a list among them", `{"params":{"args":["db",[],"pw"]}}`, "", []any{"db"}},
		{"a list first", `{"params":{"args":[[],"db","pw"]}}`, "", nil},
		{"the first cut off", `{"params":{"args":["d`, "", nil},
		{"no list", `{"params":{"args":"db"}}`, "", nil},
		{"no arguments", `{"params":{}}`, "", nil},
		{"no params", `{"id":1}`, "", nil},
		{"a list", `[[],[]]`, "", nil},
		{"nothing", ``, "", nil},
		{"no JSON", `{"params":{"args":[x`, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			head, ok := jsonrpc.Peek([]byte(c.text), 3)
			if ok != (c.args != nil) {
				t.Fatalf("got %v, %v", head, ok)
			}
			if diff := cmp.Diff(jsonrpc.Head{Service: c.service, Args: c.args}, head); ok && diff != "" {
				t.Errorf("head (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeKeepsNumbersAsTheyCame(t *testing.T) {
	got, err := jsonrpc.Decode([]byte(`{"a":[1,1.0,123456789012345678901234567890],"b":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": []any{json.Number("1"), json.Number("1.0"), json.Number("123456789012345678901234567890")}, "b": nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if v, err := jsonrpc.Decode([]byte(`{"a":`)); !errors.Is(err, jsonrpc.ErrNotJSON) {
		t.Errorf("cut off: got %v, %v", v, err)
	}
}

func TestReplies(t *testing.T) {
	failure := jsonrpc.Error{Code: 200, Message: "Odoo Server Error", Data: jsonrpc.ErrorData{
		Name: "builtins.ValueError", Debug: "d", Message: "m", Arguments: []any{"m"}}}
	odd := failure
	odd.Data.Arguments = []any{func() {}} // no JSON
	const told = `"error":{"code":200,"message":"Odoo Server Error","data":{"name":"builtins.ValueError",` +
		`"debug":"d","message":"m","arguments":["m"],"context":{}}}}`
	id := json.RawMessage(`"x"`)
	for _, c := range []struct {
		name string
		got  []byte
		want string
	}{
		{"result", jsonrpc.AppendResult(nil, id, json.RawMessage(`[1]`)), `{"jsonrpc":"2.0","id":"x","result":[1]}`},
		{"None has no result", jsonrpc.AppendResult(nil, id, nil), `{"jsonrpc":"2.0","id":"x"}`},
		{"no id", jsonrpc.AppendResult(nil, nil, json.RawMessage(`1`)), `{"jsonrpc":"2.0","id":null,"result":1}`},
		{"after what stands there", jsonrpc.AppendResult([]byte("a"), id, nil), `a{"jsonrpc":"2.0","id":"x"}`},
		{"head", append(jsonrpc.AppendResultHead(nil, id), `2}`...), `{"jsonrpc":"2.0","id":"x","result":2}`},
		{"error", jsonrpc.AppendError(nil, id, failure), `{"jsonrpc":"2.0","id":"x",` + told},
		{"error without id", jsonrpc.AppendError(nil, nil, failure), `{"jsonrpc":"2.0","id":null,` + told},
		{"arguments that are no JSON", jsonrpc.AppendError(nil, id, odd), `{"jsonrpc":"2.0","id":"x",` + told},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, string(c.got)); diff != "" {
				t.Errorf("reply (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		``, `{`, `{}`, `[]`, `null`, `{"id":1,"params":{}}`, `{"ID":1,"id":2,"Id":3}`, `{"id":"\ud800"}`,
		`{"id":{"a":[1e999]},"params":null}`, "\ufeff{}", "{\"id\":\"\xff\"}", `{"id":1,"id":null}`,
		`{"id":"\\","params":[[[[[[[[[]]]]]]]]]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		bounds := jsonrpc.Bounds{Depth: 8, Values: 50}
		got, err := jsonrpc.Read(body, bounds)
		if err != nil {
			if !errors.Is(err, jsonrpc.ErrNotJSON) && !errors.Is(err, jsonrpc.ErrNotObject) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if !json.Valid(body) || bounds.Check(body) != nil {
			t.Fatalf("accepted %q", body)
		}
		if string(got.ID) != "null" && !strings.Contains(string(body), string(got.ID)) {
			t.Fatalf("id %q is not in the body as it stands", got.ID)
		}
		if string(got.Params) != "{}" && !strings.Contains(string(body), string(got.Params)) {
			t.Fatalf("params %q are not in the body as they stand", got.Params)
		}
		var reply map[string]json.RawMessage
		if err := json.Unmarshal(jsonrpc.AppendResult(nil, got.ID, nil), &reply); err != nil {
			t.Fatalf("reply to id %q: %v", got.ID, err)
		}
		if string(reply["id"]) != string(got.ID) {
			t.Fatalf("reply has id %q, want %q", reply["id"], got.ID)
		}
	})
}
