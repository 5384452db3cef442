package vault

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/plugins/sdk"
)

// Sealer encrypts secrets; what was sealed with other associated data cannot
// be opened.
type Sealer interface {
	Seal(plaintext, associated []byte) ([]byte, error)
	Open(ciphertext, associated []byte) ([]byte, error)
	// NeedsReseal reports whether an older key than the newest sealed it.
	NeedsReseal(ciphertext []byte) bool
}

// Vault keeps the secrets of connections sealed, and opens them for calls.
type Vault struct {
	Sealer Sealer
	// Settings tells a provider's configuration; it may hold secrets.
	Settings func(provider string) map[string]string
	Points   failpoint.Points
}

// associated binds a sealed secret to its database and connection, so that a
// copy of the row opens nowhere else.
func associated(env *orm.Env, link string) ([]byte, error) {
	database, err := base.Param(env, base.UUID, "")
	return secret.LinkData(database, link), err
}

// Seal seals a secret for a connection, given by its UUID, as text.
func (v *Vault) Seal(env *orm.Env, link string, plain []byte) (string, error) {
	bound, err := associated(env, link)
	if err != nil {
		return "", err
	}
	sealed, err := v.Sealer.Seal(plain, bound)
	if err != nil {
		return "", fault.Wrap(err, "seal secret of connection", link)
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}

// Unseal opens what Seal sealed, for the same connection; it fails with ErrSecretLost when the key set does not open text.
func (v *Vault) Unseal(env *orm.Env, link, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	bound, err := associated(env, link)
	if err != nil {
		return nil, err
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("sealed secret of connection %s: %w: %w", link, record.ErrSecretLost, err)
	}
	plain, err := v.Sealer.Open(sealed, bound)
	if err != nil {
		return nil, fmt.Errorf("open secret of connection %s: %w: %w", link, record.ErrSecretLost, err)
	}
	return plain, nil
}

// Link reads a connection with its secret, or why that is lost. It needs a system environment.
func (v *Vault) Link(env *orm.Env, id int64) (*record.Link, error) {
	rows, err := env.Read(record.Links, []int64{id}, "name", "uuid", "provider_id", "institution_id", "company_id", "state", "attention",
		"is_legacy", "secret", "history_from", "next_refresh_allowed", "failures", "auto_sync", "expiring_synchronization_date",
		"external_id", "interval_hours", "error_reference", "consent",
		"account_kind")
	if err != nil {
		return nil, err
	}
	if rows.Len() == 0 {
		return nil, fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	f := &record.Link{
		ID: id, Name: row.Str("name"), UUID: row.Str("uuid"), ExternalID: row.Str("external_id"),
		Institution: row.Ref("institution_id"), Company: row.Ref("company_id"),
		State: row.Str("state"), Attention: row.Str("attention"),
		Reference:   row.Str("error_reference"),
		AccountKind: row.Str("account_kind"),
		Consent:     row.Int("consent"), Legacy: row.Bool("is_legacy"), HistoryFrom: row.Date("history_from"),
		ConsentUntil: row.Date("expiring_synchronization_date"), RefreshAllowed: row.Time("next_refresh_allowed"),
		Failures: row.Int("failures"), AutoSync: row.Bool("auto_sync"), AutoAllowed: true,
	}
	hours := row.Int("interval_hours")
	if provider := row.Ref("provider_id"); provider != 0 {
		named, err := env.Read(record.Providers, []int64{provider}, "name", "title", "interval_hours", "paused", "paused_by",
			"paused_at")
		if err != nil {
			return nil, err
		}
		if named.Len() > 0 {
			if named.At(0).Bool("paused") {
				if f.Paused, err = pausedWords(env, named.At(0)); err != nil {
					return nil, err
				}
			}
			f.Provider, hours = named.At(0).Str("name"), cmp.Or(hours, named.At(0).Int("interval_hours"))
		}
	}
	f.Interval = time.Duration(hours) * time.Hour
	if f.Institution != 0 {
		bank, err := env.Read(record.Institutions, []int64{f.Institution}, "online_identifier", "auto_sync_allowed", "refreshes_per_day",
			"status", "name")
		if err != nil {
			return nil, err
		}
		if bank.Len() > 0 {
			f.InstitutionKey, f.AutoAllowed = bank.At(0).Str("online_identifier"), bank.At(0).Bool("auto_sync_allowed")
			f.RefreshesADay = bank.At(0).Int("refreshes_per_day")
			if bank.At(0).Str("status") == record.InBeta {
				f.Beta = bank.At(0).Str("name")
			}
		}
	}
	if f.Lang, err = base.Param(env, "onlinesync.language", "en_US"); err != nil {
		return nil, err
	}
	if f.Secret, err = v.Unseal(env, f.UUID, row.Str("secret")); errors.Is(err, record.ErrSecretLost) {
		f.SecretLost, err = err, nil
	}
	return f, err
}

// errRenewed: a rotated secret belongs to a consent that its connection no longer has.
var errRenewed = errors.New("the connection was renewed or deleted meanwhile")

// keepTime bounds how long a rotated secret may take to be stored.
const keepTime = 30 * time.Second

// Call is what every request about a connection carries. A rotated secret is
// sealed and stored before the provider goes on, also when the request was
// cancelled meanwhile: the bank no longer takes the old secret.
func (v *Vault) Call(ctx context.Context, db *orm.Database, f *record.Link, now time.Time, who record.Attendance) sdk.Call {
	return sdk.Call{
		Config: v.Settings(f.Provider), Now: now, UserPresent: who.Present, UserIP: who.Address, Language: f.Lang, Secret: f.Secret,
		SaveSecret: func(secret []byte) error {
			secret = bytes.Clone(secret)
			v.Points.Hit("secret.got")
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
			defer cancel()
			err := db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
				sealed, err := v.Seal(env, f.UUID, secret)
				if err != nil {
					return err
				}
				now, err := env.Read(record.Links, []int64{f.ID}, "consent")
				if err != nil {
					return err
				}
				if now.Len() == 0 || now.At(0).Int("consent") != f.Consent {
					return errRenewed
				}
				return env.Write(record.Links, []int64{f.ID}, orm.Values{"secret": sealed})
			})
			if err == nil {
				f.Secret = secret
				v.Points.Hit("secret.saved")
			}
			return err
		},
	}
}

// pausedWords is who paused a provider, and when, in the language of the books.
func pausedWords(env *orm.Env, provider orm.Row) (string, error) {
	lang, err := base.Param(env, "onlinesync.language", "en_US")
	if err != nil {
		return "", err
	}
	args := fault.Args{"provider": provider.Str("title"), "who": "", "when": record.Moment(provider.Time("paused_at"))}
	if by := provider.Ref("paused_by"); by != 0 {
		names, err := env.DisplayNames("res.users", []int64{by})
		if err != nil {
			return "", err
		}
		args["who"] = names[by]
	}
	return record.SayIn(lang, "sync.paused", args), nil
}
