package orm

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
)

// mostOpened is how many groups of a level web_read_group opens by itself.
const mostOpened = 10

// doGroupingSets answers a list of groups for each of several ways to group.
func doGroupingSets(env *Env, call *Call) (any, error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, err
	}
	sets, err := call.List("grouping_sets")
	if err != nil {
		return nil, err
	}
	if err := env.checkAnswer(len(sets)); err != nil {
		return nil, err
	}
	lists, told := make([]any, len(sets)), 0
	for i, set := range sets {
		f, err := call.formattedQuery(env)
		if err != nil {
			return nil, err
		}
		if f.terms, err = textsOf(set); err != nil {
			return nil, err
		}
		groups, err := f.groups(where)
		if err != nil {
			return nil, err
		}
		if told += len(groups); told > 0 {
			if err := env.checkAnswer(told); err != nil {
				return nil, err
			}
		}
		lists[i] = groups
	}
	return lists, nil
}

func textsOf(v any) ([]string, error) {
	one := Call{method: "formatted_read_grouping_sets", args: map[string]any{"grouping_sets": v}}
	return one.Strings("grouping_sets")
}

// opened is one call of Odoo 19's web_read_group: groups, of which some bring
// their records ("__records") or the groups inside them ("__groups").
type opened struct {
	call    *Call
	query   formattedQuery
	spec    specification
	limit   int  // of the records of a group
	all     bool // open what no one asked to be closed
	entries int  // records and groups of all levels so far
}

// doWebReadGroup19 answers {"groups", "length"}, as formatted_read_group has them,
// with "__count".
func doWebReadGroup19(env *Env, call *Call) (any, error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, err
	}
	o := opened{call: call}
	if o.query, err = call.formattedQuery(env); err != nil {
		return nil, err
	}
	if !slices.Contains(o.query.specs, "__count") {
		o.query.specs = append(slices.Clone(o.query.specs), "__count")
	}
	terms, err := call.Strings("groupby")
	if err != nil {
		return nil, err
	}
	if len(terms) == 0 {
		return nil, fault.New(fault.Value, "groupby must name at least one field")
	}
	if o.spec, err = call.Map("unfold_read_specification"); err != nil {
		return nil, err
	}
	if o.limit, err = call.whole("unfold_read_default_limit"); err != nil {
		return nil, err
	}
	if o.all, err = call.Bool("auto_unfold"); err != nil {
		return nil, err
	}
	info, err := call.List("opening_info")
	if err != nil {
		return nil, err
	}
	page := GroupOptions{}
	if page.Limit, err = call.whole("limit"); err != nil {
		return nil, err
	}
	if page.Offset, err = call.whole("offset"); err != nil {
		return nil, err
	}
	return o.level(where, terms, page, info)
}

// level answers the groups of the first term, opened as info says.
func (o *opened) level(where domain.Node, terms []string, page GroupOptions, info []any) (map[string]any, error) {
	q := o.query
	q.terms, q.page = terms[:1], page
	groups, err := q.groups(where)
	if err != nil {
		return nil, err
	}
	if err := o.grew(len(groups)); err != nil {
		return nil, err
	}
	length := page.Offset + len(groups)
	if page.Limit > 0 && len(groups) == page.Limit {
		all := q
		all.specs, all.order, all.page = []string{"__count"}, "", GroupOptions{}
		every, err := all.groups(where)
		if err != nil {
			return nil, err
		}
		length = len(every)
	}
	n := 0
	for _, group := range groups {
		group := group.(map[string]any)
		how, asked := openingOf(info, group[terms[0]])
		if n == mostOpened || asked && truth(how["folded"]) || !asked && (!o.all || info != nil) {
			continue
		}
		n++
		if err := o.open(where, terms, group, how); err != nil {
			return nil, err
		}
	}
	return map[string]any{"groups": groups, "length": int64(length)}, nil
}

// open puts into a group what it holds.
func (o *opened) open(where domain.Node, terms []string, group, how map[string]any) error {
	extra, err := domain.Parse(group["__extra_domain"])
	if err != nil {
		return err
	}
	where = domain.All(where, extra)
	limit, offset := o.limit, 0
	if how != nil {
		asked := Call{method: "web_read_group", args: how}
		if offset, err = asked.whole("offset"); err != nil {
			return err
		}
		if asked.Has("limit") {
			if limit, err = asked.whole("limit"); err != nil {
				return err
			}
		}
	}
	if len(terms) > 1 {
		inner, _ := how["groups"].([]any)
		group["__groups"], err = o.level(where, terms[1:], GroupOptions{Limit: limit, Offset: offset}, inner)
		return err
	}
	if o.spec == nil {
		return nil
	}
	group["__records"], err = o.records(where, limit, offset)
	return err
}

// records are those of a group, as web_search_read has them.
func (o *opened) records(where domain.Node, limit, offset int) (any, error) {
	env, on := o.query.env, o.query.on
	fields, err := env.specified(on, o.spec)
	if err != nil {
		return nil, err
	}
	names := []string{"id"}
	for _, f := range fields {
		names = append(names, f.Name)
	}
	rows, err := env.SearchRead(on.Name, where, names, SearchOptions{Limit: env.bounded(limit), Offset: offset})
	if err != nil {
		return nil, err
	}
	if err := o.grew(rows.Len()); err != nil {
		return nil, err
	}
	return env.objects(on, rows, o.spec)
}

func (o *opened) grew(by int) error {
	o.entries += by
	return o.query.env.checkAnswer(o.entries)
}

// openingOf finds what a client said about a group: of a pair its first part counts.
func openingOf(info []any, key any) (how map[string]any, ok bool) {
	if pair, is := key.([]any); is && len(pair) > 0 {
		key = pair[0]
	}
	for _, item := range info {
		how, is := item.(map[string]any)
		if is && str(how["value"]) == str(jsonValue(key)) {
			return how, true
		}
	}
	return nil, false
}
