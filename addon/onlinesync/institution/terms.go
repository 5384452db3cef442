package institution

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// facts are what is told of an institution besides what a search needs.
type facts struct {
	holders string
	terms   record.Terms // its provider's, too
}

// factsOf reads them by the institutions' ids.
func factsOf(env *orm.Env, ids []int64) (map[int64]facts, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := env.Sudo().Read(record.Institutions, ids, "holders", "terms", "provider_id")
	if err != nil {
		return nil, err
	}
	providers, err := env.Sudo().SearchRead(record.Providers, nil, []string{"terms"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	out := make(map[int64]facts, rows.Len())
	for row := range rows.All() {
		of := ""
		if p, ok := providers.ByID(row.Ref("provider_id")); ok {
			of = p.Str("terms")
		}
		out[row.ID()] = facts{row.Str("holders"), record.TermsOf(of, row.Str("terms"))}
	}
	return out, nil
}

// show puts them into what a client gets of an institution.
func (x facts) show(into map[string]any, lang string) {
	into["holders"] = record.OrFalse(x.holders)
	into["checklist"], into["declarations"] = x.terms.Shown(lang)
}

// inWords says in the user's language what must be prepared and declared.
func inWords(env *orm.Env, batch *orm.Batch) error {
	all, err := factsOf(env, batch.IDs())
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		checklist, declarations := all[batch.ID(i)].terms.Shown(env.Context().Lang())
		for field, list := range map[string][]any{"checklist": checklist, "declarations": declarations} {
			text, err := json.Marshal(list)
			if err != nil {
				return err
			}
			batch.Set(i, field, json.RawMessage(text))
		}
	}
	return nil
}
