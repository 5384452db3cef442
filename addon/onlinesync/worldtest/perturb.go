package worldtest

// Perturbations names what disturbs a script, each at most once.
func (s *Script) Perturbations() []string {
	has := map[string]bool{}
	note := func(name string, is bool) { has[name] = has[name] || is }
	for i, m := range s.Movements {
		note("pending", m.Seen < m.Known && s.pendings())
		note("pending to posted under another id", m.Seen < m.Known && !m.Never && s.pendings())
		note("pending that never posts", m.Never && s.pendings())
		note("another amount when posted", m.Pending != m.Cents && !m.Never && s.pendings())
		note("back-dated", m.Known >= 24*(m.Day+1))
		note("amended", m.Change.At > 0)
		note("removed", m.Gone > 0)
		for _, o := range s.Movements[:i] {
			note("equal payments", o.Payee == m.Payee && o.Cents == m.Cents && o.Day == m.Day)
		}
	}
	connects, pages := 0, false
	for _, f := range s.Providers {
		note("no ids", f.IDs == NoIDs)
		note("shared references as ids", f.IDs == SharedIDs)
		note("answers that are old", f.Lag > 0)
		note("history limits", f.History > 0)
		note("asked-for days ignored", f.IgnoresFrom)
		note("dates that differ between sources", f.Late)
		pages = pages || f.NewestFirst || f.Shuffled
	}
	note("pages out of order", pages)
	for _, step := range s.Steps {
		f := Provider{}
		if step.Provider < len(s.Providers) {
			f = s.Providers[step.Provider]
		}
		note("re-issued ids", step.Do == Reissue || step.Do == Renew && (f.IDs == PerConsent || f.IDs == ClaimedIDs))
		note("re-consent", step.Do == Renew)
		note("repeated pages", step.Repeat > 0)
		note("overlapping files", step.Do == File)
		note("clock or time zone changes", step.Behind > 0 || step.Do == Zone)
		note("crashes", step.Crash > 0)
		note("lock dates", step.Do == Lock)
		note("deleted lines", step.Do == Delete)
		note("downtime", step.Wait >= 24*4 && step.Do == Sync)
		if step.Do == Connect {
			connects++
		}
		note("provider switch", step.Do == Disconnect && len(s.Providers) > 1)
	}
	note("two providers at once", connects > 1 && !has["provider switch"])
	var out []string
	for name, is := range has {
		if is {
			out = append(out, name)
		}
	}
	return out
}

func (s *Script) pendings() bool {
	for _, f := range s.Providers {
		if f.Pendings {
			return true
		}
	}
	return false
}
