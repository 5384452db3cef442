package consent

import (
	"context"
	"errors"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

const (
	// mostAtOnce is how many consents one call ends, and mostWaiting how many are
	// looked at that wait for a connection.
	mostAtOnce, mostWaiting = 20, 1000
	// firstPause is until a consent that could not be ended is tried again; each
	// further pause is twice as long, up to longestPause.
	firstPause, longestPause = 15 * time.Minute, 24 * time.Hour
	// mostAttempts is a good week.
	mostAttempts = 14
)

// claimed is a consent that this process ends.
type claimed struct {
	id, link, attempts int64
	provider, uuid     string
	secret             []byte
	call               sdk.Call
}

// EndDue ends what is due in a database. What a provider refuses is tried again
// later; an error is the database's.
func (e *Ender) EndDue(ctx context.Context, db *orm.Database) error {
	return e.end(ctx, db, 0)
}

// End ends one consent now, if nothing has it.
func (e *Ender) End(ctx context.Context, db *orm.Database, id int64) error {
	if id == 0 {
		return nil
	}
	return e.end(ctx, db, id)
}

func (e *Ender) end(ctx context.Context, db *orm.Database, only int64) error {
	var list []claimed
	err := db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		list = nil
		ids := []int64{only}
		if only == 0 {
			var err error
			if ids, err = ripe(env); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if err := e.claim(env, id, &list); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fault.Wrap(err, "consents to be ended", nil)
	}
	for i := range list {
		if err := e.settle(ctx, db, &list[i], e.revoke(ctx, db, &list[i])); err != nil {
			return err
		}
	}
	return nil
}

// ripe lists the consents that are due, the longest due first.
func ripe(env *orm.Env) ([]int64, error) {
	ids, err := env.Search(record.Consents, domain.Where("due", domain.Le, env.Now()),
		orm.SearchOptions{Order: "due, id", Limit: mostAtOnce})
	if err != nil || len(ids) == mostAtOnce {
		return ids, err
	}
	waiting, err := env.SearchRead(record.Consents, domain.Where("due", domain.Eq, nil), []string{"link_id", "since"},
		orm.SearchOptions{Order: "id", Limit: mostWaiting})
	if err != nil || waiting.Len() == 0 {
		return ids, err
	}
	var wanted []int64
	for row := range waiting.All() {
		if link := row.Ref("link_id"); link != 0 {
			wanted = append(wanted, link)
		}
	}
	links, err := env.Read(record.Links, wanted, "last_success", "state")
	if err != nil {
		return nil, err
	}
	for row := range waiting.All() {
		link, there := links.ByID(row.Ref("link_id"))
		over := !there || link.Str("state") == record.StateDisconnected
		if (over || link.Time("last_success").After(row.Time("since"))) && len(ids) < mostAtOnce {
			ids = append(ids, row.ID())
		}
	}
	return ids, nil
}

// claim takes a consent for this process, for as long as the pause until the next
// attempt. One that a connection has, or whose secret is lost, is dropped.
func (e *Ender) claim(env *orm.Env, id int64, list *[]claimed) error {
	rows, err := env.Read(record.Consents, []int64{id}, "provider", "uuid", "secret", "external_id", "link_id", "attempts")
	if err != nil || rows.Len() == 0 {
		return err
	}
	row := rows.At(0)
	secret, err := e.Vault.Unseal(env, row.Str("uuid"), row.Str("secret"))
	if errors.Is(err, record.ErrSecretLost) {
		e.Log.Warn("a consent cannot be ended: its secret is lost", "provider", row.Str("provider"), "error", err)
		return e.giveUp(env, id, row.Ref("link_id"))
	}
	if err != nil {
		return err
	}
	users, err := e.Sharing(env, row.Str("provider"), row.Str("external_id"), secret, 0)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		return env.Unlink(record.Consents, []int64{id})
	}
	c := claimed{id: id, link: row.Ref("link_id"), attempts: row.Int("attempts") + 1, provider: row.Str("provider"),
		uuid: row.Str("uuid"), secret: secret}
	pause := firstPause << min(c.attempts-1, 10)
	c.call = sdk.Call{Config: e.Plugins.Settings(c.provider), Now: env.Now(), Language: env.Context().Lang(), Secret: secret}
	*list = append(*list, c)
	return env.Write(record.Consents, []int64{id}, orm.Values{"attempts": c.attempts, "due": env.Now().Add(min(pause, longestPause))})
}

