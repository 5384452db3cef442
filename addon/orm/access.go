package orm

import (
	"maps"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// GroupNamer is what a Directory may also do: tell groups' full names for the
// text of an access error.
type GroupNamer interface {
	GroupNames(env *Env, xmlids []string) ([]string, error)
}

// CheckAccess refuses a right that none of the user's groups gives on the model.
func (e *Env) CheckAccess(model string, right Right) error {
	found, err := e.entity(model)
	if err != nil {
		return err
	}
	return e.checkAccess(found, right)
}

func (e *Env) checkAccess(on *entity, right Right) error {
	if e.system || e.rights(on)&right == right {
		return nil
	}
	var groups []string
	for group, rights := range on.access {
		if group != "" && rights&right == right {
			groups = append(groups, group)
		}
	}
	slices.Sort(groups)
	if namer, ok := e.db.opt.Directory.(GroupNamer); ok && e.tx != nil {
		if names, err := namer.GroupNames(e.Sudo(), groups); err == nil {
			groups = names
		}
	}
	args := fault.Args{"label": e.label(on.Label), "model": on.Name, "groups": strings.Join(groups, "\n\t- ")}
	return refused("denied", right, args)
}

// refused says that a right is denied on a model, or that records are hidden.
func refused(why string, right Right, args fault.Args) error {
	return fault.Say(fault.Denied, "orm."+why+"."+right.String(), args)
}

// rights adds up what the user's groups give.
func (e *Env) rights(on *entity) Right {
	rights := on.access[""]
	for group, more := range on.access {
		if e.user.Groups[group] {
			rights |= more
		}
	}
	return rights
}

// String is the name that Odoo's methods use.
func (r Right) String() string {
	switch r {
	case Write:
		return "write"
	case Create:
		return "create"
	case Unlink:
		return "unlink"
	}
	return "read"
}

// May reports whether the user's groups give a right on a model; false for an
// unknown one. Rules may narrow which records.
func (e *Env) May(model string, right Right) bool {
	on, err := e.entity(model)
	return err == nil && (e.system || e.rights(on)&right == right)
}

// Visible is the condition that the user's rules set for a right on a model; nil
// for none. Denied if the user has no such right at all.
func (e *Env) Visible(model string, right Right) (domain.Node, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	if err := e.checkAccess(on, right); err != nil {
		return nil, err
	}
	return e.visible(on, right)
}

// visible is the condition that the user's rules set for a right; nil for none.
func (e *Env) visible(on *entity, right Right) (domain.Node, error) {
	if e.system || len(on.rules) == 0 {
		return nil, nil
	}
	var all domain.And
	var any domain.Or
	grouped := false
	for i := range on.rules {
		rule := &on.rules[i]
		if rule.Rights != 0 && rule.Rights&right == 0 {
			continue
		}
		mine := len(rule.Groups) == 0 || slices.ContainsFunc(rule.Groups, e.HasGroup)
		if !mine {
			continue
		}
		node, err := rule.Domain(e)
		if err != nil {
			return nil, fault.Wrap(err, "rule", rule.Name)
		}
		if node == nil {
			node = domain.And{}
		}
		if len(rule.Groups) == 0 {
			all = append(all, node)
			continue
		}
		grouped = true
		any = append(any, node)
	}
	if grouped {
		all = append(all, any)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return domain.Loose{Node: all}, nil
}

// CheckRules refuses when a record does not exist (Missing) or the user's rules
// hide it for the right (Denied).
func (e *Env) CheckRules(model string, ids []int64, right Right) error {
	found, err := e.entity(model)
	if err != nil {
		return err
	}
	return e.checkRules(found, ids, right)
}

func (e *Env) checkRules(on *entity, ids []int64, right Right) error {
	if len(ids) == 0 {
		return nil
	}
	rule, err := e.visible(on, right)
	if err != nil {
		return err
	}
	seen, err := e.matching(on, ids, rule)
	if err != nil {
		return err
	}
	if len(seen) == len(ids) {
		return nil
	}
	if rule != nil {
		if there, err := e.matching(on, ids, nil); err != nil {
			return err
		} else if len(there) == len(ids) || len(there) > len(seen) && right == Read {
			return e.hidden(on, right)
		}
	}
	if right == Read {
		return nil
	}
	for _, id := range ids {
		if !seen[id] {
			return e.missing(on, id)
		}
	}
	return nil
}

// matching returns which of ids exist and fulfil a condition.
func (e *Env) matching(on *entity, ids []int64, where domain.Node) (map[int64]bool, error) {
	seen := make(map[int64]bool, len(ids))
	for chunk := range slices.Chunk(ids, 100_000) {
		rows, err := e.selectRows(on, nil, domain.All(idsIn(chunk), where), nil, 0, 0)
		if err != nil {
			return nil, err
		}
		for _, id := range rows.ids {
			seen[id] = true
		}
	}
	return seen, nil
}

func (e *Env) hidden(on *entity, right Right) error {
	return refused("hidden", right, fault.Args{"label": e.label(on.Label), "model": on.Name})
}

func (e *Env) missing(on *entity, id int64) error {
	return fault.Say(fault.Missing, "orm.missing", fault.Args{"model": on.Name, "id": id, "user": e.user.ID})
}

// canSee reports whether the user may know of a field.
func (e *Env) canSee(f *schema.Field) bool {
	if e.system {
		return true
	}
	return !f.Hidden && (len(f.Groups) == 0 || slices.ContainsFunc(f.Groups, e.HasGroup))
}

// field finds a field that the user may use.
func (e *Env) field(on *entity, name string, right Right) (*schema.Field, error) {
	f, ok := on.Field(name)
	if !ok || f.Hidden && !e.system {
		return nil, invalidField(on, name)
	}
	if !e.canSee(f) {
		return nil, fault.New(fault.Denied, "You do not have enough rights to access the fields \"%s\" on %s (%s). Please contact your "+
			"system administrator.\n\n(Operation: %s)",
			name, on.Label, on.Name, right)
	}
	return f, nil
}

// checkDomain refuses conditions on fields that the user may not read: an
// answer would tell their values.
func (e *Env) checkDomain(on *entity, node domain.Node) error {
	if e.system {
		return nil
	}
	switch n := node.(type) {
	case domain.And:
		return e.checkDomains(on, n)
	case domain.Or:
		return e.checkDomains(on, n)
	case domain.Not:
		return e.checkDomain(on, n.Node)
	case domain.Leaf:
		end, err := e.checkPath(on, n.Field)
		if sub, ok := n.Value.(domain.Node); ok && err == nil && end != nil {
			return e.checkDomain(end, sub)
		}
		return err
	}
	return nil
}

func (e *Env) checkDomains(on *entity, nodes []domain.Node) error {
	for _, node := range nodes {
		if err := e.checkDomain(on, node); err != nil {
			return err
		}
	}
	return nil
}

// checkPath checks every field of a dotted path and returns the comodel of the
// last. What does not exist is query's to refuse.
func (e *Env) checkPath(on *entity, path string) (*entity, error) {
	for name := range strings.SplitSeq(path, ".") {
		if on == nil {
			return nil, nil
		}
		f, ok := on.Field(name)
		if !ok {
			return nil, nil
		}
		if !e.canSee(f) {
			_, err := e.field(on, name, Read)
			return nil, err
		}
		on = e.db.reg.entities[f.Comodel]
	}
	return on, nil
}

// companiesKey is where a context names the companies that a call works in.
const companiesKey = "allowed_company_ids"

// companies reads allowed_company_ids, whatever JSON made of it.
func (c Context) companies() []int64 {
	v, ok := c[companiesKey]
	if !ok {
		return nil
	}
	ids, err := toIDs(v)
	if err != nil {
		return nil
	}
	return ids
}

// Flag reads a boolean of the context; otherwise when it is not there.
func (c Context) Flag(name string, otherwise bool) bool {
	v, ok := c[name]
	if !ok {
		return otherwise
	}
	return truth(v)
}

// defaults are the context's default_FIELD values.
func (c Context) defaults() map[string]any {
	var found map[string]any
	for key, v := range c {
		if name, ok := strings.CutPrefix(key, "default_"); ok {
			if found == nil {
				found = map[string]any{}
			}
			found[name] = v
		}
	}
	return found
}

// withoutDefaults drops default_FIELD values, which are meant for one model.
func (e *Env) withoutDefaults() *Env {
	if len(e.context.defaults()) == 0 {
		return e
	}
	env := *e
	env.context = maps.Clone(e.context)
	maps.DeleteFunc(env.context, func(key string, _ any) bool { return strings.HasPrefix(key, "default_") })
	return &env
}
