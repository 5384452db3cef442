package server

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/rpc/ws"
	"github.com/girosync/girosync/server/databases"
	"github.com/girosync/girosync/server/entrance"
)

// audience is who listens at the sockets, and what there is for them to hear.
type audience struct {
	*entrance.Visitors
	databases *databases.Manager
}

var _ ws.Backend = audience{}

// Channels leaves out what the user may not hear, and adds what everyone of
// their kind hears: the broadcast, their groups and their own partner.
func (a audience) Channels(ctx context.Context, who ws.Identity, asked []string) (allowed []string, err error) {
	if who.Database == "" {
		return nil, nil
	}
	db, err := a.databases.Open(ctx, who.Database)
	if err != nil {
		return nil, err
	}
	allowed = []string{"broadcast"}
	if who.UID == 0 {
		for _, channel := range asked {
			if _, _, record := bus.Record(channel); !record {
				allowed = append(allowed, channel)
			}
		}
		return allowed, nil
	}
	err = db.Within(ctx, orm.Principal{UID: who.UID}, orm.TxRead, func(env *orm.Env) error {
		user := env.User()
		allowed = append(allowed, bus.Channel("res.partner", user.Partner))
		for _, id := range user.GroupIDs {
			allowed = append(allowed, bus.Channel("res.groups", id))
		}
		// a company's channel is open to who may work in it, not only to the
		// companies that a call has chosen
		env = env.With(orm.Context{"allowed_company_ids": listOf(user.Companies)})
		for _, channel := range asked {
			ok, err := mayListen(env, channel)
			if err != nil {
				return err
			}
			if ok {
				allowed = append(allowed, channel)
			}
		}
		return nil
	})
	if fault.Is(err, fault.Missing, fault.Denied, fault.Unauthenticated) {
		return nil, nil
	}
	return allowed, err
}

// mayListen also closes a company's channel, on which everything about its books
// is told, to those who may not read the books.
func mayListen(env *orm.Env, channel string) (bool, error) {
	if model, _, _ := bus.Record(channel); model == "res.company" {
		if err := env.CheckAccess("account.journal", orm.Read); fault.Is(err, fault.Denied) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return bus.MayListen(env, channel)
}

func listOf(ids []int64) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

func (a audience) Since(ctx context.Context, database string, last int64, limit int) ([]ws.Message, error) {
	return a.read(ctx, database, func(env *orm.Env) ([]bus.Message, error) { return bus.Since(env, last, limit) })
}

func (a audience) Recent(ctx context.Context, database string, since time.Time, limit int) ([]ws.Message, error) {
	return a.read(ctx, database, func(env *orm.Env) ([]bus.Message, error) {
		return bus.Where(env, domain.Where("create_date", domain.Ge, since), limit)
	})
}

func (a audience) read(
	ctx context.Context, database string, query func(env *orm.Env) ([]bus.Message, error),
) (list []ws.Message, err error) {
	db, err := a.databases.Open(ctx, database)
	if err != nil {
		return nil, err
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		found, err := query(env)
		list = make([]ws.Message, len(found))
		for i, m := range found {
			list[i] = ws.Message{ID: m.ID, Channel: m.Channel, Body: m.Body}
		}
		return err
	})
	return list, err
}

func (a audience) Edges(ctx context.Context, database string) (oldest, newest int64, err error) {
	db, err := a.databases.Open(ctx, database)
	if err != nil {
		return 0, 0, err
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		if oldest, err = bus.Oldest(env); err != nil {
			return err
		}
		newest, err = bus.Newest(env)
		return err
	})
	return oldest, newest, err
}