// revoke asks the provider to end a consent. One that has ended, or that the
// provider has no way to end, is no error.
func (e *Ender) revoke(ctx context.Context, db *orm.Database, c *claimed) error {
	p, _, err := e.Plugins.Open(ctx, c.provider)
	if err != nil {
		return err
	}
	revoker, ok := sdk.As[sdk.Revoker](p)
	if !ok {
		return nil
	}
	ctx, cancel := e.Plugins.Limit(ctx)
	defer cancel()
	c.call.SaveSecret = func(secret []byte) error { return e.rotate(context.WithoutCancel(ctx), db, c, secret) }
	err = revoker.Revoke(ctx, c.call)
	switch sdk.KindOf(err) {
	case sdk.NotSupported, sdk.ConsentExpired, sdk.BadCredentials:
		return nil
	}
	return err
}

// rotate keeps a secret that changes while its consent is ended.
func (e *Ender) rotate(ctx context.Context, db *orm.Database, c *claimed, secret []byte) error {
	return db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		sealed, err := e.Vault.Seal(env, c.uuid, secret)
		if err != nil {
			return err
		}
		return env.Write(record.Consents, []int64{c.id}, orm.Values{"secret": sealed})
	})
}

// settle notes what came of an attempt.
func (e *Ender) settle(ctx context.Context, db *orm.Database, c *claimed, trouble error) error {
	return db.Within(context.WithoutCancel(ctx), record.System(), orm.TxWrite, func(env *orm.Env) error {
		if trouble == nil {
			return env.Unlink(record.Consents, []int64{c.id})
		}
		failed := record.Fail(e.Log, trouble, "provider", c.provider, "link", c.link, "attempt", c.attempts, "doing", "end a consent")
		if c.attempts >= mostAttempts {
			return e.giveUp(env, c.id, c.link)
		}
		return env.Write(record.Consents, []int64{c.id}, orm.Values{"last_error": failed.Words("en_US") + " (" + failed.Reference + ")"})
	})
}

// giveUp drops a consent that cannot be ended, and says on its connection, if there
// is one, that somebody else has to.
func (e *Ender) giveUp(env *orm.Env, id, link int64) error {
	if link != 0 {
		f, err := e.Vault.Link(env, link)
		if err != nil {
			return err
		}
		if _, err := mail.Post(env, record.Links, link, record.SayIn(f.Lang, "sync.consent_left", nil), mail.Options{}); err != nil {
			return err
		}
	}
	return env.Unlink(record.Consents, []int64{id})
}

// EndUnkept ends a consent that could not even be noted here; call is what a request
// about it carries. What fails is logged, and nothing more can be done.
func (e *Ender) EndUnkept(ctx context.Context, provider string, call sdk.Call, secret []byte) {
	ctx, cancel := e.Plugins.Limit(context.WithoutCancel(ctx))
	defer cancel()
	p, _, err := e.Plugins.Open(ctx, provider)
	if err == nil {
		if revoker, ok := sdk.As[sdk.Revoker](p); ok {
			call.Secret, call.SaveSecret = secret, func([]byte) error { return nil }
			err = revoker.Revoke(ctx, call)
		}
	}
	if err != nil && sdk.KindOf(err) != sdk.NotSupported {
		e.Log.Error("a consent that no connection has was not ended at the bank", "provider", provider, "error", err)
	}
}
