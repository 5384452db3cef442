package domain_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func leaf(field string, op domain.Op, v any) domain.Leaf { return domain.Where(field, op, v) }

func fromJSON(t *testing.T, text string) (domain.Node, error) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return domain.Parse(v)
}

func TestParse(t *testing.T) {
	a, b, c := leaf("a", "=", int64(1)), leaf("b", "!=", "x"), leaf("c", "in", []any{int64(1), false, nil, 1.5})
	const A, B, C = `["a","=",1]`, `["b","<>","x"]`, `["c","in",[1,false,null,1.5]]`
	tests := []struct {
		name, json string
		want       domain.Node
	}{
		{"empty", `[]`, domain.And{}},
		{"one", `[` + A + `]`, a},
		{"implicit and", `[` + A + `,` + B + `,` + C + `]`, domain.And{a, b, c}},
		{"explicit and", `["&","&",` + A + `,` + B + `,` + C + `]`, domain.And{a, b, c}},
		{"or binds two", `["|",` + A + `,` + B + `,` + C + `]`, domain.And{domain.Or{a, b}, c}},
		{"or of three, either way", `["|","|",` + A + `,` + B + `,` + C + `]`, domain.Or{a, b, c}},
		{"or of three, nested right", `["|",` + A + `,"|",` + B + `,` + C + `]`, domain.Or{a, b, c}},
		{"not", `["!",` + A + `,` + B + `]`, domain.And{domain.Not{a}, b}},
		{"not of and", `["!","&",` + A + `,` + B + `]`, domain.Not{domain.And{a, b}}},
		{"true", `[[1,"=",1]]`, domain.Const(true)},
		{"false", `[[0,"=",1]]`, domain.Const(false)},
		{"any", `[["l","any",[["x","=",2],["y","=?",false]]]]`,
			leaf("l", "any", domain.And{leaf("x", "=", int64(2)), leaf("y", "=?", false)})},
		{"any of anything", `[["l","not any",[]]]`, leaf("l", "not any", domain.And{})},
		{"three letters are a leaf", `["xor"]`, leaf("x", "o", "r")},
		{"three letters with a known operator", `["a=b"]`, leaf("a", "=", "b")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := fromJSON(t, test.json)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, json, message string }{
		{"text", `"abc"`, "Domains to normalize must have a 'domain' form: a list or tuple of domain components"},
		{"null", `null`, "Domains to normalize must have a 'domain' form: a list or tuple of domain components"},
		{"object", `{}`, "Domains to normalize must have a 'domain' form: a list or tuple of domain components"},
		{"missing operand", `["|",["name","=","x"]]`, "Domain ['|', ['name', '=', 'x']] is syntactically not correct."},
		{"operator alone", `["!"]`, "Domain ['!'] is syntactically not correct."},
		{"unknown operator", `[["name","~","x"]]`, "Invalid leaf ('name', '~', 'x')"},
		{"double equals", `[["color","==",1]]`, "Invalid leaf ('color', '==', 1)"},
		{"upper case", `[["color","IN",[1]]]`, "Invalid leaf ('color', 'IN', [1])"},
		{"short leaf", `[["name"]]`, "Invalid leaf ['name']: tuple index out of range"},
		{"long leaf", `[["name","=",1,2]]`, "Invalid leaf ('name', '=', 1, 2)"},
		{"number", `[5]`, "'int' object is not subscriptable"},
		{"null leaf", `[null]`, "'NoneType' object is not subscriptable"},
		{"number as field", `[[2,"=",1]]`, "Invalid leaf (2, '=', 1)"},
		{"object as field", `[[{"a":[1]},"=",1]]`, "Invalid leaf ({'a': [1]}, '=', 1)"},
		{"object as value", `[["a","=",{"b":null}]]`, "Invalid value {'b': None} in the domain"},
		{"list in list", `[["a","in",[[1]]]]`, "Invalid value [1] in a list of the domain"},
		{"any without domain", `[["a","any",5]]`, "Domains to normalize must have a 'domain' form: a list or tuple of domain components"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := fromJSON(t, test.json)
			if err == nil {
				t.Fatalf("parsed as %s", domain.String(got))
			}
			if !fault.Is(err, fault.Value, fault.Type) {
				t.Errorf("kind %q", fault.KindOf(err))
			}
			if got := fault.MessageOf(err); got != test.message {
				t.Errorf("message\n got %s\nwant %s", got, test.message)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	limits := domain.Limits{Depth: 5, Leaves: 20, Values: 10, Text: 400}
	deep := `["a","=",1]`
	for range 10 {
		deep = `["l","any",[` + deep + `]]`
	}
	tests := []struct{ name, json, message string }{
		{"depth of any", `[` + deep + `]`, "nested more than 5 levels"},
		{"depth of not", `[` + strings.Repeat(`"!",`, 8) + `["a","=",1]]`, "nested more than 5 levels"},
		{"depth of mixed", `[` + strings.Repeat(`"|",["a","=",1],"&",["a","=",1],`, 4) + `["a","=",1]]`, "nested more than 5 levels"},
		{"leaves", `[` + strings.Repeat(`["a","=",1],`, 30) + `["a","=",1]]`, "more than 20 terms"},
		{"values", `[["a","in",[1,2,3,4,5,6,7,8,9,10,11]]]`, "more than 10 values"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var v any
			if err := json.Unmarshal([]byte(test.json), &v); err != nil {
				t.Fatal(err)
			}
			_, err := limits.Parse(v)
			if err == nil || !strings.Contains(fault.MessageOf(err), test.message) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := limits.ParseString("["+strings.Repeat(" ", 500)+"]", nil); err == nil ||
		!strings.Contains(fault.MessageOf(err), "longer than 400 bytes") {
		t.Errorf("long text: %v", err)
	}
	if _, err := domain.ParseString(strings.Repeat("[", 100_000), nil); err == nil ||
		!strings.Contains(fault.MessageOf(err), "nested too deeply") {
		t.Errorf("many brackets: %v", err)
	}
	chain := "[" + strings.Repeat(`"|",["a","=",1],`, 2000) + `["a","=",1]]`
	if n, err := fromJSON(t, chain); err != nil || len(n.(domain.Or)) != 2001 {
		t.Errorf("a long chain is one level: %v", err)
	}
}

func TestParseString(t *testing.T) {
	vars := map[string]any{"uid": int64(7), "company_ids": []int64{1, 2}, "user.company_id.id": int64(3)}
	tests := []struct {
		text string
		want domain.Node
	}{
		{"", domain.And{}},
		{"[]", domain.And{}},
		{"[('company_id', 'in', company_ids + [False])]", leaf("company_id", "in", []any{int64(1), int64(2), false})},
		{"['|', ('a','=',uid), (\"b\", '<=', -1.5),]", domain.Or{leaf("a", "=", int64(7)), leaf("b", "<=", -1.5)}},
		{"[('c', '=', user.company_id.id)] # mine", leaf("c", "=", int64(3))},
		{"[['n', '=', 'it\\'s \\u20ac\\n\\q']]", leaf("n", "=", "it's €\n\\q")},
		{"[(1, '=', 1)]", domain.Const(true)},
		{"[('l','any',[('x','=',None)])]", leaf("l", "any", leaf("x", "=", nil))},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := domain.ParseString(test.text, vars)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for text, message := range map[string]string{
		"[('a','=',nobody)]":          "Invalid domain at line 1, character 11: name 'nobody' is not defined",
		"[('a','=',1)":                "a comma or ] was expected",
		"[('a' '=' 1)]":               "a comma or ) was expected",
		"[('a','=','x)]":              "a text has no end",
		"[] []":                       "nothing more was expected",
		"__import__('os')":            "name '__import__' is not defined",
		"[('a','=',1)\n  ,('b' + 1)]": "line 2, character 12: only lists can be added",
		"[('a','=',1e999)]":           "a number was expected",
	} {
		_, err := domain.ParseString(text, nil)
		if err == nil || !strings.Contains(fault.MessageOf(err), message) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestPrint(t *testing.T) {
	n := domain.And{leaf("a", "=", int64(1)), domain.Or{leaf("b", "in", []any{nil, true, "it's"}), leaf("c", ">", 2.5)},
		domain.Not{leaf("d", "any", leaf("e", "=?", false))}}
	want := `['&', '&', ('a', '=', 1), '|', ('b', 'in', [None, True, "it's"]), ('c', '>', 2.5), '!', ('d', 'any', [('e', '=?', False)])]`
	if got := domain.String(n); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	js, err := json.Marshal(domain.Encode(n))
	if err != nil {
		t.Fatal(err)
	}
	wantJSON := `["\u0026","\u0026",["a","=",1],"|",["b","in",[null,true,"it's"]],["c","\u003e",2.5],"!",["d","any",[["e","=?",false]]]]`
	if string(js) != wantJSON {
		t.Errorf("got  %s\nwant %s", js, wantJSON)
	}
}

// conditions generates any condition, normal or not.
func conditions(depth int) *rapid.Generator[domain.Node] {
	leaves := rapid.Custom(func(t *rapid.T) domain.Node {
		op := rapid.SampledFrom([]domain.Op{"=", "!=", "<", ">=", "=?", "in", "not in", "like", "not ilike", "=ilike", "child_of"}).Draw(t,
			"op")
		value := rapid.OneOf(
			rapid.Just[any](nil), rapid.Just[any](true), rapid.Just[any](false),
			rapid.Map(rapid.Int64(), func(n int64) any { return n }),
			rapid.Map(rapid.Float64(), func(f float64) any { return f + 0.5 }),
			rapid.Map(rapid.String(), func(s string) any { return s }),
		).Filter(func(v any) bool { f, ok := v.(float64); return !ok || f != float64(int64(f)) && f-f == 0 })
		var v any = value.Draw(t, "value")
		if op == "in" || op == "not in" {
			v = append([]any{}, rapid.SliceOfN(value, 0, 4).Draw(t, "list")...)
		}
		return domain.Leaf{Field: rapid.StringMatching(`[a-z_]{1,8}(\.[a-z]{1,4})?`).Draw(t, "field"), Op: op, Value: v}
	})
	if depth == 0 {
		return rapid.OneOf(leaves, rapid.Just[domain.Node](domain.Const(true)), rapid.Just[domain.Node](domain.Const(false)))
	}
	inner := conditions(depth - 1)
	return rapid.OneOf(leaves,
		rapid.Map(rapid.SliceOfN(inner, 0, 4), func(n []domain.Node) domain.Node { return domain.And(n) }),
		rapid.Map(rapid.SliceOfN(inner, 0, 4), func(n []domain.Node) domain.Node { return domain.Or(n) }),
		rapid.Map(inner, func(n domain.Node) domain.Node { return domain.Not{Node: n} }),
		rapid.Map(inner, func(n domain.Node) domain.Node { return domain.Leaf{Field: "l", Op: domain.AnyOf, Value: n} }),
	)
}

func TestPrintedIsParsedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := domain.Normalise(conditions(3).Draw(t, "condition"))
		text := domain.String(n)
		got, err := domain.ParseString(text, nil)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(n, got); diff != "" {
			t.Fatalf("%s: %s", text, diff)
		}
		encoded, err := domain.Parse(domain.Encode(n))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(n, encoded); diff != "" {
			t.Fatalf("encoded: %s", diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`[]`, `["|",["a","=",1],["b","in",[1,"x",null]]]`, `["!",["l","any",[["a.b","ilike","é"]]]]`,
		`[[1,"=",1],"xor"]`, `["&"]`, `[[[]]]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return
		}
		n, err := domain.Parse(v)
		if err != nil {
			if !fault.Is(err, fault.Value, fault.Type) {
				t.Fatalf("kind %q: %v", fault.KindOf(err), err)
			}
			return
		}
		again, err := domain.Parse(domain.Encode(n))
		if err != nil && !strings.Contains(err.Error(), "Invalid leaf") { // three letters with another operator
			t.Fatalf("%s: %v", domain.String(n), err)
		}
		if err == nil && cmp.Diff(n, again) != "" {
			t.Fatalf("%s became %s", domain.String(n), domain.String(again))
		}
	})
}

func FuzzParseString(f *testing.F) {
	for _, seed := range []string{"[('a','=',1)]", "[('a','in',x+[1,]),]", "['|',('a','=','\\x41'),(1,'=',1)]", "((((",
		"[1e5, -.5, \"\\U0001F600\"]"} {
		f.Add(seed)
	}
	vars := map[string]any{"x": []int64{1, 2}}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := domain.ParseString(text, vars)
		if err != nil {
			if !fault.Is(err, fault.Value, fault.Type) {
				t.Fatalf("kind %q: %v", fault.KindOf(err), err)
			}
			return
		}
		domain.String(n)
	})
}
