package onlinesync

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// linkFacts is a connection as read in a short transaction that is closed
// before a plugin is called.
type linkFacts struct {
	id             int64
	name           string
	uuid           string
	provider       string
	institution    int64
	institutionKey string // the provider's id of the bank
	autoAllowed    bool   // by the bank
	autoSync       bool   // by the user
	company        int64
	state          string
	attention      string
	legacy         bool
	secret         []byte
	historyFrom    schema.Date
	consentUntil   schema.Date
	refreshAllowed time.Time
	failures       int64
	lang           string
}

// readLink needs a system environment: it opens the secret.
func (a *Addon) readLink(env *orm.Env, id int64) (*linkFacts, error) {
	rows, err := env.Read(links, []int64{id}, "name", "uuid", "provider_id", "institution_id", "company_id", "state", "attention",
		"is_legacy", "secret", "history_from", "next_refresh_allowed", "failures", "auto_sync", "expiring_synchronization_date")
	if err != nil {
		return nil, err
	}
	if rows.Len() == 0 {
		return nil, fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	f := &linkFacts{
		id: id, name: row.Str("name"), uuid: row.Str("uuid"), institution: row.Ref("institution_id"), company: row.Ref("company_id"),
		state: row.Str("state"), attention: row.Str("attention"), legacy: row.Bool("is_legacy"), historyFrom: row.Date("history_from"),
		consentUntil: row.Date("expiring_synchronization_date"), refreshAllowed: row.Time("next_refresh_allowed"), failures: row.Int("failures"), autoSync: row.Bool("auto_sync"), autoAllowed: true,
	}
	if provider := row.Ref("provider_id"); provider != 0 {
		named, err := env.Read(providers, []int64{provider}, "name")
		if err != nil {
			return nil, err
		}
		if named.Len() > 0 {
			f.provider = named.At(0).Str("name")
		}
	}
	if f.institution != 0 {
		bank, err := env.Read(institutions, []int64{f.institution}, "online_identifier", "auto_sync_allowed")
		if err != nil {
			return nil, err
		}
		if bank.Len() > 0 {
			f.institutionKey, f.autoAllowed = bank.At(0).Str("online_identifier"), bank.At(0).Bool("auto_sync_allowed")
		}
	}
	if f.lang, err = base.Param(env, "onlinesync.language", "en_US"); err != nil {
		return nil, err
	}
	f.secret, err = a.unseal(env, f.uuid, row.Str("secret"))
	return f, err
}

// call is what every request about a connection carries. A rotated secret is
// sealed and stored before the provider goes on.
func (a *Addon) linkCall(ctx context.Context, db *orm.Database, f *linkFacts, now time.Time, present bool) sdk.Call {
	return sdk.Call{
		Config: a.opt.Settings(f.provider), Now: now, UserPresent: present, Language: f.lang, Secret: f.secret,
		SaveSecret: func(secret []byte) error {
			secret = append([]byte(nil), secret...)
			err := db.Within(ctx, system(), orm.TxWrite, func(env *orm.Env) error {
				sealed, err := a.seal(env, f.uuid, secret)
				if err != nil {
					return err
				}
				return env.Write(links, []int64{f.id}, orm.Values{"secret": sealed})
			})
			if err == nil {
				f.secret = secret
				a.hit("secret.saved")
			}
			return err
		},
	}
}

// storeAccounts makes the online accounts of a connection say what the provider
// tells, and returns our ids by its own. An account that is known under another
// connection is taken over with its ledger: superseded, never added (complaint 23).
// Through another provider, both connections go on to feed it.
func (a *Addon) storeAccounts(env *orm.Env, link int64, f linkFacts, told []sdk.Account) (map[string]int64, error) {
	known := make(map[string]int64, len(told))
	used := map[string]bool{}
	bereft := map[int64]bool{}
	for _, t := range told {
		facts := importing.AccountFacts{Provider: f.provider, Institution: f.institutionKey, Link: f.uuid, ID: t.ID,
			StableID: t.StableID, Number: t.Number, Currency: t.Currency}
		identity := importing.AccountIdentity(facts)
		if used[identity] {
			identity = importing.ConnectionIdentity(facts)
		}
		used[identity] = true
		money, err := base.CurrencyID(env, t.Currency)
		if err != nil {
			return nil, err
		}
		values := orm.Values{"online_identifier": t.ID, "stable_identifier": orNoText(tidy(t.StableID)), "account_number": orNoText(tidy(t.Number)),
			"account_kind": kindOfAccount(t.Kind), "account_online_link_id": link}
		rows, err := env.SearchRead(accounts, domain.All(domain.Where("company_id", domain.Eq, f.company),
			domain.Where("identity", domain.Eq, identity)), []string{"account_online_link_id", "online_identifier", "inverse_transaction_sign"}, orm.SearchOptions{Limit: 1})
		if err != nil {
			return nil, err
		}
		by := teller{currency: t.Currency, source: f.provider, invert: rows.Len() > 0 && rows.At(0).Bool("inverse_transaction_sign")}
		by.newest(values, t.Balances)
		if rows.Len() == 0 {
			values["name"], values["company_id"], values["currency_id"], values["identity"] = accountName(t), f.company, money, identity
			ids, err := env.Create(accounts, values)
			if err != nil {
				return nil, fault.Wrap(err, "online account of connection", link)
			}
			known[t.ID], by.account = ids[0], ids[0]
			if err := keepBalances(env, by, t.Balances); err != nil {
				return nil, err
			}
			continue
		}
		row := rows.At(0)
		f.id = link
		beside, err := feedAgain(env, row.ID(), link, t.ID)
		if err != nil {
			return nil, err
		}
		if !beside {
			superseded, err := a.takeOver(env, row, f)
			if err != nil {
				return nil, err
			}
			if superseded != 0 {
				bereft[superseded] = true
			}
			if old := row.Ref("account_online_link_id"); old != link || row.Str("online_identifier") != t.ID {
				values["cursor"] = nil // another consent's cursor means nothing here
			}
			if old := row.Ref("account_online_link_id"); old != link && superseded == 0 {
				values["told_under"] = nil
			}
			if err := env.Write(accounts, []int64{row.ID()}, values); err != nil {
				return nil, err
			}
		}
		known[t.ID], by.account = row.ID(), row.ID()
		if err := keepBalances(env, by, t.Balances); err != nil {
			return nil, err
		}
	}
	return known, a.retireBereft(env, bereft)
}

// retireBereft disconnects connections whose accounts all moved to another.
func (a *Addon) retireBereft(env *orm.Env, bereft map[int64]bool) error {
	for old := range bereft {
		left, err := fedBy(env, old)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			continue
		}
		if err := env.Write(links, []int64{old}, orm.Values{"state": stateDisconnected, "next_refresh": nil}); err != nil {
			return err
		}
	}
	return nil
}

func kindOfAccount(kind sdk.AccountKind) string {
	for _, o := range accountKinds {
		if o.Value == string(kind) {
			return o.Value
		}
	}
	return string(sdk.OtherKind)
}
