package sync

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// finish writes the run's outcome and what it means for the connection.
func (s *synchronisation) finish(ctx context.Context) error {
	return s.run.Write(ctx, func(env *orm.Env, counts *run.Counters) error {
		now := env.Now()
		if err := fetch.Unstage(env, s.run.ID, 0); err != nil {
			return err
		}
		if err := s.mark(env, now); err != nil {
			return err
		}
		if err := s.noteLimit(env); err != nil {
			return err
		}
		values := s.outcome(counts)
		values["finished_at"] = now
		if err := env.Write(record.Runs, []int64{s.run.ID}, values); err != nil {
			return err
		}
		if err := s.run.WakeNext(env); err != nil {
			return err
		}
		return s.run.TellFinished(env, counts, values)
	})
}

// noteLimit says with the run that the bank's memory cut what was wanted (S60).
func (s *synchronisation) noteLimit(env *orm.Env) error {
	rows, err := env.Read(record.Runs, []int64{s.run.ID}, "history_limited_to")
	if err != nil || rows.Len() == 0 {
		return err
	}
	if day := rows.At(0).Date("history_limited_to"); day != "" {
		if said := s.say("sync.history_limited", fault.Args{"day": string(day)}); !slices.Contains(s.notes, said) {
			s.notes = append(s.notes, said)
		}
	}
	return nil
}

// outcome is how the run ended, for its row.
func (s *synchronisation) outcome(counts *run.Counters) orm.Values {
	values := orm.Values{"state": record.RunDone, "lease_owner": nil, "user_address": nil, "outcome": record.OutcomeNothingNew,
		"error_message": nil, "error_reference": nil}
	if counts.Created+counts.Updated+counts.Removed > 0 {
		values["outcome"] = record.OutcomeOK
	}
	words := s.notes
	switch {
	case s.link.State == record.StateDisconnected:
		values["outcome"], words = record.OutcomeRefused, []string{s.say("sync.disconnected", nil)}
	case len(s.failures) > 0:
		f := s.failures[0]
		values["outcome"], values["error_reference"], values["provider_reference"] = f.Outcome, f.Reference, record.OrNoText(f.Vendor)
		words = append([]string{f.Words(s.link.Lang)}, s.notes...)
	}
	if len(words) > 0 {
		values["error_message"] = strings.Join(words, "\n")
	}
	return values
}

// mark writes on the connection what the run met.
func (s *synchronisation) mark(env *orm.Env, now time.Time) error {
	var err error
	switch {
	case s.link.State == record.StateDisconnected:
	case len(s.failures) > 0:
		err = s.Connections.MarkFailed(env, s.link, s.failures[0])
	default:
		err = s.Connections.MarkWell(env, s.link, now)
	}
	if err != nil {
		return err
	}
	if s.link.State == record.StateDisconnected {
		return nil
	}
	return env.Write(record.Links, []int64{s.link.ID}, s.freshness(now))
}

// freshness is what the run learnt of how new the bank's data are.
func (s *synchronisation) freshness(now time.Time) orm.Values {
	values := orm.Values{"last_refresh": now}
	if !s.refreshed.IsZero() {
		values["provider_refresh"] = s.refreshed.UTC()
	}
	if !s.allowed.IsZero() {
		values["next_refresh_allowed"] = s.allowed.UTC()
	}
	if s.history.Valid() {
		values["history_from"] = record.Date(s.history)
	}
	return values
}
