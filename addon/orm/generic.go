package orm

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
)

// generic are the methods that every model has, with Odoo 18's parameters. A
// model's own method of the same name comes before. It is never changed.
var generic = map[string]Method{
	"search": {Do: doSearch, Tx: TxRead, OnModel: true,
		Params: []Param{Arg("domain"), Opt("offset", nil), Opt("limit", nil), Opt("order", nil)}},
	"search_fetch": {Do: doSearchFetch, Tx: TxRead, OnModel: true,
		Params: []Param{Arg("domain"), Arg("field_names"), Opt("offset", nil), Opt("limit", nil), Opt("order", nil)}},
	"search_count": {Do: doSearchCount, Tx: TxRead, OnModel: true, AnyLang: true, Params: []Param{Arg("domain"), Opt("limit", nil)}},
	"search_read": {Do: doSearchRead, Tx: TxRead, OnModel: true,
		Params: []Param{Opt("domain", nil), Opt("fields", nil), Opt("offset", nil), Opt("limit", nil), Opt("order", nil),
			Opt("load", classicRead)}},
	"read":   {Do: doRead, Tx: TxRead, Params: []Param{Opt("fields", nil), Opt("load", classicRead)}},
	"create": {Do: doCreate, OnModel: true, Params: []Param{Arg("vals_list")}},
	"write":  {Do: doWrite, Params: []Param{Arg("vals")}},
	"unlink": {Do: doUnlink},
	"copy":   {Do: doCopy, Params: []Param{Opt("default", nil)}},
	"exists": {Do: doExists, Tx: TxRead},
	"name_search": {Do: doNameSearch, Tx: TxRead, OnModel: true,
		Params: []Param{Opt("name", ""), Opt("args", nil), Opt("operator", "ilike"), Opt("limit", int64(100))}},
	"name_create": {Do: doNameCreate, OnModel: true, Params: []Param{Arg("name")}},
	"default_get": {Do: doDefaultGet, Tx: TxRead, OnModel: true, Params: []Param{Arg("fields_list")}},
	"fields_get":  {Do: doFieldsGet, Tx: TxRead, OnModel: true, Params: []Param{Opt("allfields", nil), Opt("attributes", nil)}},
	"check_access_rights": {Do: doCheckAccessRights, Tx: TxRead, OnModel: true,
		Params: []Param{Arg("operation"), Opt("raise_exception", true)}},
	"check_access": {Do: doCheckAccess, Tx: TxRead, Params: []Param{Arg("operation")}},
	"has_access":   {Do: doHasAccess, Tx: TxRead, Params: []Param{Arg("operation")}},
	"read_group": {Do: doReadGroup, Tx: TxRead, OnModel: true, AnyLang: true,
		Params: []Param{Arg("domain"), Arg("fields"), Arg("groupby"), Opt("offset", nil), Opt("limit", nil), Opt("orderby", false),
			Opt("lazy", true)}},
	"web_read_group": {Do: doWebReadGroup, Tx: TxRead, OnModel: true, AnyLang: true,
		Params: []Param{Arg("domain"), Arg("fields"), Arg("groupby"), Opt("limit", nil), Opt("offset", nil), Opt("orderby", false),
			Opt("lazy", true)}},
	"formatted_read_group": {Do: doFormattedReadGroup, Tx: TxRead, OnModel: true,
		Params: []Param{Arg("domain"), Opt("groupby", nil), Opt("aggregates", nil), Opt("having", nil), Opt("offset", nil),
			Opt("limit", nil), Opt("order", nil)}},
	"read_progress_bar": {Do: doReadProgressBar, Tx: TxRead, OnModel: true,
		Params: []Param{Arg("domain"), Arg("group_by"), Arg("progress_bar")}},
	"web_name_search": {Do: doWebNameSearch, Tx: TxRead, OnModel: true,
		Params: []Param{Arg("name"), Arg("specification"), Opt("domain", nil), Opt("operator", "ilike"), Opt("limit", int64(100))}},
	"web_read": {Do: doWebRead, Tx: TxRead, Params: []Param{Arg("specification")}},
	"web_search_read": {Do: doWebSearchRead, Tx: TxRead, OnModel: true,
		Params: []Param{Arg("domain"), Arg("specification"), Opt("offset", nil), Opt("limit", nil), Opt("order", nil),
			Opt("count_limit", nil)}},
	"web_save":         {Do: doWebSave, Params: []Param{Arg("vals"), Arg("specification"), Opt("next_id", nil)}},
	"get_metadata":     {Do: doGetMetadata, Tx: TxRead},
	"get_external_id":  {Do: doGetExternalID, Tx: TxRead},
	"export_data":      {Do: doExportData, Tx: TxRead, Params: []Param{Arg("fields_to_export")}},
	"load":             {Do: doLoad, OnModel: true, Params: []Param{Arg("fields"), Arg("data")}},
	"action_archive":   {Do: doArchive(false)},
	"action_unarchive": {Do: doArchive(true)},
	"toggle_active":    {Do: doToggleActive},
	"search_panel_select_range": {Do: doSearchPanel, Tx: TxRead, OnModel: true, Params: []Param{Arg("field_name"),
		Opt("category_domain", nil), Opt("comodel_domain", nil), Opt("enable_counters", false), Opt("expand", false),
		Opt("filter_domain", nil), Opt("hierarchize", true), Opt("limit", nil), Opt("search_domain", nil)}},
}

