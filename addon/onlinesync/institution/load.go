package institution

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// chunkSize is how many rows go into one transaction.
const chunkSize = 1000

// columns are what a provider tells of an institution, in the order
// of institutionValues.
var columns = []string{"online_identifier", "name", "country_codes", "status", "bic", "logo_url",
	"auto_sync_allowed", "history_days", "refreshes_per_day", "account_kinds", "website"}

// Load asks every provider for its institutions and makes the table
// say the same: new ones are added, changed ones changed, those no longer
// listed disabled. progress, if given, hears the provider and how many came.
// One provider's failure does not stop the others; their errors are joined.
func (f *Finder) Load(ctx context.Context, db *orm.Database, progress func(provider string, count int)) error {
	if _, err := f.Plugins.Refresh(ctx, db); err != nil {
		return err
	}
	var failures []error
	for _, info := range f.Plugins.Providers.List() {
		if err := f.LoadOf(ctx, db, info.Name, progress); err != nil {
			failures = append(failures, fault.Wrap(err, "catalogue of", info.Name))
		}
	}
	return errors.Join(failures...)
}

// LoadOf is Load for one provider, whose row is there.
func (f *Finder) LoadOf(ctx context.Context, db *orm.Database, name string, progress func(string, int)) error {
	p, desc, err := f.Plugins.Open(ctx, name)
	if err != nil {
		return err
	}
	if err := f.Plugins.Note(ctx, db, name, desc); err != nil {
		return err
	}
	lister, ok := sdk.As[sdk.InstitutionLister](p)
	if !ok {
		return nil
	}
	var told []sdk.Institution
	call := sdk.Call{Config: f.Plugins.Settings(name), SaveSecret: func([]byte) error { return nil }}
	if err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error { call.Now = env.Now(); return nil }); err != nil {
		return err
	}
	err = lister.ListInstitutions(ctx, call, func(page []sdk.Institution) error {
		told = append(told, page...)
		if progress != nil {
			progress(name, len(told))
		}
		return ctx.Err()
	})
	if err != nil {
		if sdk.KindOf(err) == sdk.NotSupported {
			return nil
		}
		return err
	}
	// Others may store the same at the same time: another host, or the command that
	// prepares a demonstration. Whoever meets rows of theirs reads again; what is left
	// to do has become a chunk less at least.
	for tries := len(told)/chunkSize + 3; ; tries-- {
		err := f.storeInstitutions(ctx, db, name, told)
		if !fault.Is(err, fault.Invalid) || tries == 1 {
			return err
		}
	}
}

// storeInstitutions writes what changed, in transactions of bounded size. It is a
// fault of kind Invalid when somebody else added the same meanwhile.
func (f *Finder) storeInstitutions(ctx context.Context, db *orm.Database, provider string, told []sdk.Institution) error {
	var (
		providerID int64
		known      *orm.Rows
	)
	err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error {
		ids, err := env.Search(record.Providers, domain.Where("name", domain.Eq, provider), orm.SearchOptions{Limit: 1})
		if err != nil || len(ids) == 0 {
			return err
		}
		providerID = ids[0]
		known, err = env.SearchRead(record.Institutions, domain.Where("provider_id", domain.Eq, providerID), columns, orm.SearchOptions{})
		return err
	})
	if err != nil || providerID == 0 {
		return err
	}
	at := make(map[string]int, known.Len())
	for i := range known.Len() {
		at[known.At(i).Str("online_identifier")] = i
	}
	var fresh [][]any
	changed := map[int64]orm.Values{}
	seen := make(map[string]bool, len(told))
	for i := range told {
		values := institutionValues(&told[i])
		id := values[0].(string)
		if id == "" || values[1] == "" || seen[id] {
			continue
		}
		seen[id] = true
		if row, ok := at[id]; !ok {
			fresh = append(fresh, append(values, providerID))
		} else if change := institutionChange(known.At(row), values); change != nil {
			changed[known.ID(row)] = change
		}
	}
	var gone []int64
	for id, row := range at {
		if !seen[id] && known.At(row).Str("status") != "disabled" {
			gone = append(gone, known.ID(row))
		}
	}
	return f.writeInstitutions(ctx, db, providerID, len(seen), fresh, changed, gone)
}

func (f *Finder) writeInstitutions(ctx context.Context, db *orm.Database, provider int64, count int, fresh [][]any,
	changed map[int64]orm.Values, gone []int64) error {
	columns := append(slices.Clone(columns), "provider_id")
	for chunk := range slices.Chunk(fresh, chunkSize) {
		err := db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
			_, err := env.BulkCreate(record.Institutions, columns, chunk)
			return err
		})
		if err != nil {
			return err
		}
	}
	return db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		for id, values := range changed {
			if err := env.Write(record.Institutions, []int64{id}, values); err != nil {
				return err
			}
		}
		if len(gone) > 0 {
			if err := env.Write(record.Institutions, gone, orm.Values{"status": "disabled"}); err != nil {
				return err
			}
		}
		if err := env.Write(record.Providers, []int64{provider}, orm.Values{"institution_count": int64(count)}); err != nil {
			return err
		}
		if len(fresh)+len(changed)+len(gone) == 0 {
			return nil
		}
		return base.SetParam(env, catalogueVersion, base.NewUUID())
	})
}

func institutionValues(i *sdk.Institution) []any {
	kinds := make([]string, len(i.AccountKinds))
	for k, kind := range i.AccountKinds {
		kinds[k] = string(kind)
	}
	status := string(i.Status)
	switch i.Status {
	case sdk.Stable, sdk.Beta, sdk.Disabled:
	default:
		status = string(sdk.Stable)
	}
	countries := make([]string, len(i.Countries))
	for k, code := range i.Countries {
		countries[k] = strings.ToUpper(code)
	}
	return []any{record.Tidy(i.ID), record.Tidy(i.Name), strings.Join(countries, ","), status, record.Tidy(i.BIC),
		record.WebURL(record.Tidy(i.LogoURL)), i.AutoSyncAllowed,
		int64(i.HistoryDays), int64(i.RefreshesPerDay), strings.Join(kinds, ","), record.WebURL(record.Tidy(i.Website))}
}

// institutionChange is what differs, nil for nothing.
func institutionChange(row orm.Row, values []any) orm.Values {
	var change orm.Values
	for k, column := range columns {
		same := false
		switch v := values[k].(type) {
		case string:
			same = row.Str(column) == v
		case int64:
			same = row.Int(column) == v
		case bool:
			same = row.Bool(column) == v
		}
		if same {
			continue
		}
		if change == nil {
			change = orm.Values{}
		}
		change[column] = values[k]
	}
	return change
}
