package institution

import (
	"cmp"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/catalogue"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// pickInstitutions answers what a picker shows: banks, and for each the providers
// that reach it, so that the user chooses between them (S12, S54, D03).
func (f *Finder) pickInstitutions(env *orm.Env, call *orm.Call) (any, error) {
	q, err := queryOf(call)
	if err != nil {
		return nil, err
	}
	picked, err := f.Banks(env, q)
	if err != nil {
		return nil, err
	}
	providers, err := providerWords(env)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, bank := range picked.Banks {
		for i := range bank.Of {
			ids = append(ids, bank.Of[i].ID)
		}
	}
	all, err := factsOf(env, ids)
	if err != nil {
		return nil, err
	}
	banks := make([]any, len(picked.Banks))
	for i, bank := range picked.Banks {
		banks[i] = bankShown(env, bank, providers, all)
	}
	return map[string]any{"count": picked.Count, "offset": q.Offset, "limit": max(q.Limit, 1), "banks": banks,
		"add_by_hand": ByHand(env)}, nil
}

// ByHand says what a picker offers for a bank that is not listed: a journal
// without a connection (D04).
func ByHand(env *orm.Env) map[string]any {
	return map[string]any{"text": record.Say(env, "sync.add_by_hand", nil), "model": record.Journals,
		"method": "action_add_bank_account", "params": []string{"account_number", "bank_name", "bic", "currency"}}
}

// bankShown is one bank with its choices; the one to take first comes first.
func bankShown(env *orm.Env, bank catalogue.Bank, providers map[int64]provided, all map[int64]facts) map[string]any {
	choices := make([]choice, len(bank.Of))
	for i := range bank.Of {
		choices[i] = choiceOf(env, &bank.Of[i], providers[bank.Of[i].Provider])
		all[bank.Of[i].ID].show(choices[i].values, env.Context().Lang())
	}
	slices.SortStableFunc(choices, func(a, b choice) int { return cmp.Compare(a.rank, b.rank) })
	first := choices[0].of
	out := map[string]any{"name": first.Name, "proven": len(choices) > 1, "bic": false, "website": false, "logo_url": false}
	var (
		countries []string
		list      []any
	)
	for _, c := range choices {
		for _, code := range c.of.Countries {
			if !slices.Contains(countries, code) {
				countries = append(countries, code)
			}
		}
		for field, text := range map[string]string{"bic": c.of.BIC, "website": c.of.Website, "logo_url": c.of.LogoURL} {
			if out[field] == false && text != "" {
				out[field] = text
			}
		}
		list = append(list, c.values)
	}
	out["country_codes"], out["choices"] = strings.Join(countries, ","), list
	return out
}

// choice is an institution as a picker shows it. A rank of 0 is usable, 1 in beta,
// 2 not usable.
type choice struct {
	of     *catalogue.Institution
	rank   int
	values map[string]any
}

func choiceOf(env *orm.Env, x *catalogue.Institution, p provided) choice {
	c := choice{of: x, values: shown(x)}
	c.values["usable"], c.values["reason"], c.values["notice"], c.values["catalogue_note"] = true, false, false, record.OrFalse(p.note)
	c.values["provider"] = map[string]any{"price": record.OrFalse(p.price), "cost": record.OrFalse(p.cost),
		"retention": record.OrFalse(p.retention), "regions": record.OrFalse(p.regions)}
	names := fault.Args{"institution": x.Name, "provider": x.ProviderName}
	switch {
	case x.Status == "disabled":
		c.rank, c.values["usable"], c.values["reason"] = 2, false, record.Say(env, "sync.listed_as_disabled", names)
	case p.reason != "":
		c.rank, c.values["usable"], c.values["reason"] = 2, false, record.Say(env, p.reason, names)
	case x.Status == "beta":
		c.rank, c.values["notice"] = 1, record.Say(env, "sync.institution_beta", names)
	}
	return c
}

// provided is what a picker says of a provider: the id of the sentence why nobody
// can connect through it now, what is amiss with its list, and what it costs and keeps
// (D02).
type provided struct{ reason, note, price, cost, retention, regions string }

// providerWords tells what is amiss with providers, by their ids.
func providerWords(env *orm.Env) (map[int64]provided, error) {
	rows, err := env.Sudo().SearchRead(record.Providers, nil, []string{"title", "state", "missing", "institutions_error",
		"institutions_checked_at", "price", "cost_words", "retention_words", "regions"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	words := make(map[int64]provided, rows.Len())
	for row := range rows.All() {
		lang := env.Context().Lang()
		p := provided{price: row.Str("price"), cost: record.WordsOf(row.Str("cost_words"), lang),
			retention: record.WordsOf(row.Str("retention_words"), lang), regions: row.Str("regions")}
		switch {
		case row.Bool("missing"):
			p.reason = "sync.provider_missing"
		case row.Str("state") == "refused":
			p.reason = "sync.provider_refused"
		}
		if row.Str("institutions_error") != "" {
			p.note = record.Say(env, "sync.catalogue_kept", fault.Args{"provider": row.Str("title"),
				"day": dayOf(row.Time("institutions_checked_at"))})
		}
		words[row.ID()] = p
	}
	return words, nil
}
