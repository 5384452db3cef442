package institution

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// chunkSize is how many rows go into one transaction.
const chunkSize = 1000

// A list that is shorter than half of a longer one than fewBanks is a provider's
// bad day more often than the end of so many banks. It is taken when it is still
// so short after shortFor, or when an administrator says so.
const (
	fewBanks = 10
	shortFor = 20 * time.Hour
)

// listing is what a provider told, on its way into the table.
type listing struct {
	finder    *Finder
	db        *orm.Database
	provider  string
	told      []sdk.Institution
	takeShort bool
	// as the table was
	id         int64 // of the provider
	known      *orm.Rows
	now        time.Time
	shortSince time.Time // the list is too short; zero: it is not
	tally      tally
}

// store writes what changed, in transactions of bounded size. It is a fault of
// kind Invalid when somebody else added the same meanwhile.
func (l *listing) store(ctx context.Context) error {
	if err := l.db.Within(ctx, record.System(), orm.TxRead, l.read); err != nil || l.id == 0 {
		return err
	}
	values, order := l.values()
	rows := make(map[string]orm.Row, l.known.Len())
	listed := 0
	for row := range l.known.All() {
		rows[row.Str("online_identifier")] = row
		if row.Time("gone_since").IsZero() {
			listed++
		}
	}
	if l.shrinks(len(order), listed) {
		return l.noteShort(ctx, len(order), listed)
	}
	var (
		fresh   [][]any
		changed []int64
	)
	for _, id := range order {
		if row, known := rows[id]; !known {
			fresh = append(fresh, append(slices.Clone(values[id]), l.id))
		} else if institutionChange(row, values[id]) != nil {
			changed = append(changed, row.ID())
		}
	}
	for id, row := range rows {
		if values[id] == nil && row.Time("gone_since").IsZero() {
			changed = append(changed, row.ID())
		}
	}
	slices.Sort(changed)
	return l.write(ctx, fresh, changed, values)
}

// read reads what is known of the provider.
func (l *listing) read(env *orm.Env) error {
	rows, err := env.SearchRead(record.Providers, domain.Where("name", domain.Eq, l.provider),
		[]string{"institutions_short_since", "title"}, orm.SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return err
	}
	l.id, l.shortSince, l.tally.provider = rows.ID(0), rows.At(0).Time("institutions_short_since"), rows.At(0).Str("title")
	l.now = env.Now()
	l.known, err = env.SearchRead(record.Institutions, domain.Where("provider_id", domain.Eq, l.id),
		append(slices.Clone(columns), "gone_since"), orm.SearchOptions{})
	return err
}

// values are what was told, by the provider's ids and in its order; the first of
// an id counts, and what has no id or name is left out.
func (l *listing) values() (map[string][]any, []string) {
	values, order := make(map[string][]any, len(l.told)), make([]string, 0, len(l.told))
	for i := range l.told {
		row := institutionValues(&l.told[i])
		id := row[0].(string)
		if id == "" || row[1] == "" || values[id] != nil {
			continue
		}
		values[id] = row
		order = append(order, id)
	}
	return values, order
}

// shrinks reports whether a list is not to be taken yet.
func (l *listing) shrinks(told, listed int) bool {
	if l.takeShort || listed < fewBanks || 2*told >= listed {
		return false
	}
	return l.shortSince.IsZero() || l.now.Before(l.shortSince.Add(shortFor))
}

// write adds and changes rows, and tells of it.
func (l *listing) write(ctx context.Context, fresh [][]any, changed []int64, values map[string][]any) error {
	columns := append(slices.Clone(columns), "provider_id")
	for chunk := range slices.Chunk(fresh, chunkSize) {
		err := l.db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
			_, err := env.BulkCreate(record.Institutions, columns, chunk)
			return err
		})
		if err != nil {
			return err
		}
		l.tally.New += len(chunk)
	}
	for chunk := range slices.Chunk(changed, chunkSize) {
		var told tally
		err := l.db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) (err error) {
			told, err = l.change(env, chunk, values)
			return err
		})
		if err != nil {
			return err
		}
		l.tally.add(told)
	}
	return l.finish(ctx, len(values))
}

// change makes rows say what was told. They are read again, so that of two hosts
// that were told the same one changes and tells.
func (l *listing) change(env *orm.Env, ids []int64, values map[string][]any) (tally, error) {
	var (
		told tally
		all  []news
	)
	rows, err := env.Read(record.Institutions, ids, append(slices.Clone(columns), "gone_since")...)
	if err != nil {
		return told, err
	}
	for row := range rows.All() {
		now, listed := values[row.Str("online_identifier")]
		var change orm.Values
		switch {
		case listed:
			change = institutionChange(row, now)
		case row.Time("gone_since").IsZero():
			change = orm.Values{"status": "disabled", "gone_since": env.Now()}
		}
		if change == nil {
			continue
		}
		if err := env.Write(record.Institutions, []int64{row.ID()}, change); err != nil {
			return told, err
		}
		n := newsOf(row, change)
		told.count(n)
		if len(n.words) > 0 {
			all = append(all, n)
		}
	}
	told.Connections, err = l.tellConnections(env, all)
	return told, err
}

// finish notes that the list was taken, and how it changed.
func (l *listing) finish(ctx context.Context, count int) error {
	err := l.db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		values := orm.Values{"institution_count": int64(count), "institutions_checked_at": env.Now(), "institutions_error": nil,
			"institutions_short_since": nil, "institutions_due": nextList(env, l.provider)}
		maps.Copy(values, l.tally.values(env))
		if err := env.Write(record.Providers, []int64{l.id}, values); err != nil {
			return err
		}
		if l.tally.none() {
			return nil
		}
		if err := base.SetParam(env, catalogueVersion, base.NewUUID()); err != nil {
			return err
		}
		return l.tellCompanies(env)
	})
	if err == nil && !l.tally.none() {
		l.finder.Log.Info("institutions changed", "provider", l.provider, "institutions", count, "new", l.tally.New, "gone", l.tally.Gone,
			"renamed", l.tally.Renamed, "other_status", l.tally.Status, "other", l.tally.Other, "connections", l.tally.Connections)
	}
	return err
}
