package institution

import (
	"math"
	"strings"
	"sync"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/catalogue"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// catalogueVersion is the parameter that changes whenever the table of
// institutions does.
const catalogueVersion = "onlinesync.catalogue_version"

// indexCache holds the index of each database's institutions.
type indexCache struct {
	mu   sync.Mutex
	byDB map[*orm.Database]cachedIndex
}

type cachedIndex struct {
	version string
	index   *catalogue.Index
}

// Forget drops what is kept in memory of a database that is closed.
func (f *Finder) Forget(db *orm.Database) {
	f.indexes.mu.Lock()
	defer f.indexes.mu.Unlock()
	delete(f.indexes.byDB, db)
}

// index returns the institutions of a database, made anew when they changed.
func (f *Finder) index(env *orm.Env) (*catalogue.Index, error) {
	version, err := base.Param(env, catalogueVersion, "0")
	if err != nil {
		return nil, err
	}
	f.indexes.mu.Lock()
	kept, ok := f.indexes.byDB[env.Database()]
	f.indexes.mu.Unlock()
	if ok && kept.version == version {
		return kept.index, nil
	}
	index, err := f.read(env.Sudo())
	if err != nil {
		return nil, err
	}
	f.indexes.mu.Lock()
	defer f.indexes.mu.Unlock()
	if f.indexes.byDB == nil {
		f.indexes.byDB = map[*orm.Database]cachedIndex{}
	}
	f.indexes.byDB[env.Database()] = cachedIndex{version, index}
	return index, nil
}

func (f *Finder) read(env *orm.Env) (*catalogue.Index, error) {
	titles, err := env.SearchRead(record.Providers, nil, []string{"name", "title"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	rows, err := env.SearchRead(record.Institutions, domain.Where("gone_since", domain.Eq, nil), []string{"name", "country_codes",
		"provider_id", "online_identifier", "status", "bic", "logo_url", "website", "auto_sync_allowed", "history_days",
		"refreshes_per_day", "account_kinds"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, fault.Wrap(err, "read the catalogue", nil)
	}
	list := make([]catalogue.Institution, 0, rows.Len())
	countries := map[string][]string{} // most lists are alike
	for row := range rows.All() {
		i := catalogue.Institution{
			ID: row.ID(), Name: row.Str("name"), Countries: split(countries, row.Str("country_codes")), Provider: row.Ref("provider_id"),
			Identifier: row.Str("online_identifier"), Status: row.Str("status"), BIC: row.Str("bic"),
			LogoURL: row.Str("logo_url"), Website: row.Str("website"),
			AutoSync: row.Bool("auto_sync_allowed"), HistoryDays: row.Int("history_days"), Refreshes: row.Int("refreshes_per_day"),
			AccountKinds: row.Str("account_kinds"),
		}
		if p, ok := titles.ByID(i.Provider); ok {
			if !f.Plugins.IsOffered(p.Str("name")) {
				continue
			}
			i.ProviderName = p.Str("title")
		}
		list = append(list, i)
	}
	return catalogue.New(list), nil
}

// split is a list that is separated by commas, the same one for the same text.
func split(known map[string][]string, s string) []string {
	list, ok := known[s]
	if !ok && s != "" {
		list = strings.Split(s, ",")
		known[s] = list
	}
	return list
}

// mostFound bounds one answer.
const mostFound = 200

// Search finds institutions, best first, for whoever asks (S02): the caller
// decides who may. The query's limit is kept within 1..200.
func (f *Finder) Search(env *orm.Env, q catalogue.Query) (catalogue.Found, error) {
	index, err := f.index(env)
	if err != nil {
		return catalogue.Found{}, err
	}
	q.Limit = min(max(q.Limit, 1), mostFound)
	return index.Search(q), nil
}

// Banks is Search by bank: what several providers list is one where that is proven.
func (f *Finder) Banks(env *orm.Env, q catalogue.Query) (catalogue.Picked, error) {
	index, err := f.index(env)
	if err != nil {
		return catalogue.Picked{}, err
	}
	q.Limit = min(max(q.Limit, 1), mostFound)
	return index.Banks(q), nil
}

// searchParams are those of both searches.
func searchParams() []orm.Param {
	return []orm.Param{orm.Arg("query").Says("A part of a name, a BIC or a web address; mistypes are forgiven."),
		orm.Opt("country", nil).Says("Two letters, such as \"NL\"; null for all."),
		orm.Opt("limit", int64(20)).Says("At most 100."), orm.Opt("offset", int64(0)).Says("How many of the best to pass over."),
		orm.Opt("account_kind", nil).Says("checking, savings, credit_card, …: those that say they have it, or say nothing."),
		orm.Opt("status", nil).Says("stable, beta or disabled; null for all."),
		orm.Opt("provider_id", nil).Says("A provider's id; null for all.")}
}

// queryOf reads the arguments of a search.
func queryOf(call *orm.Call) (q catalogue.Query, err error) {
	for name, into := range map[string]*string{"query": &q.Text, "country": &q.Country, "account_kind": &q.Kind, "status": &q.Status} {
		if *into, err = record.OptionalString(call, name); err != nil {
			return q, err
		}
	}
	limit, err := call.Int("limit")
	if err != nil {
		return q, err
	}
	offset, err := call.Int("offset")
	if err != nil {
		return q, err
	}
	q.Limit, q.Offset = int(min(limit, 100)), int(min(max(offset, 0), math.MaxInt32))
	if call.Value("provider_id") != nil && call.Value("provider_id") != false {
		q.Provider, err = call.Int("provider_id")
	}
	return q, err
}

// searchInstitutions answers records with all that a picker shows.
func (f *Finder) searchInstitutions(env *orm.Env, call *orm.Call) (any, error) {
	q, err := queryOf(call)
	if err != nil {
		return nil, err
	}
	found, err := f.Search(env, q)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(found.List))
	for i := range found.List {
		ids[i] = found.List[i].ID
	}
	all, err := factsOf(env, ids)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(found.List))
	for i := range found.List {
		values := shown(&found.List[i])
		all[found.List[i].ID].show(values, env.Context().Lang())
		out[i] = values
	}
	return out, nil
}

// shown is an institution as clients know it.
func shown(x *catalogue.Institution) map[string]any {
	return map[string]any{
		"id": x.ID, "name": x.Name, "display_name": x.Name, "country_codes": strings.Join(x.Countries, ","),
		"provider_id": []any{x.Provider, x.ProviderName}, "online_identifier": x.Identifier, "status": x.Status,
		"bic": record.OrFalse(x.BIC), "logo_url": record.OrFalse(x.LogoURL), "website": record.OrFalse(x.Website),
		"auto_sync_allowed": x.AutoSync, "history_days": x.HistoryDays, "refreshes_per_day": x.Refreshes,
		"account_kinds": record.OrFalse(x.AccountKinds),
	}
}
