package institution

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// mostTold bounds the list of one provider, which is held in memory.
const mostTold = 500_000

// Load asks every provider for its institutions and makes the table
// say the same: new ones are added, changed ones changed, those no longer
// listed disabled. progress, if given, hears the provider and how many came.
// One provider's failure does not stop the others; their errors are joined. A
// provider that fails, or is gone, keeps its institutions.
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

// LoadOf is Load for one provider, whose row is there. A list that became much
// shorter is not taken at first, see shrinks.
func (f *Finder) LoadOf(ctx context.Context, db *orm.Database, name string, progress func(string, int)) error {
	return f.loadOf(ctx, db, name, false, progress)
}

func (f *Finder) loadOf(ctx context.Context, db *orm.Database, name string, short bool, progress func(string, int)) error {
	told, lists, err := f.ask(ctx, db, name, progress)
	if err != nil {
		return errors.Join(err, f.noteFailure(ctx, db, name, err))
	}
	if !lists {
		return f.noteNoList(ctx, db, name)
	}
	l := listing{finder: f, db: db, provider: name, told: told, takeShort: short}
	// Others may store the same at the same time: another host, or the command that
	// prepares a demonstration. Whoever meets rows of theirs reads again; what is left
	// to do has become a chunk less at least.
	for tries := len(told)/chunkSize + 3; ; tries-- {
		err := l.store(ctx)
		if !fault.Is(err, fault.Invalid) || tries == 1 {
			return err
		}
	}
}

// ask has a provider list its institutions; lists is false when it has no list.
func (f *Finder) ask(ctx context.Context, db *orm.Database, name string, progress func(string, int)) (told []sdk.Institution,
	lists bool, err error) {
	p, desc, err := f.Plugins.Open(ctx, name)
	if err != nil {
		return nil, false, err
	}
	if err := f.Plugins.Note(ctx, db, name, desc); err != nil {
		return nil, false, err
	}
	lister, ok := sdk.As[sdk.InstitutionLister](p)
	if !ok {
		return nil, false, nil
	}
	call := sdk.Call{Config: f.Plugins.Settings(name), SaveSecret: func([]byte) error { return nil }}
	if err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error { call.Now = env.Now(); return nil }); err != nil {
		return nil, false, err
	}
	ctx, watch := f.Plugins.Watch(ctx)
	err = watch.End(lister.ListInstitutions(ctx, call, func(page []sdk.Institution) error {
		watch.Pause()
		defer watch.Resume()
		if told = append(told, page...); len(told) > mostTold {
			return sdk.Errorf(sdk.Internal, "it lists more than %d institutions", mostTold)
		}
		if progress != nil {
			progress(name, len(told))
		}
		return ctx.Err()
	}))
	if sdk.KindOf(err) == sdk.NotSupported && err != nil {
		return nil, false, nil
	}
	return told, true, err
}

// columns are what a provider tells of an institution, in the order
// of institutionValues.
var columns = []string{"online_identifier", "name", "country_codes", "status", "bic", "logo_url",
	"auto_sync_allowed", "history_days", "refreshes_per_day", "account_kinds", "website", "holders", "terms"}

func institutionValues(i *sdk.Institution) []any {
	kinds := make([]string, len(i.AccountKinds))
	for k, kind := range i.AccountKinds {
		kinds[k] = string(kind)
	}
	holders := make([]string, len(i.Holders))
	for k, holder := range i.Holders {
		holders[k] = string(holder)
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
		int64(i.HistoryDays), int64(i.RefreshesPerDay), strings.Join(kinds, ","), record.WebURL(record.Tidy(i.Website)),
		strings.Join(holders, ","), record.Terms{Checklist: i.Checklist, Declarations: i.Declarations}.Text()}
}

// institutionChange is what differs, nil for nothing. One that was gone is back.
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
	if !row.Time("gone_since").IsZero() {
		if change == nil {
			change = orm.Values{}
		}
		change["gone_since"] = nil
	}
	return change
}

// shortReason is what is noted when a list is not taken.
func shortReason(told, known int) string {
	return fmt.Sprintf("The list became much shorter: %d institutions, %d before. It is not taken yet.", told, known)
}
