package server

import (
	"context"
	"errors"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/server/databases"
)

// system is who the host itself acts as.
var system = orm.Principal{System: true}

// opener opens databases for rpc: an unknown name is a fault of kind Missing.
type opener struct{ *databases.Manager }

func (o opener) Open(ctx context.Context, name string) (*orm.Database, error) {
	db, err := o.Manager.Open(ctx, name)
	if errors.Is(err, databases.ErrUnknown) {
		return nil, fault.New(fault.Missing, "database %q does not exist", name).Because(err)
	}
	return db, err
}

// people checks people through the addon base.
type people struct{ base *base.Base }

func (p people) Login(ctx context.Context, db *orm.Database, login, proof string, keys bool) (uid int64, err error) {
	accept := base.PasswordOnly
	if keys {
		accept = base.PasswordOrKey
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		uid, err = p.base.Authenticate(env, login, proof, accept)
		return err
	})
	return uid, err
}

func (p people) Check(ctx context.Context, db *orm.Database, uid int64, proof string) (ok bool, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		ok, err = p.base.Check(env, uid, proof)
		return err
	})
	return ok, err
}

func (p people) KeyOwner(ctx context.Context, db *orm.Database, key string) (uid int64, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		uid, err = p.base.KeyOwner(env, key)
		return err
	})
	return uid, err
}

func (p people) Profile(ctx context.Context, db *orm.Database, uid int64) (profile rpc.Profile, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		profile, err = profileOf(env, uid)
		return err
	})
	return profile, err
}

func profileOf(env *orm.Env, uid int64) (rpc.Profile, error) {
	rows, err := env.Read("res.users", []int64{uid}, "name", "login", "lang", "tz", "partner_id", "company_id", "company_ids", "active")
	if err != nil {
		return rpc.Profile{}, err
	}
	if rows.Len() == 0 || !rows.At(0).Bool("active") {
		return rpc.Profile{}, fault.New(fault.Missing, "Record does not exist or has been deleted.\n(Record: res.users(%d,), User: %d)", uid, uid)
	}
	row := rows.At(0)
	who, err := env.As(uid)
	if err != nil {
		return rpc.Profile{}, err
	}
	partner := row.Ref("partner_id")
	names, err := env.DisplayNames("res.partner", []int64{partner})
	if err != nil {
		return rpc.Profile{}, err
	}
	profile := rpc.Profile{
		UID: uid, Name: row.Str("name"), Login: row.Str("login"), Lang: row.Str("lang"), TZ: row.Str("tz"),
		Partner: partner, PartnerName: names[partner], Company: row.Ref("company_id"),
		System: who.HasGroup(base.GroupSystem), Internal: who.HasGroup(base.GroupUser), PartnerWrite: env.Now(),
	}
	companies, err := env.Read("res.company", row.Refs("company_ids"), "name", "sequence", "parent_id")
	if err != nil {
		return rpc.Profile{}, err
	}
	for c := range companies.All() {
		profile.Companies = append(profile.Companies, rpc.Company{
			ID: c.ID(), Name: c.Str("name"), Sequence: c.Int("sequence"), Parent: c.Ref("parent_id")})
	}
	money, err := env.SearchRead("res.currency", domain.Where("active", domain.Eq, true),
		[]string{"symbol", "position", "decimal_places"}, orm.SearchOptions{})
	if err != nil {
		return rpc.Profile{}, err
	}
	for c := range money.All() {
		profile.Currencies = append(profile.Currencies, rpc.Currency{
			ID: c.ID(), Symbol: c.Str("symbol"), Position: c.Str("position"), Digits: int(c.Int("decimal_places"))})
	}
	return profile, nil
}

// endingSessions is the session store, with sockets that end with their session.
type endingSessions struct{ h *Host }

func (s endingSessions) Save(ctx context.Context, v session.Session) error {
	return s.h.sessions.Save(ctx, v)
}

func (s endingSessions) Find(ctx context.Context, token string) (session.Session, error) {
	return s.h.sessions.Find(ctx, token)
}

func (s endingSessions) Delete(ctx context.Context, token string) error {
	err := s.h.sessions.Delete(ctx, token)
	s.h.bus.EndSession(token)
	return err
}
