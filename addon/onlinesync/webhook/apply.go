package webhook

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// pause is how long after a notified run the next one begins at the earliest:
// services tell of one change several times.
const pause = 15 * time.Second

// Apply does to a connection what a provider told of it. One that is gone, has
// another id by now, or that its user disconnected is left alone, and that is no
// error; an error means that it was not done and may be told again.
func (r *Receiver) Apply(ctx context.Context, db *orm.Database, link int64, provider string, event sdk.WebhookEvent) error {
	return db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		held, err := env.Count(record.Links, domain.All(domain.Where("id", domain.Eq, link),
			domain.Where("external_id", domain.Eq, event.ExternalID), domain.Where("provider_id.name", domain.Eq, provider)), 1)
		if err != nil || held == 0 {
			return err
		}
		f, err := r.Connections.Vault.Link(env, link)
		if err != nil || f.Legacy || f.State == record.StateDisconnected {
			return err
		}
		env = env.With(orm.Context{"allowed_company_ids": []any{f.Company}})
		switch {
		case event.Kind == sdk.WebhookConsent && event.ConsentUntil.After(env.Now()):
			return r.Connections.MarkEnding(env, f, event.ConsentUntil)
		case event.Kind == sdk.WebhookConsent, event.Kind == sdk.WebhookRevoked:
			return r.ended(env, f, event)
		}
		return r.fetch(env, f)
	})
}

// ended notes that a consent ended, unless that is known.
func (r *Receiver) ended(env *orm.Env, f *record.Link, event sdk.WebhookEvent) error {
	if f.Attention == record.AttentionConsentExpired {
		return nil
	}
	told := &sdk.Error{Kind: sdk.ConsentExpired, Message: record.Tidy(event.Message)}
	return r.Connections.MarkFailed(env, f, record.FailOf(f, r.Log, told, "notified", event.Kind))
}

// fetch makes a run, where the user, the bank and the administrator let the
// connection be fetched unattended. What is paused is fetched when it goes on.
func (r *Receiver) fetch(env *orm.Env, f *record.Link) error {
	if !f.AutoSync || !f.AutoAllowed || f.Paused != "" {
		return nil
	}
	after, err := r.earliest(env, f)
	if err != nil {
		return err
	}
	_, err = r.Queue.Add(env, run.Request{Link: f.ID, Trigger: record.TriggerWebhook, After: after})
	if fault.Is(err, fault.User) {
		return nil // disconnected meanwhile
	}
	return err
}

// earliest is when a notified run may begin; zero for at once.
func (r *Receiver) earliest(env *orm.Env, f *record.Link) (time.Time, error) {
	var after time.Time
	if f.Attention == record.AttentionRateLimited {
		after = f.RefreshAllowed
	}
	last, err := env.SearchRead(record.Runs, domain.All(domain.Where("link_id", domain.Eq, f.ID),
		domain.Where("trigger", domain.Eq, record.TriggerWebhook), domain.Where("state", domain.Eq, record.RunDone)),
		[]string{"finished_at"}, orm.SearchOptions{Order: "id desc", Limit: 1})
	if err == nil && last.Len() > 0 {
		after = later(after, last.At(0).Time("finished_at").Add(pause))
	}
	return after, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
