package vault

import (
	"context"
	"encoding/base64"
	"errors"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Opened counts the stored secrets of a database, and those among them that the
// key set cannot open.
func (v *Vault) Opened(ctx context.Context, db *orm.Database) (stored, lost int, err error) {
	err = db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error {
		rows, err := env.SearchRead(record.Links, domain.Where("secret", domain.Ne, nil), []string{"uuid", "secret"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		stored, lost = rows.Len(), 0
		for row := range rows.All() {
			switch _, err := v.Unseal(env, row.Str("uuid"), row.Str("secret")); {
			case errors.Is(err, record.ErrSecretLost):
				lost++
			case err != nil:
				return err
			}
		}
		return nil
	})
	return stored, lost, err
}

// Reseal seals the credentials that an older key sealed with the newest one,
// each in a transaction of its own, and returns how many. What no key opens is
// told at the end and stays as it is.
func (v *Vault) Reseal(ctx context.Context, db *orm.Database) (sealed int, err error) {
	var trouble error
	for _, model := range []string{record.Links, record.Consents, record.Hooks} {
		var ids []int64
		err = db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error {
			ids, err = env.Search(model, domain.Where("secret", domain.Ne, nil), orm.SearchOptions{Order: "id"})
			return err
		})
		if err != nil {
			return sealed, err
		}
		for _, id := range ids {
			done, err := v.reseal(ctx, db, model, id)
			if fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
				return sealed, err
			}
			if err != nil && trouble == nil {
				trouble = err
			}
			if done {
				sealed++
			}
		}
	}
	return sealed, trouble
}

func (v *Vault) reseal(ctx context.Context, db *orm.Database, model string, id int64) (done bool, err error) {
	err = db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		done = false
		rows, err := env.Read(model, []int64{id}, "uuid", "secret")
		if err != nil || rows.Len() == 0 {
			return err
		}
		link, text := rows.At(0).Str("uuid"), rows.At(0).Str("secret")
		old, err := base64.StdEncoding.DecodeString(text)
		if err != nil || text == "" || !v.Sealer.NeedsReseal(old) {
			return fault.Wrap(err, "sealed secret of connection", link)
		}
		plain, err := v.Unseal(env, link, text)
		if err != nil {
			return err
		}
		fresh, err := v.Seal(env, link, plain)
		if err != nil {
			return err
		}
		done = true
		return env.Write(model, []int64{id}, orm.Values{"secret": fresh})
	})
	return done && err == nil, err
}