const classicRead = "_classic_read"

// options reads the parameters that searches share.
func (c *Call) options() (opt SearchOptions, err error) {
	if opt.Order, err = c.String("order"); err != nil {
		return opt, err
	}
	limit, err := c.Int("limit")
	if err != nil {
		return opt, err
	}
	offset, err := c.Int("offset")
	opt.Limit, opt.Offset = int(limit), int(offset)
	return opt, err
}

func doSearch(env *Env, call *Call) (any, error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, err
	}
	opt, err := call.options()
	if err != nil {
		return nil, err
	}
	opt.Limit = env.bounded(opt.Limit)
	ids, err := env.Search(call.Model, where, opt)
	if err == nil {
		err = env.checkAnswer(len(ids))
	}
	if ids == nil {
		ids = []int64{}
	}
	return ids, err
}

// doSearchFetch is search for clients: what it reads beforehand, nobody sees.
func doSearchFetch(env *Env, call *Call) (any, error) {
	names, err := call.Strings("field_names")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := env.field(env.db.reg.entities[call.Model], name, Read); err != nil {
			return nil, err
		}
	}
	return doSearch(env, call)
}

func doSearchCount(env *Env, call *Call) (any, error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, err
	}
	limit, err := call.Int("limit")
	if err != nil {
		return nil, err
	}
	n, err := env.Count(call.Model, where, int(limit))
	return int64(n), err
}

func doSearchRead(env *Env, call *Call) (any, error) {
	var where domain.Node
	var err error
	if call.Has("domain") {
		if where, err = call.Domain("domain"); err != nil {
			return nil, err
		}
	}
	fields, err := call.Strings("fields")
	if err != nil {
		return nil, err
	}
	opt, err := call.options()
	if err != nil {
		return nil, err
	}
	opt.Limit = env.bounded(opt.Limit)
	rows, err := env.SearchRead(call.Model, where, fields, opt)
	if err == nil {
		err = env.checkAnswer(rows.Len())
	}
	if err != nil {
		return nil, err
	}
	return rows, call.named(env, rows)
}

// named adds many2one names unless the caller asked for plain ids.
func (c *Call) named(env *Env, rows *Rows) error {
	if c.args["load"] != classicRead {
		return nil
	}
	return env.withNames(rows)
}

func doRead(env *Env, call *Call) (any, error) {
	fields, err := call.Strings("fields")
	if err != nil {
		return nil, err
	}
	if err := env.checkAnswer(len(call.IDs)); err != nil {
		return nil, err
	}
	rows, err := env.Read(call.Model, call.IDs, fields...)
	if err != nil {
		return nil, err
	}
	if at := newRecord(call.IDs); at >= 0 {
		rows = rows.withEmpty(at)
	}
	return rows, call.named(env, rows)
}

