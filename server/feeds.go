package server

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
)

// feeds carries the buses of all open databases to the sockets.
type feeds struct {
	h      *Host
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	mu     sync.Mutex
	ends   map[string]context.CancelFunc // of the databases that are watched
}

func newFeeds(h *Host) *feeds {
	f := &feeds{h: h, ends: map[string]context.CancelFunc{}}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f
}

// pollEvery is how soon messages are noticed that another process wrote into
// an SQLite file, where nobody can be told of a commit.
const pollEvery = 2 * time.Second

// unwatch ends what watch began for a database, and its sockets.
func (f *feeds) unwatch(name string) {
	f.mu.Lock()
	end := f.ends[name]
	delete(f.ends, name)
	f.mu.Unlock()
	if end != nil {
		end()
		f.h.bus.Drop(name)
	}
}

// watch wakes the sockets of a database until it, or the host, closes.
func (f *feeds) watch(name string, db *orm.Database) {
	ctx, end := context.WithCancel(f.ctx)
	f.mu.Lock()
	f.ends[name] = end
	f.mu.Unlock()
	f.done.Go(func() {
		ticker := time.NewTicker(pollEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				f.h.bus.Wake(name)
			}
		}
	})
	listener, ok := db.Store().(dialect.Listener)
	if !ok {
		return
	}
	f.done.Go(func() {
		for ctx.Err() == nil {
			err := listener.Listen(ctx, bus.Wake, func(string) { f.h.bus.Wake(name) })
			if ctx.Err() == nil {
				f.h.log.Warn("bus: listening again", "database", name, "error", err)
				pause(ctx, time.Second)
			}
		}
	})
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (f *feeds) close() {
	f.cancel()
	f.done.Wait()
}

var _ ws.Backend = (*feeds)(nil)

// Identify tells whose socket a request opens. A cookie of no session is nobody's.
func (f *feeds) Identify(r *http.Request) (ws.Identity, error) {
	token := session.TokenOf(r)
	known, err := f.h.sessions.Find(r.Context(), token)
	if err != nil {
		return ws.Identity{}, err
	}
	if known.Valid(f.h.now()) {
		return ws.Identity{Database: known.Database, UID: known.UID, Token: token,
			Cookie: session.Cookie(known, f.h.now(), f.h.secure(r))}, nil
	}
	names, err := f.h.Databases.Names(r.Context())
	if err != nil || len(names) != 1 {
		return ws.Identity{}, err
	}
	return ws.Identity{Database: names[0]}, nil
}

// Alive says yes when a store is in trouble: that ends nobody's session.
func (f *feeds) Alive(ctx context.Context, who ws.Identity) bool {
	if who.UID == 0 {
		return true
	}
	known, err := f.h.sessions.Find(ctx, who.Token)
	if err == nil && !known.Valid(f.h.now()) {
		return false
	}
	if who.Key == "" {
		return true
	}
	db, err := f.h.Databases.Open(ctx, who.Database)
	if err != nil {
		return true
	}
	stands, err := people{f.h}.Stands(ctx, db, who.UID, rpc.Proof{Text: who.Key, Keys: true, Address: who.Address})
	return err != nil || stands
}

// Channels leaves out what the user may not hear, and adds what everyone of
// their kind hears: the broadcast, their groups and their own partner.
func (f *feeds) Channels(ctx context.Context, who ws.Identity, asked []string) (allowed []string, err error) {
	if who.Database == "" {
		return nil, nil
	}
	db, err := f.h.Databases.Open(ctx, who.Database)
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
			ok, err := bus.MayListen(env, channel)
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

func listOf(ids []int64) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

func (f *feeds) Since(ctx context.Context, database string, last int64, limit int) ([]ws.Message, error) {
	return f.read(ctx, database, func(env *orm.Env) ([]bus.Message, error) { return bus.Since(env, last, limit) })
}

func (f *feeds) Recent(ctx context.Context, database string, since time.Time, limit int) ([]ws.Message, error) {
	return f.read(ctx, database, func(env *orm.Env) ([]bus.Message, error) {
		return bus.Where(env, domain.Where("create_date", domain.Ge, since), limit)
	})
}

func (f *feeds) read(ctx context.Context, database string, query func(env *orm.Env) ([]bus.Message, error)) (list []ws.Message, err error) {
	db, err := f.h.Databases.Open(ctx, database)
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

func (f *feeds) Edges(ctx context.Context, database string) (oldest, newest int64, err error) {
	db, err := f.h.Databases.Open(ctx, database)
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
