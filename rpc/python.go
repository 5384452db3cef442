package rpc

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/rpc/jsonrpc"
)

// members reads an object's members as plain values.
func members(params json.RawMessage) (map[string]any, error) {
	v, err := jsonrpc.Decode(params)
	if err != nil {
		return nil, fault.New(fault.Value, "%s", err)
	}
	return dict(v)
}

// dict is Python's dict() of a value, as far as JSON can say it.
func dict(v any) (map[string]any, error) {
	switch v := v.(type) {
	case map[string]any:
		return v, nil
	case string:
		if v == "" {
			return map[string]any{}, nil
		}
		return nil, fault.New(fault.Value, "dictionary update sequence element #0 has length 1; 2 is required")
	case []any:
		if len(v) == 0 {
			return map[string]any{}, nil
		}
		return nil, fault.New(fault.Type, "cannot convert dictionary update sequence element #0 to a sequence")
	}
	return nil, fault.New(fault.Type, "'%s' object is not iterable", typeName(v))
}

// require refuses params that lack arguments, in Python's words.
func require(function string, params map[string]any, names ...string) error {
	var missing []string
	for _, name := range names {
		if _, ok := params[name]; !ok {
			missing = append(missing, "'"+name+"'")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return missingArguments(function, missing)
}

func missingArguments(function string, quoted []string) error {
	noun := "arguments"
	if len(quoted) == 1 {
		noun = "argument"
	}
	return fault.New(fault.Type, "%s missing %d required positional %s: %s", function, len(quoted), noun, and(quoted))
}

// atMost refuses more arguments than a function takes, in Python's words.
func atMost(function string, args []any, least, most int) error {
	if len(args) <= most {
		return nil
	}
	takes, s, were := fmt.Sprint(most), "s", "were"
	switch {
	case least < most:
		takes = fmt.Sprintf("from %d to %d", least, most)
	case most == 1:
		s = ""
	}
	if len(args) == 1 {
		were = "was"
	}
	return fault.New(fault.Type, "%s takes %s positional argument%s but %d %s given", function, takes, s, len(args), were)
}

// and joins names as Python does: a, b, and c.
func and(names []string) string {
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return names[0] + " and " + names[1]
	}
	return strings.Join(names[:len(names)-1], ", ") + ", and " + names[len(names)-1]
}

// typeName is a JSON value's type in Python.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "float"
		}
		return "int"
	case []any:
		return "list"
	case map[string]any:
		return "dict"
	}
	return fmt.Sprintf("%T", v)
}

// text is a value that must be a text.
func text(name string, v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fault.New(fault.Type, "%s must be a str, not %s", name, typeName(v))
	}
	return s, nil
}
