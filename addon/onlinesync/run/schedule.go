package run

import (
	"strconv"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// scheduleCode is the ir.cron row that stands for scheduled synchronisation.
const scheduleCode = "onlinesync.sync"

// Install shows the schedule among the scheduled actions.
func (q *Queue) Install(env *orm.Env, _ addon.Setup) error {
	_, err := base.Seed(env, "onlinesync.cron_sync", "ir.cron", orm.Values{
		"name": "Online Synchronization", "code": scheduleCode, "interval_number": max(int64(q.Interval/time.Hour), 1),
		"interval_type": "hours",
	})
	return err
}

// schedule is what the scheduled action says.
type schedule struct {
	id       int64
	active   bool
	trigger  bool // somebody pressed Run Manually
	interval time.Duration
}

func (q *Queue) readSchedule(env *orm.Env) (schedule, error) {
	s := schedule{active: true, interval: q.Interval}
	rows, err := env.SearchRead("ir.cron", domain.Where("code", domain.Eq, scheduleCode),
		[]string{"active", "nextcall", "interval_number", "interval_type"}, orm.SearchOptions{Archived: true, Limit: 1})
	if err != nil {
		return s, err
	}
	if rows.Len() > 0 {
		row := rows.At(0)
		s.id, s.active = row.ID(), row.Bool("active")
		next := row.Time("nextcall")
		s.trigger = !next.IsZero() && !next.After(env.Now())
		s.interval = unitOf(row.Str("interval_type")) * time.Duration(max(row.Int("interval_number"), 1))
	}
	text, err := base.Param(env, "onlinesync.interval_hours", "")
	if hours, wrong := strconv.ParseFloat(text, 64); wrong == nil && hours > 0 {
		s.interval = time.Duration(hours * float64(time.Hour))
	}
	return s, err
}

func unitOf(name string) time.Duration {
	switch name {
	case "minutes":
		return time.Minute
	case "days":
		return 24 * time.Hour
	case "weeks":
		return 7 * 24 * time.Hour
	case "months":
		return 30 * 24 * time.Hour
	}
	return time.Hour
}

// triggered makes every connection due at once and takes the wish off.
func (s schedule) triggered(env *orm.Env) error {
	ids, err := env.Search(record.Links, domain.All(domain.Where("auto_sync", domain.Eq, true),
		domain.Where("state", domain.Ne, record.StateDisconnected)), orm.SearchOptions{})
	if err != nil {
		return err
	}
	if err := env.Write(record.Links, ids, orm.Values{"next_refresh": env.Now()}); err != nil {
		return err
	}
	return env.Write("ir.cron", []int64{s.id}, orm.Values{"nextcall": nil, "lastcall": env.Now()})
}
