package institution

import (
	"fmt"
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
	offered := f.offered()
	version += fmt.Sprint(offered)
	f.indexes.mu.Lock()
	kept, ok := f.indexes.byDB[env.Database()]
	f.indexes.mu.Unlock()
	if ok && kept.version == version {
		return kept.index, nil
	}
	index, err := readIndex(env.Sudo(), offered)
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

// offered are the providers that this host has now. What others reached stays
// known, for the connections with it, and is not found.
func (f *Finder) offered() []any {
	list := f.Plugins.Providers.List()
	names := make([]any, len(list))
	for i, info := range list {
		names[i] = info.Name
	}
	return names
}

func readIndex(env *orm.Env, offered []any) (*catalogue.Index, error) {
	titles, err := env.SearchRead(record.Providers, domain.Where("name", domain.In, offered), []string{"title"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	of := domain.Where("provider_id", domain.In, record.IDs(titles.IDs()))
	rows, err := env.SearchRead(record.Institutions, of, []string{"name", "country_codes", "provider_id", "online_identifier", "status",
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
