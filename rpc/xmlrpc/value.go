package xmlrpc

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// value reads what stands in <value>, to its end. Without a type it is a text.
func (r *reader) value(level int) (any, error) {
	if r.values++; r.bounds.Values > 0 && r.values > r.bounds.Values {
		return nil, fmt.Errorf("more than %d values (limits.values_per_request)", r.bounds.Values)
	}
	var text strings.Builder
	for {
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			return text.String(), nil
		case xml.StartElement:
			if strings.TrimSpace(text.String()) != "" {
				return nil, fmt.Errorf("text before <%.40s>", token.Name.Local)
			}
			v, err := r.typed(token.Name.Local, level)
			if err != nil {
				return nil, err
			}
			return v, r.close()
		}
	}
}

// typed reads the rest of an element that says its type.
func (r *reader) typed(kind string, level int) (any, error) {
	switch kind {
	case "array", "struct":
		if level++; level > r.bounds.Depth {
			return nil, fmt.Errorf("nested deeper than %d levels", r.bounds.Depth)
		}
		if kind == "array" {
			return r.array(level)
		}
		return r.object(level)
	}
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	switch kind {
	case "string":
		return text, nil
	case "int", "i4", "i8", "i1", "i2", "biginteger":
		return whole(strings.TrimSpace(text))
	case "double", "float", "bigdecimal":
		return fraction(strings.TrimSpace(text))
	case "boolean":
		return truth(strings.TrimSpace(text))
	case "nil":
		return nil, nil
	case "dateTime.iso8601":
		return instant(strings.TrimSpace(text))
	case "base64":
		return binary(text)
	}
	return nil, fmt.Errorf("unknown type <%.40s>", kind)
}

func (r *reader) array(level int) (any, error) {
	if err := r.open("data"); err != nil {
		return nil, err
	}
	list := []any{}
	for {
		name, err := r.tag()
		if err != nil {
			return nil, err
		}
		if name == "" {
			return list, r.close()
		}
		if name != "value" {
			return nil, fmt.Errorf("<%.40s> does not belong into an array", name)
		}
		v, err := r.value(level)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

func (r *reader) object(level int) (any, error) {
	members := map[string]any{}
	for {
		name, err := r.tag()
		if err != nil || name == "" {
			return members, err
		}
		if name != "member" {
			return nil, fmt.Errorf("<%.40s> does not belong into a struct", name)
		}
		if err := r.member(members, level); err != nil {
			return nil, err
		}
	}
}

func (r *reader) member(members map[string]any, level int) error {
	if err := r.open("name"); err != nil {
		return err
	}
	name, err := r.text()
	if err != nil {
		return err
	}
	if err := r.open("value"); err != nil {
		return err
	}
	if members[name], err = r.value(level); err != nil {
		return err
	}
	return r.close()
}

// longestNumber is how many digits a whole number may have.
const longestNumber = 60

// whole reads a number of any size, like Python's int.
func whole(text string) (any, error) {
	n, ok := new(big.Int), len(text) <= longestNumber
	if ok {
		_, ok = n.SetString(text, 10)
	}
	if !ok {
		return nil, fmt.Errorf("invalid literal for int() with base 10: '%.40s'", text)
	}
	return json.Number(n.String()), nil
}

// fraction reads a number that stays one with a point.
func fraction(text string) (any, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("could not convert string to float: '%.40s'", text)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return json.Number(strconv.FormatFloat(f, 'f', 1, 64)), nil
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), nil
}

func truth(text string) (any, error) {
	switch text {
	case "0":
		return false, nil
	case "1":
		return true, nil
	}
	return nil, errors.New("bad boolean value")
}

// instant reads the forms of ISO 8601 that clients send, as the models' text.
func instant(text string) (any, error) {
	text = strings.TrimSuffix(text, "Z")
	for _, layout := range []string{"20060102T15:04:05", "2006-01-02T15:04:05", "20060102T150405", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateTime), nil
		}
	}
	return nil, fmt.Errorf("time data '%.40s' does not match format '%%Y%%m%%dT%%H:%%M:%%S'", text)
}

func binary(text string) (any, error) {
	text = strings.Join(strings.Fields(text), "")
	if _, err := base64.StdEncoding.DecodeString(text); err != nil {
		return nil, errors.New("invalid base64")
	}
	return text, nil
}
