package connect

import (
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// consentNotice is how many days before its end a consent asks for attention.
const consentNotice = 7

// MarkFailed notes a failure on its connection, with a message when it is
// another one than before.
func (c *Connections) MarkFailed(env *orm.Env, link *record.Link, f *record.Failure) error {
	interval, err := c.Queue.IntervalOf(env)
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
	return run.TellLinkChanged(env, link.ID, link.Company, values)
}

// MarkWell clears what was wrong. Where a bank forbids automatic runs and the
// user has not switched them off, that stays to be seen.
func (c *Connections) MarkWell(env *orm.Env, link *record.Link, now time.Time) error {
	interval, err := c.Queue.IntervalOf(env)
	if err != nil {
		return err
	}
	values := orm.Values{"state": record.StateConnected, "attention": record.AttentionNone, "failures": int64(0), "error_message": nil,
		"error_reference": nil, "next_refresh": now.Add(interval)}
	switch {
	case link.Attention == record.AttentionAutoNotAllowed && link.AutoSync:
		values["attention"], values["next_refresh"] = record.AttentionAutoNotAllowed, nil
	case link.ConsentUntil != "" && link.ConsentUntil <= schema.DateOf(now).AddDays(consentNotice):
		values["attention"] = record.AttentionConsentExpiring
	}
	if err := env.Write(record.Links, []int64{link.ID}, values); err != nil {
		return err
	}
	return run.TellLinkChanged(env, link.ID, link.Company, values)
}

// MarkEnding notes that a consent ends at an instant, as its provider announced;
// it tells people once it is near.
func (c *Connections) MarkEnding(env *orm.Env, link *record.Link, until time.Time) error {
	last := record.DayOf(until)
	values := orm.Values{"expiring_synchronization_date": last}
	near := last <= schema.DateOf(env.Now()).AddDays(consentNotice)
	if near && link.Attention == record.AttentionNone {
		values["attention"] = record.AttentionConsentExpiring
		text := record.SayIn(link.Lang, "sync.consent_ends", fault.Args{"day": string(last)})
		if _, err := mail.Post(env, record.Links, link.ID, text, mail.Options{}); err != nil {
			return err
		}
	}
	if err := env.Write(record.Links, []int64{link.ID}, values); err != nil {
		return err
	}
	return run.TellLinkChanged(env, link.ID, link.Company, values)
}
