package orm

import (
	"encoding/json"
	"math"

	"github.com/girosync/girosync/addon/fault"
)

// whole reads a whole number that is an id; false for anything else.
func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), true
		}
		return 0, false
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	}
	return 0, false
}

// nowhere is the id of no record: what stands for numbers beyond all ids.
const nowhere = -1 << 62

// toIDs reads the ids that a call is for: one, a list, or none (false, null).
// Numbers that are no id find nothing, as in Odoo; text is refused.
func toIDs(v any) ([]int64, error) {
	switch v := v.(type) {
	case []int64:
		return v, nil
	case []any:
		ids := make([]int64, 0, len(v))
		for _, item := range v {
			id, err := toID(item)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		return ids, nil
	case nil:
		return nil, nil
	case bool:
		if !v {
			return nil, nil
		}
	}
	id, err := toID(v)
	if err != nil {
		return nil, err
	}
	return []int64{id}, nil
}

func toID(v any) (int64, error) {
	if id, ok := whole(v); ok {
		return id, nil
	}
	switch v.(type) {
	case float64, json.Number:
		return nowhere, nil
	case string:
		return 0, fault.New(fault.Value, "invalid input syntax for type integer: \"%s\"", v)
	}
	return 0, fault.New(fault.Type, "unhashable type: '%s'", typeName(v))
}

// eachOnce is ids without repeats, in their order; what was given stays as it is.
func eachOnce(ids []int64) []int64 {
	seen := make(map[int64]bool, len(ids))
	out := make([]int64, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
