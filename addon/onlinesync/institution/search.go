package institution

import (
	"strings"
	"sync"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/catalogue"
	"github.com/girosync/girosync/addon/orm"
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
	rows, err := env.SearchRead(record.Institutions, nil, []string{"name", "country_codes", "provider_id", "online_identifier", "status",
		"logo_url", "website", "auto_sync_allowed", "history_days", "refreshes_per_day", "account_kinds"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, fault.Wrap(err, "read the catalogue", nil)
	}
	list := make([]catalogue.Institution, 0, rows.Len())
	for row := range rows.All() {
		i := catalogue.Institution{
			ID: row.ID(), Name: row.Str("name"), Countries: splitList(row.Str("country_codes")), Provider: row.Ref("provider_id"),
			Identifier: row.Str("online_identifier"), Status: row.Str("status"), LogoURL: row.Str("logo_url"), Website: row.Str("website"),
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

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// Search finds institutions by name, best first, for whoever asks (S02):
// the caller decides who may. limit is kept within 1..100.
func (f *Finder) Search(env *orm.Env, query, country string, limit int) ([]catalogue.Institution, error) {
	index, err := f.index(env)
	if err != nil {
		return nil, err
	}
	return index.Search(query, country, min(max(limit, 1), 100)), nil
}

// searchInstitutions answers records with all that a picker shows.
func (f *Finder) searchInstitutions(env *orm.Env, call *orm.Call) (any, error) {
	query, err := record.OptionalString(call, "query")
	if err != nil {
		return nil, err
	}
	country, err := record.OptionalString(call, "country")
	if err != nil {
		return nil, err
	}
	limit, err := call.Int("limit")
	if err != nil {
		return nil, err
	}
	found, err := f.Search(env, query, country, int(min(limit, 100)))
	if err != nil {
		return nil, err
	}
	out := make([]any, len(found))
	for i, x := range found {
		out[i] = map[string]any{
			"id": x.ID, "name": x.Name, "display_name": x.Name, "country_codes": strings.Join(x.Countries, ","),
			"provider_id": []any{x.Provider, x.ProviderName}, "online_identifier": x.Identifier, "status": x.Status,
			"logo_url": record.OrFalse(x.LogoURL), "website": record.OrFalse(x.Website), "auto_sync_allowed": x.AutoSync,
			"history_days": x.HistoryDays, "refreshes_per_day": x.Refreshes, "account_kinds": record.OrFalse(x.AccountKinds),
		}
	}
	return out, nil
}
