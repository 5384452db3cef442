package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
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

// people checks people through the addon base, and slows down who guesses.
type people struct{ h *Host }

func (p people) Login(ctx context.Context, db *orm.Database, login string, proof rpc.Proof) (uid int64, err error) {
	accept := base.PasswordOnly
	if proof.Keys {
		accept = base.PasswordOrKey
	}
	leave, err := p.h.proven.enter(ctx, p.h.proven.key(db.Name(), "login", login, proof.Address, proof.Text))
	if err != nil {
		return 0, err
	}
	defer leave()
	err = p.h.throttled(ctx, databases.Attempt{Database: db.Name(), Who: login, Address: proof.Address}, func() (bool, error) {
		err := db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
			uid, err = p.h.Base.Authenticate(env, login, proof.Text, accept)
			return err
		})
		return uid != 0, err
	})
	if errors.Is(err, errWrong) {
		return 0, nil
	}
	return uid, err
}

// Check is called with every call that carries its own proof: one that was right
// from the same address a short time ago is not counted as an attempt again.
func (p people) Check(ctx context.Context, db *orm.Database, uid int64, proof rpc.Proof) (bool, error) {
	found, err := p.attempt(ctx, db, attempt{
		key: p.h.proven.key(db.Name(), strconv.FormatInt(uid, 10), proof.Address, proof.Text),
		check: func(env *orm.Env) (int64, error) {
			ok, err := p.h.Base.Check(env, uid, proof.Text)
			if err != nil || !ok {
				return 0, err
			}
			return uid, nil
		},
		who: func() (databases.Attempt, error) {
			login, err := p.loginOf(ctx, db, uid)
			return databases.Attempt{Database: db.Name(), Who: login, Address: proof.Address}, err
		},
	})
	return found != 0, err
}

// KeyOwner counts attempts by the key's open part, since no login is told.
func (p people) KeyOwner(ctx context.Context, db *orm.Database, key rpc.Proof) (uid int64, err error) {
	return p.attempt(ctx, db, attempt{
		key:   p.h.proven.key(db.Name(), "key", key.Address, key.Text),
		check: func(env *orm.Env) (int64, error) { return p.h.Base.KeyOwner(env, key.Text) },
		who: func() (databases.Attempt, error) {
			return databases.Attempt{Database: db.Name(), Who: "key " + secret.APIKeyIndex(key.Text), Address: key.Address}, nil
		},
	})
}

// attempt is a proof that somebody brings with a call.
type attempt struct {
	key   [sha256.Size]byte
	check func(env *orm.Env) (uid int64, err error) // 0 when it is wrong
	who   func() (databases.Attempt, error)
}

// attempt returns whom the proof belongs to: 0 and no error when it is wrong.
// One that was right a moment ago is believed; one that was right a short time
// ago is checked, and is no attempt to be counted.
func (p people) attempt(ctx context.Context, db *orm.Database, a attempt) (uid int64, err error) {
	generation := db.UsersGeneration()
	if uid = p.h.proven.believes(a.key, generation, p.h.now()); uid != 0 {
		return uid, nil
	}
	check := func() (bool, error) {
		err := db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
			uid, err = a.check(env)
			return err
		})
		return uid != 0, err
	}
	again := func() (known bool, err error) {
		if !p.h.proven.knows(a.key, p.h.now()) {
			return false, nil
		}
		ok, err := check()
		switch {
		case err != nil:
			return true, err
		case ok:
			p.h.proven.remember(a.key, uid, generation, p.h.now())
			return true, nil
		}
		p.h.proven.forget(a.key) // the password was changed, or the key revoked
		return false, nil
	}
	if known, err := again(); known {
		return uid, err
	}
	leave, err := p.h.proven.enter(ctx, a.key)
	if err != nil {
		return 0, err
	}
	defer leave()
	if known, err := again(); known { // another call of the same client was right meanwhile
		return uid, err
	}
	who, err := a.who()
	if err != nil {
		return 0, err
	}
	err = p.h.throttled(ctx, who, check)
	switch {
	case errors.Is(err, errWrong):
		return 0, nil
	case err != nil:
		return 0, err
	}
	p.h.proven.remember(a.key, uid, generation, p.h.now())
	return uid, nil
}

// Stands asks the base at most as often as a call's proof is asked after.
func (p people) Stands(ctx context.Context, db *orm.Database, uid int64, key rpc.Proof) (ok bool, err error) {
	seen, generation := p.h.proven.key(db.Name(), strconv.FormatInt(uid, 10), key.Address, key.Text), db.UsersGeneration()
	if p.h.proven.believes(seen, generation, p.h.now()) == uid {
		return true, nil
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		ok, err = p.h.Base.Check(env, uid, key.Text)
		return err
	})
	if ok && err == nil {
		p.h.proven.remember(seen, uid, generation, p.h.now())
	}
	return ok, err
}

// loginOf is the login of a uid, so that attempts by either count together.
func (p people) loginOf(ctx context.Context, db *orm.Database, uid int64) (login string, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read("res.users", []int64{uid}, "login")
		if err == nil && rows.Len() > 0 {
			login = rows.At(0).Str("login")
		}
		return err
	})
	return login, err
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

func (s endingSessions) Renew(ctx context.Context, v session.Session) error {
	return s.h.sessions.Renew(ctx, v)
}

func (s endingSessions) Find(ctx context.Context, token string) (session.Session, error) {
	return s.h.sessions.Find(ctx, token)
}

func (s endingSessions) Delete(ctx context.Context, token string) error {
	err := s.h.sessions.Delete(ctx, token)
	s.h.bus.EndSession(token)
	return err
}

// userSessions are the sessions as the addon base ends them: sockets go with them.
type userSessions struct{ h *Host }

func (s userSessions) Of(ctx context.Context, database string, uid int64) ([]base.Session, error) {
	return s.h.sessions.Of(ctx, database, uid)
}

func (s userSessions) EndOf(ctx context.Context, database string, uid int64, stays string) error {
	err := s.h.sessions.EndOf(ctx, database, uid, stays)
	s.endSockets(database, uid, func(key string) bool { return key != stays })
	return err
}

func (s userSessions) EndNamed(ctx context.Context, database string, uid int64, names []string) (int, error) {
	n, err := s.h.sessions.EndNamed(ctx, database, uid, names)
	s.endSockets(database, uid, func(key string) bool { return slices.Contains(names, databases.SessionName(key)) })
	return n, err
}

func (s userSessions) endSockets(database string, uid int64, which func(key string) bool) {
	if s.h.bus == nil { // a command, not a host
		return
	}
	s.h.bus.EndSessions(func(who ws.Identity) bool {
		return who.Database == database && who.UID == uid && which(session.Key(who.Token))
	})
}
