package support

import (
	"fmt"
	"strings"
)

// read is the bundle as text, for a mail: the head, then a line for each thing.
func (b *Bundle) read() string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	for _, sentence := range b.Head {
		line("%s", sentence)
	}
	line("\ngirosync %s, %s UTC", b.Version, b.Made)
	for _, c := range b.Connections {
		line("\nconnection %d: %s, %s; failures in a row %d; automatic %t", c.ID, c.State, c.Attention, c.Failures, c.AutoSync)
		if !c.Supported {
			line("  beta: not supported")
		}
		line("  bank %s (%s, %s), automatic allowed %t, history %d days, refreshes a day %d", c.Institution.Name, c.Institution.Key,
			c.Institution.Status, c.Institution.AutoAllowed, c.Institution.HistoryDays, c.Institution.Refreshes)
		line("  provider %s %s, protocol %s, %s, graded %q, paused %t", c.Provider.Name, c.Provider.Version, c.Provider.Protocol,
			c.Provider.State, c.Provider.Grade, c.Provider.Paused)
		line("  last %v, last good %v, bank's data of %v, next %v, bank may be asked from %v, consent until %v", c.Clocks.LastRefresh,
			c.Clocks.LastSuccess, c.Clocks.Provider, c.Clocks.Next, c.Clocks.Allowed, c.Clocks.ConsentUntil)
		b.readParts(c.ID, line)
	}
	return out.String()
}

func (b *Bundle) readParts(link int64, line func(format string, args ...any)) {
	for _, a := range b.Accounts {
		if a.Link == link {
			line("  account %d: %s %s %s, journals %v, last %v, limited to %v, covered %s", a.ID, a.Number, a.Currency, a.Kind, a.Journals,
				a.LastSync, a.LimitedTo, a.Coverage)
		}
	}
	calls := map[string]int{}
	for _, s := range b.Quota {
		if s.Link == link {
			calls[s.Kind]++
		}
	}
	line("  calls noted in the last two days: %d fetches, %d refreshes", calls["fetch"], calls["refresh"])
	for _, r := range b.Runs {
		if r.Link != link {
			continue
		}
		line("  run %d: %v, %s, %s, begun %v, %.1f s, days %v to %v, fetched %d, new %d, changed %d, removed %d, known %d, pending %d",
			r.ID, r.Outcome, r.State, r.Trigger, r.Started, r.Seconds, r.From, r.To, r.Counts["fetched"], r.Counts["created"],
			r.Counts["updated"], r.Counts["removed"], r.Counts["known"], r.Counts["pending"])
		if r.Reference != false {
			line("    reference %v, the provider's %v", r.Reference, r.ProviderReference)
		}
	}
}
