package hook

import (
	"errors"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// How a delivery is tried again: after firstPause, then twice as long each time up
// to longestPause, mostAttempts times in all, which is about four days.
const (
	firstPause   = time.Minute
	longestPause = 6 * time.Hour
	mostAttempts = 24
)

// Delivery is a message that somebody has claimed to send.
type Delivery struct {
	ID, Hook int64
	URL      string
	Event    string // its name, the same at every attempt
	Payload  []byte // JSON
	Secret   []byte
	At       time.Time // when this attempt is made
	claim    string
	attempts int64
}

// Outcome is what became of an attempt.
type Outcome struct {
	Status int    // of HTTP; 0 when there was no answer
	Answer string // the beginning of it
	Reason string // why it counts as failed; "" when it was taken
	// Gone: the receiver wants no more of any kind.
	Gone bool
}

// Due reports whether there is something to claim. It only reads.
func (h *Hooks) Due(env *orm.Env) (bool, error) {
	n, err := env.Sudo().Count(record.HookDeliveries, due(env.Now(), nil), 1)
	return n > 0, err
}

// Claim gives the next delivery that is due to one claimant, but none of the
// webhooks except; nil when there is none. One whose claimant was killed is claimed
// anew when the lease has ended: it may arrive twice, under the same name.
func (h *Hooks) Claim(env *orm.Env, by string, lease time.Duration, except []int64) (*Delivery, error) {
	env = env.Sudo()
	now := env.Now()
	rows, err := env.SearchRead(record.HookDeliveries, due(now, except), []string{"hook_id", "event", "payload", "attempts"},
		orm.SearchOptions{Order: "id", Limit: 1})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	row := rows.At(0)
	d := &Delivery{ID: row.ID(), Hook: row.Ref("hook_id"), Event: row.Str("event"), Payload: []byte(row.Str("payload")), At: now,
		claim: by + "/" + token(), attempts: row.Int("attempts") + 1}
	hooks, err := env.Read(record.Hooks, []int64{d.Hook}, "url", "uuid", "secret")
	if err != nil || hooks.Len() == 0 {
		return nil, err
	}
	d.URL = hooks.At(0).Str("url")
	d.Secret, err = h.Vault.Unseal(env, hooks.At(0).Str("uuid"), hooks.At(0).Str("secret"))
	if err != nil && !errors.Is(err, record.ErrSecretLost) {
		return nil, err
	}
	return d, env.Write(record.HookDeliveries, []int64{d.ID}, orm.Values{"attempts": d.attempts, "claimed_by": d.claim,
		"claimed_until": now.Add(lease)})
}

func due(now time.Time, except []int64) domain.Node {
	return domain.All(domain.Where("state", domain.Eq, Outgoing), domain.Where("next_try", domain.Le, now),
		domain.Where("hook_id.active", domain.Eq, true), domain.Where("hook_id", domain.NotIn, record.IDs(except)),
		domain.Or{domain.Where("claimed_until", domain.Eq, nil), domain.Where("claimed_until", domain.Lt, now)})
}

// Note writes what became of an attempt. What was not taken is tried again later
// and later, until it was tried often enough. What somebody else has claimed
// meanwhile is left to them, unless it was taken.
func (h *Hooks) Note(env *orm.Env, d *Delivery, o Outcome) error {
	env = env.Sudo()
	rows, err := env.Read(record.HookDeliveries, []int64{d.ID}, "claimed_by", "state")
	if err != nil || rows.Len() == 0 || o.Reason != "" && rows.At(0).Str("claimed_by") != d.claim {
		return err
	}
	values := orm.Values{"status": int64(o.Status), "answer": record.OrNoText(o.Answer), "failure_reason": record.OrNoText(o.Reason),
		"claimed_by": nil, "claimed_until": nil}
	of := orm.Values{"error_message": record.OrNoText(o.Reason)}
	switch {
	case o.Reason == "":
		values["state"], values["date"], values["next_try"] = Sent, env.Now(), nil
		of["last_success"] = env.Now()
	case o.Gone || d.attempts >= mostAttempts:
		values["state"], values["next_try"] = Failed, nil
	default:
		values["next_try"] = env.Now().Add(pauseAfter(d.attempts))
	}
	if o.Gone {
		of["active"] = false
	}
	if err := env.Write(record.HookDeliveries, []int64{d.ID}, values); err != nil {
		return err
	}
	return env.Write(record.Hooks, []int64{d.Hook}, of)
}

func pauseAfter(attempts int64) time.Duration {
	pause := firstPause
	for range min(attempts-1, 20) {
		pause *= 2
	}
	return min(pause, longestPause)
}

// How much of the log is kept.
const (
	keptFor = 30 * 24 * time.Hour
	mostLog = 5000 // of a database
	atOnce  = 2000
)

// LetGo deletes deliveries that are over and old, or more than are kept.
func (h *Hooks) LetGo(env *orm.Env) (int, error) {
	over := domain.Where("state", domain.Ne, Outgoing)
	old, err := env.Search(record.HookDeliveries, domain.All(over, domain.Where("create_date", domain.Lt, env.Now().Add(-keptFor))),
		orm.SearchOptions{Order: "id", Limit: atOnce})
	if err != nil {
		return 0, err
	}
	more, err := env.Search(record.HookDeliveries, over, orm.SearchOptions{Order: "id desc", Offset: mostLog, Limit: atOnce})
	if err != nil {
		return 0, err
	}
	ids := append(old, more...)
	return len(ids), env.Unlink(record.HookDeliveries, ids)
}
