package onlinesync

import (
	"context"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// consentNotice is how many days before its end a consent asks for attention.
const consentNotice = 7

// finish writes the run's outcome and what it means for the connection.
func (s *syncing) finish(ctx context.Context) error {
	return s.write(ctx, func(env *orm.Env, counts *counters) error {
		now := env.Now()
		if err := s.unstage(env, domain.Where("run_id", domain.Eq, s.run)); err != nil {
			return err
		}
		values := orm.Values{"state": runDone, "finished_at": now, "lease_owner": nil, "outcome": outcomeNothingNew, "error_message": nil, "error_reference": nil}
		if counts.created+counts.updated+counts.removed > 0 {
			values["outcome"] = outcomeOK
		}
		if len(s.notes) > 0 {
			values["error_message"] = strings.Join(s.notes, "\n")
		}
		var err error
		if s.link.state == stateDisconnected {
			values["outcome"], values["error_message"] = outcomeRefused, s.say("sync.disconnected", nil)
		} else if len(s.failures) > 0 {
			f := s.failures[0]
			values["outcome"], values["error_reference"] = f.outcome, f.reference
			values["error_message"] = strings.Join(append([]string{f.words(s.link.lang)}, s.notes...), "\n")
			err = s.a.markFailed(env, s.link, f)
		} else {
			err = s.markWell(env, now)
		}
		if err != nil {
			return err
		}
		if s.limited != "" {
			if _, err := mail.Post(env, links, s.link.id, s.limited, mail.Options{}); err != nil {
				return err
			}
		}
		if s.link.state != stateDisconnected {
			if err := env.Write(links, []int64{s.link.id}, s.freshness(now)); err != nil {
				return err
			}
		}
		if err := env.Write(runs, []int64{s.run}, values); err != nil {
			return err
		}
		return s.tellFinished(env, counts, values)
	})
}

// unstage removes staged pages: they were applied, or never will be.
func (s *syncing) unstage(env *orm.Env, where domain.Node) error {
	ids, err := env.Search(staging, where, orm.SearchOptions{})
	if err != nil || len(ids) == 0 {
		return err
	}
	return env.Unlink(staging, ids)
}

// freshness is what the run learnt of how new the bank's data are.
func (s *syncing) freshness(now time.Time) orm.Values {
	values := orm.Values{"last_refresh": now}
	if !s.refreshed.IsZero() {
		values["provider_refresh"] = s.refreshed.UTC()
	}
	if !s.allowed.IsZero() {
		values["next_refresh_allowed"] = s.allowed.UTC()
	}
	if s.history.Valid() {
		values["history_from"] = dateOf(s.history)
	}
	return values
}

// markWell clears what was wrong. Where a bank forbids automatic runs and the
// user has not switched them off, that stays to be seen.
func (s *syncing) markWell(env *orm.Env, now time.Time) error {
	interval, err := s.a.intervalOf(env)
	if err != nil {
		return err
	}
	values := orm.Values{"state": stateConnected, "attention": attentionNone, "failures": int64(0), "error_message": nil,
		"error_reference": nil, "next_refresh": now.Add(interval)}
	switch {
	case s.link.attention == attentionAutoNotAllowed && s.link.autoSync:
		values["attention"], values["next_refresh"] = attentionAutoNotAllowed, nil
	case s.link.consentUntil != "" && s.link.consentUntil <= schema.DateOf(now).AddDays(consentNotice):
		values["attention"] = attentionConsentExpiring
	}
	if err := env.Write(links, []int64{s.link.id}, values); err != nil {
		return err
	}
	return linkChanged(env, s.link.id, s.company, values)
}

// markFailed notes a failure on its connection, with a message when it is
// another one than before.
func (a *Addon) markFailed(env *orm.Env, link *linkFacts, f *failure) error {
	interval, err := a.intervalOf(env)
	if err != nil {
		return err
	}
	text := f.words(link.lang)
	values := orm.Values{"state": f.state, "attention": f.attention, "error_message": text, "error_reference": f.reference,
		"failures": link.failures + 1, "next_refresh": orNoTime(f.nextTry(env.Now(), link.failures+1, interval))}
	if f.attention == attentionRateLimited && !f.until.IsZero() {
		values["next_refresh_allowed"] = f.until.UTC()
	}
	if err := env.Write(links, []int64{link.id}, values); err != nil {
		return err
	}
	if link.attention != f.attention || link.state != f.state {
		if _, err := mail.Post(env, links, link.id, text+" ("+f.reference+")", mail.Options{Reference: f.reference}); err != nil {
			return err
		}
	}
	return linkChanged(env, link.id, link.company, values)
}

// linkChanged tells who watches a connection what became of it.
func linkChanged(env *orm.Env, link, company int64, values orm.Values) error {
	payload := map[string]any{"id": link}
	for _, field := range []string{"state", "attention", "error_message", "error_reference"} {
		if v, ok := values[field]; ok {
			payload[field] = v
		}
	}
	if next, ok := values["next_refresh"].(time.Time); ok {
		payload["next_refresh"] = next.UTC().Format(schema.DatetimeLayout)
	}
	for _, channel := range []string{bus.Channel(links, link), bus.Channel("res.company", company)} {
		if err := bus.Send(env, channel, "account.online.link/changed", payload); err != nil {
			return err
		}
	}
	return nil
}

func (s *syncing) tellFinished(env *orm.Env, counts *counters, values orm.Values) error {
	payload := map[string]any{"id": s.run, "state": runDone, "outcome": values["outcome"], "fetched": counts.fetched, "created": counts.created,
		"updated": counts.updated, "removed": counts.removed, "known": counts.known, "pending": counts.pending,
		"error_message": values["error_message"], "error_reference": values["error_reference"]}
	if s.link != nil {
		payload["link_id"] = s.link.id
	}
	if err := s.announce(env, "account.online.run/finished", payload); err != nil {
		return err
	}
	for journal := range s.fed {
		for _, channel := range []string{bus.Channel(journals, journal), bus.Channel("res.company", s.company)} {
			if err := bus.Send(env, channel, "account.journal/changed", map[string]any{"id": journal, "run": s.run}); err != nil {
				return err
			}
		}
	}
	return nil
}

// linesDeleted tells who watches the journal which lines went.
func (s *syncing) linesDeleted(env *orm.Env, journal int64, ids []int64) error {
	payload := map[string]any{"id": journal, "run": s.run, "deleted": ids}
	for _, channel := range []string{bus.Channel(journals, journal), bus.Channel("res.company", s.company)} {
		if err := bus.Send(env, channel, "account.journal/changed", payload); err != nil {
			return err
		}
	}
	return nil
}
