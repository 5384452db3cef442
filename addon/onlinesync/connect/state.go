package connect

import (
	"time"

	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// ConsentNear is how many days before its end a consent asks for attention.
const ConsentNear = 7

// MarkFailed notes a failure on its connection, with a message when it is
// another one than before.
func (c *Connections) MarkFailed(env *orm.Env, link *record.Link, f *record.Failure) error {
	interval, err := c.Queue.IntervalOf(env, link)
	if err != nil {
		return err
	}
	text := f.Words(link.Lang)
	values := orm.Values{"state": f.State, "attention": f.Attention, "error_message": text, "error_reference": f.Reference,
		"failures": link.Failures + 1, "next_refresh": record.OrNoTime(f.NextTry(env.Now(), link.Failures+1, interval))}
	if f.Attention == record.AttentionRateLimited && !f.Until.IsZero() {
		values["next_refresh_allowed"] = f.Until.UTC()
	}
	if err := env.Write(record.Links, []int64{link.ID}, values); err != nil {
		return err
	}
	if link.Attention != f.Attention || link.State != f.State {
		if _, err := mail.Post(env, record.Links, link.ID, text+" ("+f.Reference+")", mail.Options{Reference: f.Reference}); err != nil {
			return err
		}
	}
	if err := notice.Trouble(env, link, f); err != nil {
		return err
	}
	return run.TellLinkChanged(env, link.ID, link.Company, values)
}

// MarkWell clears what was wrong. Where a bank forbids automatic runs and the
// user has not switched them off, that stays to be seen.
func (c *Connections) MarkWell(env *orm.Env, link *record.Link, now time.Time) error {
	interval, err := c.Queue.IntervalOf(env, link)
	if err != nil {
		return err
	}
	values := orm.Values{"state": record.StateConnected, "attention": record.AttentionNone, "failures": int64(0), "error_message": nil,
		"error_reference": nil, "next_refresh": now.Add(interval), "last_success": now}
	switch {
	case link.Attention == record.AttentionAutoNotAllowed && link.AutoSync:
		values["attention"], values["next_refresh"] = record.AttentionAutoNotAllowed, nil
	case link.ConsentUntil != "" && link.ConsentUntil < schema.DateOf(now):
		endsOn(values, "") // the bank says otherwise, by its answer
	case link.ConsentUntil != "" && link.ConsentUntil <= schema.DateOf(now).AddDays(ConsentNear):
		values["attention"] = record.AttentionConsentExpiring
	}
	if err := env.Write(record.Links, []int64{link.ID}, values); err != nil {
		return err
	}
	if values["attention"] != record.AttentionAutoNotAllowed {
		if err := notice.Well(env, link); err != nil {
			return err
		}
	}
	return run.TellLinkChanged(env, link.ID, link.Company, values)
}

// MarkEnding notes that a consent ends at an instant, as its provider announced;
// people are told in time (package expiry).
func (c *Connections) MarkEnding(env *orm.Env, link *record.Link, until time.Time) error {
	if last := record.DayOf(until); last != link.ConsentUntil {
		values := orm.Values{}
		endsOn(values, last)
		return env.Write(record.Links, []int64{link.ID}, values)
	}
	return nil
}

// endsOn writes a consent's last day, "" for none: nothing was told of it yet.
func endsOn(values orm.Values, last schema.Date) {
	values["expiring_synchronization_date"], values["consent_notice"], values["consent_told"] = record.OrNoDate(last), nil, nil
}
