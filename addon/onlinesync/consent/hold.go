package consent

import (
	"bytes"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/vault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Ender ends consents at their providers, in all databases of a host.
type Ender struct {
	Plugins *provider.Plugins
	Vault   *vault.Vault
	Log     *slog.Logger
}

// Held is a consent that is to be ended.
type Held struct {
	Provider   string
	UUID       string    // for which Secret is sealed, see vault.Seal
	Secret     string    // sealed
	ExternalID string    // the provider's; "" for none
	Link       int64     // the connection that goes on without it; 0 for none
	Due        time.Time // zero: once Link has worked
}

// Hold notes a consent and returns its id; 0 for one without a secret, which nothing
// can be done about. It needs a system environment, as all of this room.
func (e *Ender) Hold(env *orm.Env, h Held) (int64, error) {
	if h.Secret == "" {
		return 0, nil
	}
	values := orm.Values{"provider": h.Provider, "uuid": h.UUID, "secret": h.Secret, "external_id": h.ExternalID,
		"link_id": record.OrNil(h.Link), "since": env.Now(), "due": record.OrNoTime(h.Due), "attempts": int64(0)}
	ids, err := env.Create(record.Consents, values)
	if err != nil {
		return 0, fault.Wrap(err, "hold a consent of", h.Provider)
	}
	return ids[0], nil
}

// Postpone changes when a consent is due that nobody has begun to end.
func (e *Ender) Postpone(env *orm.Env, id int64, due time.Time) error {
	if id == 0 {
		return nil
	}
	return env.Write(record.Consents, []int64{id}, orm.Values{"due": due.UTC()})
}

// Release lets a connection have a consent that was held: it is not ended. Refused
// (User) when it is being ended already.
func (e *Ender) Release(env *orm.Env, id int64) error {
	if id == 0 {
		return nil
	}
	rows, err := env.Read(record.Consents, []int64{id}, "attempts")
	if err != nil {
		return err
	}
	if rows.Len() == 0 || rows.At(0).Int("attempts") > 0 {
		return fault.Say(fault.User, "sync.flow_late", nil)
	}
	return env.Unlink(record.Consents, []int64{id})
}

// Forget drops what is held: in a copy of a database, consents are the original's.
func Forget(env *orm.Env) error {
	ids, err := env.Search(record.Consents, nil, orm.SearchOptions{})
	if err != nil {
		return err
	}
	return env.Unlink(record.Consents, ids)
}

// Sharing lists the connections that have a consent, given by its secret and the
// provider's id ("" for none), besides but: some services give one consent for several
// connections.
func (e *Ender) Sharing(env *orm.Env, provider, external string, secret []byte, but int64) ([]int64, error) {
	rows, err := env.SearchRead(record.Links, domain.All(domain.Where("provider_id.name", domain.Eq, provider),
		domain.Where("secret", domain.Ne, nil), domain.Where("state", domain.Ne, record.StateDisconnected),
		domain.Where("id", domain.Ne, but)), []string{"uuid", "secret", "external_id"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	var list []int64
	for row := range rows.All() {
		same := external != "" && row.Str("external_id") == external
		if !same {
			plain, err := e.Vault.Unseal(env, row.Str("uuid"), row.Str("secret"))
			same = err == nil && len(plain) > 0 && bytes.Equal(plain, secret)
		}
		if same {
			list = append(list, row.ID())
		}
	}
	return list, nil
}
