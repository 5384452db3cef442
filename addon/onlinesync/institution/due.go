package institution

import (
	"context"
	"errors"
	"hash/fnv"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// When a provider is asked for its list again: a day after it was taken, an hour
// after it was not, each give or take a tenth, so that the databases and hosts of
// a provider do not ask at the same time.
const (
	listEvery  = 24 * time.Hour
	retryAfter = time.Hour
)

// LoadDue asks those providers for their institutions whose time has come. One
// that was never asked is due; one whose program is gone or may not run is not
// asked. Errors are joined.
func (f *Finder) LoadDue(ctx context.Context, db *orm.Database) error {
	present := map[string]bool{}
	for _, info := range f.Plugins.Providers.List() {
		present[info.Name] = info.State != "refused"
	}
	var due []string
	err := db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		due = nil
		rows, err := env.SearchRead(record.Providers, domain.Or{domain.Where("institutions_due", domain.Eq, nil),
			domain.Where("institutions_due", domain.Le, env.Now()),
			domain.Where("institutions_due", domain.Gt, env.Now().Add(2*listEvery))}, // a clock that was ahead said so
			[]string{"name"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		for row := range rows.All() {
			name := row.Str("name")
			if !present[name] {
				continue
			}
			due = append(due, name)
			// Another host that looks meanwhile finds nothing to do.
			if err := env.Write(record.Providers, []int64{row.ID()}, orm.Values{"institutions_due": soon(env, name)}); err != nil {
				return err
			}
		}
		return nil
	})
	errs := []error{err}
	for _, name := range due {
		errs = append(errs, fault.Wrap(f.LoadOf(ctx, db, name, nil), "catalogue of", name))
	}
	return errors.Join(errs...)
}

// refreshNow is for administrators who do not wait.
func (f *Finder) refreshNow(env *orm.Env, call *orm.Call) (any, error) {
	short, err := call.Bool("take_short")
	if err != nil {
		return nil, err
	}
	var names []string
	err = env.Within(orm.TxRead, func(env *orm.Env) error {
		if err := env.CheckRules(record.Providers, call.IDs, orm.Write); err != nil {
			return err
		}
		rows, err := env.Read(record.Providers, call.IDs, "name")
		if err != nil {
			return err
		}
		names = nil
		for row := range rows.All() {
			names = append(names, row.Str("name"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := f.loadOf(env.Ctx(), env.Database(), name, short, nil); err != nil {
			failed := record.Fail(f.Log, err, "provider", name)
			return nil, failed.AsFault(env.Context().Lang())
		}
	}
	return true, nil
}

// nextList is when to ask again after a list was taken.
func nextList(env *orm.Env, provider string) time.Time {
	return env.Now().Add(around(listEvery, env.Database().Name()+"/"+provider))
}

// soon is when to ask again otherwise.
func soon(env *orm.Env, provider string) time.Time {
	return env.Now().Add(around(retryAfter, env.Database().Name()+"/"+provider))
}

// around is a time, give or take a tenth; how much is always the same for a name.
func around(d time.Duration, name string) time.Duration {
	hash := fnv.New32a()
	hash.Write([]byte(name)) // it never fails
	return d - d/10 + d/5/1000*time.Duration(hash.Sum32()%1000)
}

// noteFailure writes why a provider's list is not there. What was listed stays.
func (f *Finder) noteFailure(ctx context.Context, db *orm.Database, name string, cause error) error {
	return f.note(context.WithoutCancel(ctx), db, name, func(env *orm.Env) orm.Values {
		return orm.Values{"institutions_error": whyNoList(cause), "institutions_due": soon(env, name)}
	})
}

// whyNoList is a failure in words for an administrator: the provider's own where
// it has some.
func whyNoList(cause error) string {
	var told *sdk.Error
	if errors.As(cause, &told) && told.Message != "" {
		return record.Tidy(told.Message)
	}
	if record.KindOf(cause) == sdk.BankUnavailable {
		return "The provider did not answer."
	}
	return "The provider's list could not be read."
}

// noteNoList lets a provider that has no list be asked as often as others: another
// version may have one.
func (f *Finder) noteNoList(ctx context.Context, db *orm.Database, name string) error {
	return f.note(ctx, db, name, func(env *orm.Env) orm.Values {
		return orm.Values{"institutions_error": nil, "institutions_due": nextList(env, name)}
	})
}

// noteShort keeps what is known, and says so.
func (l *listing) noteShort(ctx context.Context, told, listed int) error {
	if l.shortSince.IsZero() {
		l.finder.Log.Warn("a list of institutions became much shorter and is not taken yet", "provider", l.provider,
			"institutions", told, "before", listed)
	}
	return l.finder.note(ctx, l.db, l.provider, func(env *orm.Env) orm.Values {
		values := orm.Values{"institutions_error": shortReason(told, listed), "institutions_due": soon(env, l.provider)}
		if l.shortSince.IsZero() {
			values["institutions_short_since"] = env.Now()
		}
		return values
	})
}

// note writes fields of a provider that changed.
func (f *Finder) note(ctx context.Context, db *orm.Database, name string, values func(env *orm.Env) orm.Values) error {
	return db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		ids, err := env.Search(record.Providers, domain.Where("name", domain.Eq, name), orm.SearchOptions{Limit: 1})
		if err != nil || len(ids) == 0 {
			return err
		}
		return env.Write(record.Providers, ids, values(env))
	})
}

// dayOf is the day of an instant, as a sentence has it; "" for none.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return string(schema.DateOf(t.UTC()))
}
