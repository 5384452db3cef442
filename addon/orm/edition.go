package orm

import (
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Edition is the series of Odoo that a call speaks. Doors name it in Caller; what
// differs between editions stands in the tables editions and genericOf, nowhere else.
type Edition int

// Editions. The zero value is Odoo 18's, which also code of the host speaks.
const (
	Odoo18 Edition = iota // /jsonrpc, /xmlrpc, /web, /rpc
	Odoo19                // /json/2 and /doc
)

// edition is what one series of Odoo has otherwise than Odoo 18.
type edition struct {
	private []string          // methods that only code may call, besides "_x" and init
	texts   map[string]retold // mistakes, by the id of their fault
	domain  func(v any) any   // brings a domain into Odoo 18's form
	dates   bool              // a domain may say "today -7d"
	money   bool              // amounts that a client writes are rounded to their currency
}

// retold is how an edition tells a mistake.
type retold struct {
	kind fault.Kind // "" keeps it
	text string     // {name} stands for the fault's value of that name
}

// Ids of the mistakes that editions tell in their own words. Package query and
// domain name theirs themselves.
const (
	sayField   = "orm.field"         // field, model
	sayWritten = "orm.field.written" // field, model
	sayPrivate = "orm.private"       // model, method
)

// editions is read only. Odoo 18's row is empty: its words stand where they are said.
var editions = [...]edition{
	Odoo19: {
		private: []string{
			"browse", "check_access", "concat", "ensure_one", "env", "exists", "fetch", "filtered", "filtered_domain",
			"flush_model", "flush_recordset", "grouped", "invalidate_model", "invalidate_recordset", "lock_for_update",
			"mapped", "modified", "new", "search_fetch", "sorted", "sudo", "try_lock_for_update", "union", "update",
			"with_company", "with_context", "with_env", "with_prefetch", "with_user",
		},
		texts: map[string]retold{
			sayPrivate:        {text: "Private methods (such as '{model}.{method}') cannot be called remotely."},
			sayField:          {text: "Invalid field '{field}' on '{model}'"},
			sayWritten:        {kind: fault.Key, text: "{field}"},
			"domain.form":     {kind: fault.Type, text: "Domain() invalid argument type for domain: {domain}"},
			"domain.item":     {kind: fault.Value, text: "Domain() invalid item in domain: {item}"},
			"domain.field":    {text: "Invalid field {model}.{field} in condition {leaf}"},
			"domain.operator": {text: "Invalid operator in condition {leaf}"},
		},
		domain: domain19,
		dates:  true,
		money:  true,
	},
}

// genericOf are an edition's generic methods that Odoo 18 has not, or with other
// parameters. It is read only.
var genericOf = [...]map[string]Method{
	Odoo19: {
		"name_search": {Do: doNameSearch19, Tx: TxRead, OnModel: true, Params: []Param{
			Opt("name", ""), Opt("domain", nil), Opt("operator", "ilike"), Opt("limit", int64(100))}},
		"default_get": {Do: doDefaultGet19, Tx: TxRead, OnModel: true, Params: []Param{Arg("fields")}},
		"web_read_group": {Do: doWebReadGroup19, Tx: TxRead, OnModel: true, Params: []Param{
			Arg("domain"), Arg("groupby"), Opt("aggregates", nil), Opt("limit", nil), Opt("offset", nil), Opt("order", nil),
			Opt("auto_unfold", false), Opt("opening_info", nil), Opt("unfold_read_specification", nil),
			Opt("unfold_read_default_limit", int64(80)), Opt("groupby_read_specification", nil)}},
		"formatted_read_grouping_sets": {Do: doGroupingSets, Tx: TxRead, OnModel: true,
			Params: []Param{Arg("domain"), Arg("grouping_sets"), Opt("aggregates", nil), Opt("order", nil)}},
	},
}

// retell gives a mistake the edition's words.
func (e Edition) retell(err error) error {
	said, ok := fault.As(err)
	if !ok || said.ID == "" {
		return err
	}
	other, ok := editions[e].texts[said.ID]
	if !ok {
		return err
	}
	pairs := make([]string, 0, 2*len(said.Args))
	for name, v := range said.Args {
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(v))
	}
	kind := other.kind
	if kind == "" {
		kind = said.Kind
	}
	return &fault.Error{Kind: kind, Message: strings.NewReplacer(pairs...).Replace(other.text), Cause: said.Cause}
}

// domain19 brings what Odoo 19 takes for a domain into Odoo 18's form: true is
// everything, false nothing, "==" is "=", and "in" takes one value.
func domain19(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return []any{}
		}
		return []any{[]any{int64(0), "=", int64(1)}}
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = leaf19(item)
		}
		return items
	}
	return v
}

func leaf19(item any) any {
	if all, ok := item.(bool); ok {
		left := int64(0)
		if all {
			left = 1
		}
		return []any{left, "=", int64(1)}
	}
	leaf, ok := item.([]any)
	if !ok || len(leaf) != 3 {
		return item
	}
	op, _ := leaf[1].(string)
	_, list := leaf[2].([]any)
	switch op {
	case "==":
		return []any{leaf[0], "=", leaf[2]}
	case string(domain.AnyOf), string(domain.NotAnyOf):
		return []any{leaf[0], op, domain19(leaf[2])}
	case string(domain.In), string(domain.NotIn):
		if _, flag := leaf[2].(bool); !list && !flag && leaf[2] != nil {
			return []any{leaf[0], op, []any{leaf[2]}}
		}
	}
	return item
}
