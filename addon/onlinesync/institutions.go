package onlinesync

import (
	"strings"
	"sync"

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
func (a *Addon) Forget(db *orm.Database) {
	a.indexes.mu.Lock()
	delete(a.indexes.byDB, db)
	a.indexes.mu.Unlock()
	a.flows.forget(db)
}

// index returns the institutions of a database, made anew when they changed.
func (a *Addon) index(env *orm.Env) (*catalogue.Index, error) {
	version, err := base.Param(env, catalogueVersion, "0")
	if err != nil {
		return nil, err
	}
	a.indexes.mu.Lock()
	kept, ok := a.indexes.byDB[env.Database()]
	a.indexes.mu.Unlock()
	if ok && kept.version == version {
		return kept.index, nil
	}
	index, err := readIndex(env.Sudo())
	if err != nil {
		return nil, err
	}
	a.indexes.mu.Lock()
	defer a.indexes.mu.Unlock()
	if a.indexes.byDB == nil {
		a.indexes.byDB = map[*orm.Database]cachedIndex{}
	}
	a.indexes.byDB[env.Database()] = cachedIndex{version, index}
	return index, nil
}

func readIndex(env *orm.Env) (*catalogue.Index, error) {
	titles, err := env.SearchRead(providers, nil, []string{"title"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	rows, err := env.SearchRead(institutions, nil, []string{"name", "country_codes", "provider_id", "online_identifier", "status",
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

// Institutions finds institutions by name, best first, for whoever asks (S02):
// the caller decides who may. limit is kept within 1..100.
func (a *Addon) Institutions(env *orm.Env, query, country string, limit int) ([]catalogue.Institution, error) {
	index, err := a.index(env)
	if err != nil {
		return nil, err
	}
	return index.Search(query, country, min(max(limit, 1), 100)), nil
}

// searchInstitutions answers records with all that a picker shows.
func (a *Addon) searchInstitutions(env *orm.Env, call *orm.Call) (any, error) {
	query, err := optionalString(call, "query")
	if err != nil {
		return nil, err
	}
	country, err := optionalString(call, "country")
	if err != nil {
		return nil, err
	}
	limit, err := call.Int("limit")
	if err != nil {
		return nil, err
	}
	found, err := a.Institutions(env, query, country, int(min(limit, 100)))
	if err != nil {
		return nil, err
	}
	out := make([]any, len(found))
	for i, x := range found {
		out[i] = map[string]any{
			"id": x.ID, "name": x.Name, "display_name": x.Name, "country_codes": strings.Join(x.Countries, ","),
			"provider_id": []any{x.Provider, x.ProviderName}, "online_identifier": x.Identifier, "status": x.Status,
			"logo_url": orFalse(x.LogoURL), "website": orFalse(x.Website), "auto_sync_allowed": x.AutoSync,
			"history_days": x.HistoryDays, "refreshes_per_day": x.Refreshes, "account_kinds": orFalse(x.AccountKinds),
		}
	}
	return out, nil
}

// orFalse is how Odoo's clients know an empty text.
func orFalse(s string) any {
	if s == "" {
		return false
	}
	return s
}

// optionalString reads an argument that may be None or False.
func optionalString(call *orm.Call, name string) (string, error) {
	if v := call.Value(name); v == nil || v == false {
		return "", nil
	}
	return call.String(name)
}
