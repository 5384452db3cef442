package mail

import (
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// How an e-mail is tried again: after firstPause, then twice as long each time up
// to longestPause, mostAttempts times in all, which is about five days.
const (
	firstPause   = time.Minute
	longestPause = 6 * time.Hour
	mostAttempts = 28
)

// Letter is an e-mail that somebody has claimed to send.
type Letter struct {
	ID        int64
	MessageID string // without brackets; the same at every attempt
	Email
	Written  time.Time
	claim    string
	attempts int64
}

// Claimant is who sends e-mail.
type Claimant struct {
	Name   string        // of the process
	Lease  time.Duration // how long an e-mail is theirs; longer than one takes
	Domain string        // of the address that e-mail is sent from
}

// Claim gives the next e-mail that is due to one claimant; nil when none is. It
// must be sent after the commit, and then be told of with Sent or Failed. One of
// which nothing is told, because its claimant was killed, is claimed anew when
// the lease has ended: it may arrive twice, with the same Message-ID.
func Claim(env *orm.Env, by Claimant) (*Letter, error) {
	env = env.Sudo()
	now := env.Now()
	rows, err := env.SearchRead(Outbox, due(now), []string{"subject", "body", "body_html", "email_to", "message_id", "attempts",
		"create_date"}, orm.SearchOptions{Order: "id", Limit: 1})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	row := rows.At(0)
	l := &Letter{ID: row.ID(), MessageID: row.Str("message_id"), Written: row.Time("create_date"), claim: by.Name + "/" + newMessageID(""),
		attempts: row.Int("attempts") + 1,
		Email:    Email{To: row.Str("email_to"), Subject: row.Str("subject"), Text: row.Str("body"), HTML: row.Str("body_html")}}
	if l.MessageID == "" {
		l.MessageID = newMessageID(by.Domain)
	}
	return l, env.Write(Outbox, []int64{l.ID}, orm.Values{"message_id": l.MessageID, "attempts": l.attempts, "claimed_by": l.claim,
		"claimed_until": now.Add(by.Lease)})
}

// AnyDue reports whether there is something to claim. It only reads.
func AnyDue(env *orm.Env) (bool, error) {
	n, err := env.Sudo().Count(Outbox, due(env.Now()), 1)
	return n > 0, err
}

func due(now time.Time) domain.Node {
	return domain.All(domain.Where("state", domain.Eq, Outgoing),
		domain.Or{domain.Where("scheduled_date", domain.Eq, nil), domain.Where("scheduled_date", domain.Le, now)},
		domain.Or{domain.Where("claimed_until", domain.Eq, nil), domain.Where("claimed_until", domain.Lt, now)})
}

// Sent notes that a letter was taken by the mail server.
func Sent(env *orm.Env, l *Letter) error {
	return env.Sudo().Write(Outbox, []int64{l.ID}, orm.Values{"state": Delivered, "date": env.Now(), "failure_reason": nil,
		"scheduled_date": nil, "claimed_by": nil, "claimed_until": nil})
}

// Failed notes that a letter was not taken, in words that are kept. It is tried
// again later and later, unless that is for good, or was tried often enough. One
// that somebody else has claimed meanwhile is left to them.
func Failed(env *orm.Env, l *Letter, words string, forGood bool) error {
	env = env.Sudo()
	rows, err := env.Read(Outbox, []int64{l.ID}, "claimed_by", "state")
	if err != nil || rows.Len() == 0 || rows.At(0).Str("claimed_by") != l.claim || rows.At(0).Str("state") != Outgoing {
		return err
	}
	values := orm.Values{"failure_reason": cut(words), "claimed_by": nil, "claimed_until": nil,
		"scheduled_date": env.Now().Add(pauseAfter(l.attempts))}
	if forGood || l.attempts >= mostAttempts {
		values["state"], values["scheduled_date"] = Exception, nil
	}
	return fault.Wrap(env.Write(Outbox, []int64{l.ID}, values), "e-mail that was not sent", l.ID)
}

func pauseAfter(attempts int64) time.Duration {
	pause := firstPause
	for range min(attempts-1, 20) {
		pause *= 2
	}
	return min(pause, longestPause)
}

// longestReason is how much is kept of what a server says.
const longestReason = 2000

func cut(words string) string {
	if runes := []rune(line(words)); len(runes) > longestReason {
		return string(runes[:longestReason]) + "…"
	}
	return line(words)
}

// How long an e-mail is kept that is no longer to be sent, and how many one call of
// LetGo deletes.
const (
	keptFor = 90 * 24 * time.Hour
	atOnce  = 2000
)

// LetGo deletes e-mails that were sent, failed or were cancelled long ago, and
// returns how many; what is too much for one time goes the next.
func LetGo(env *orm.Env) (int, error) {
	ids, err := env.Sudo().Search(Outbox, domain.All(domain.Where("state", domain.Ne, Outgoing),
		domain.Where("create_date", domain.Lt, env.Now().Add(-keptFor))), orm.SearchOptions{Order: "id", Limit: atOnce})
	if err != nil {
		return 0, err
	}
	return len(ids), env.Sudo().Unlink(Outbox, ids)
}
