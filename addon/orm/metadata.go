package orm

import (
	"encoding/json"
	"strconv"

	"github.com/girosync/girosync/addon/orm/domain"
)

// externalIDs is the model that names records for the outside, if there is one:
// its fields are module, name, model, res_id and noupdate.
const externalIDs = "ir.model.data"

// externalID is one name of a record.
type externalID struct {
	xmlid    string
	noupdate bool
}

func (e *Env) externalIDs(model string, ids []int64) (map[int64][]externalID, error) {
	names := map[int64][]externalID{}
	if _, ok := e.db.reg.entities[externalIDs]; !ok || len(ids) == 0 {
		return names, nil
	}
	where := domain.All(domain.Where("model", domain.Eq, model), domain.Where("res_id", domain.In, ids))
	rows, err := e.Sudo().SearchRead(externalIDs, where, []string{"module", "name", "res_id", "noupdate"}, SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		names[row.Int("res_id")] = append(names[row.Int("res_id")],
			externalID{row.Str("module") + "." + row.Str("name"), row.Bool("noupdate")})
	}
	return names, nil
}

// doGetMetadata answers who made and changed records, and their external ids.
func doGetMetadata(env *Env, call *Call) (any, error) {
	rows, err := env.Read(call.Model, call.IDs, "create_uid", "create_date", "write_uid", "write_date")
	if err != nil {
		return nil, err
	}
	if err := env.withNames(rows); err != nil {
		return nil, err
	}
	names, err := env.externalIDs(call.Model, rows.ids)
	if err != nil {
		return nil, err
	}
	list := make([]any, rows.Len())
	for i, id := range rows.ids {
		row := map[string]any{"id": id, "xmlid": false, "noupdate": false}
		for _, c := range rows.cols {
			row[c.field.Name] = json.RawMessage(c.appendJSON(nil, i))
		}
		all := []any{}
		for j, name := range names[id] {
			if j == 0 {
				row["xmlid"], row["noupdate"] = name.xmlid, name.noupdate
			}
			all = append(all, map[string]any{"xmlid": name.xmlid, "noupdate": name.noupdate})
		}
		row["xmlids"] = all
		list[i] = row
	}
	return list, nil
}

// doGetExternalID answers each record's first external id, "" for none.
func doGetExternalID(env *Env, call *Call) (any, error) {
	if err := env.CheckAccess(call.Model, Read); err != nil {
		return nil, err
	}
	if err := env.CheckRules(call.Model, distinct(call.IDs), Read); err != nil {
		return nil, err
	}
	names, err := env.externalIDs(call.Model, call.IDs)
	if err != nil {
		return nil, err
	}
	answer := make(map[string]any, len(call.IDs))
	for _, id := range call.IDs {
		answer[strconv.FormatInt(id, 10)] = ""
		if list := names[id]; len(list) > 0 {
			answer[strconv.FormatInt(id, 10)] = list[0].xmlid
		}
	}
	return answer, nil
}