// newRecord finds the id 0, which Odoo reads as a record not yet saved.
func newRecord(ids []int64) int {
	for i, id := range ids {
		if id == 0 {
			return i
		}
	}
	return -1
}

// withEmpty adds an empty record of id 0.
func (r *Rows) withEmpty(at int) *Rows {
	at = min(at, len(r.ids))
	order := make([]int, 0, len(r.ids)+1)
	full := &Rows{entity: r.entity}
	for i := range len(r.ids) + 1 {
		switch {
		case i < at:
			order, full.ids = append(order, i), append(full.ids, r.ids[i])
		case i == at:
			order, full.ids = append(order, -1), append(full.ids, 0)
		default:
			order, full.ids = append(order, i-1), append(full.ids, r.ids[i-1])
		}
	}
	for _, c := range r.cols {
		full.cols = append(full.cols, c.pick(order))
	}
	return full
}

// doCreate answers an id for an object, a list of ids for a list.
func doCreate(env *Env, call *Call) (any, error) {
	switch v := call.Value("vals_list").(type) {
	case map[string]any:
		ids, err := env.Create(call.Model, env.fromClient(call.Model, v))
		if err == nil {
			err = env.roundMoney(call.Model, ids, v)
		}
		return first(ids), err
	case []any:
		if err := env.db.opt.Limits.checkIDs(len(v)); err != nil && !env.system {
			return nil, err
		}
		rows := make([]Values, len(v))
		for i, item := range v {
			values, ok := item.(map[string]any)
			if !ok {
				return nil, fault.New(fault.Type, "create() takes objects of values, not %s", typeName(item))
			}
			rows[i] = env.fromClient(call.Model, values)
		}
		ids, err := env.Create(call.Model, rows...)
		if err == nil {
			err = env.roundMoney(call.Model, ids, rows...)
		}
		return ids, err
	}
	return nil, call.wrong("vals_list", "a list of dict")
}

// written names a mistake about a field as one about what is written.
func written(err error) error {
	if said, ok := fault.As(err); ok && said.ID == sayField {
		return said.Named(sayWritten, said.Args)
	}
	return err
}

func doWrite(env *Env, call *Call) (any, error) {
	values, err := call.Map("vals")
	if err != nil {
		return nil, err
	}
	if err := env.Write(call.Model, call.IDs, env.fromClient(call.Model, values)); err != nil {
		return nil, written(err)
	}
	return true, env.roundMoney(call.Model, call.IDs, values)
}

func doUnlink(env *Env, call *Call) (any, error) {
	if err := env.Unlink(call.Model, call.IDs); err != nil {
		return nil, err
	}
	return true, nil
}

func doCopy(env *Env, call *Call) (any, error) {
	values, err := call.Values("default")
	if err != nil {
		return nil, err
	}
	return env.Copy(call.Model, call.IDs, env.fromClient(call.Model, values))
}

func doExists(env *Env, call *Call) (any, error) {
	if err := env.CheckAccess(call.Model, Read); err != nil {
		return nil, err
	}
	ids, err := env.Exists(call.Model, call.IDs)
	if ids == nil {
		ids = []int64{}
	}
	return ids, err
}

func doNameSearch(env *Env, call *Call) (any, error) { return nameSearch(env, call, "args") }

func doNameSearch19(env *Env, call *Call) (any, error) { return nameSearch(env, call, "domain") }

// nameSearch answers [id, name] pairs; where is the parameter that has the domain.
func nameSearch(env *Env, call *Call, where string) (any, error) {
	pairs, err := env.foundByName(call, where)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(pairs))
	for i, pair := range pairs {
		list[i] = pair
	}
	return list, nil
}

func doNameCreate(env *Env, call *Call) (any, error) {
	on := env.db.reg.entities[call.Model]
	if on.nameField == "" {
		return false, nil
	}
	ids, err := env.Create(call.Model, Values{on.nameField: call.Value("name")})
	if err != nil {
		return nil, err
	}
	pairs, err := env.pairs(on, ids)
	if err != nil {
		return nil, err
	}
	return pairs[0], nil
}
