package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// orphansAtOnce is how many jobs are read together.
const orphansAtOnce = 500

// buryOrphans gives up the jobs that are marked as running by a host that has
// ended. Nothing is lost: what is left to do stands in the run rows.
func buryOrphans(ctx context.Context, exec riverdriver.Executor, hosts Hosts) error {
	if hosts == nil {
		return nil
	}
	now := time.Now().UTC()
	gone := map[string]bool{hosts.Self(): false}
	for last := int64(0); ; {
		running, err := exec.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{AfterID: last, Max: orphansAtOnce, StuckHorizon: now})
		if err != nil {
			return err
		}
		give := riverdriver.JobRescueManyParams{StuckHorizon: now}
		for _, job := range running {
			last = job.ID
			if !ofGone(ctx, job, hosts, gone) {
				continue
			}
			why, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: job.Attempt, Error: "the host was killed"})
			if err != nil {
				return err
			}
			give.ID = append(give.ID, job.ID)
			give.Error = append(give.Error, why)
			give.FinalizedAt = append(give.FinalizedAt, &now)
			give.ScheduledAt = append(give.ScheduledAt, job.ScheduledAt)
			give.State = append(give.State, string(rivertype.JobStateDiscarded))
		}
		if len(give.ID) > 0 {
			if _, err := exec.JobRescueMany(ctx, &give); err != nil {
				return err
			}
		}
		if len(running) < orphansAtOnce {
			return nil
		}
	}
}

// ofGone reports whether the host that began a job has ended; gone remembers
// what was asked.
func ofGone(ctx context.Context, job *rivertype.JobRow, hosts Hosts, gone map[string]bool) bool {
	if len(job.AttemptedBy) == 0 {
		return false
	}
	name := job.AttemptedBy[len(job.AttemptedBy)-1]
	ended, asked := gone[name]
	if !asked {
		ended = hosts.Gone(ctx, name)
		gone[name] = ended
	}
	return ended
}
