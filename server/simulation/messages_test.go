package simulation_test

import (
	"strings"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// daysBefore are the days before a consent's end on which it is told.
var daysBefore = []int{30, 14, 7, 3, 1, 0}

// tags leaves the words of a message.
var tags = strings.NewReplacer("<p>", "", "</p>", "")

// messages compares what each connection's chatter says with what happened: one
// message for each change to the worse, and one for each day on which a consent's
// end is told.
func (c *company) messages(l *listened) {
	c.t.Helper()
	failures, ends := map[int64]int{}, map[int64]map[string]int{}
	for row := range c.read("mail.message", domain.Where("model", domain.Eq, record.Links), "res_id", "body", "error_reference").All() {
		id := row.Int("res_id")
		if row.Str("error_reference") != "" {
			failures[id]++
		}
		if ends[id] == nil {
			ends[id] = map[string]int{}
		}
		ends[id][tags.Replace(row.Str("body"))]++
	}
	for row := range c.read(record.Links, nil, "external_id").All() {
		id := row.ID()
		if failures[id] != c.failed[id] {
			c.wrong("connection %d: %d messages of failures, it came to fail %d times", id, failures[id], c.failed[id])
		}
		if x := l.ears[row.Str("external_id")]; x != nil {
			c.notices(id, x, ends[id])
		}
	}
}

// notices compares the notices of a connection's consents with what is due.
func (c *company) notices(link int64, x *ear, said map[string]int) {
	c.t.Helper()
	want := map[string]int{}
	for i := 0; i < len(x.done); {
		consent, over := x.done[i], c.clock.Now()
		for i++; i < len(x.done); i++ {
			if !x.done[i].Until.Equal(consent.Until) { // else it goes on
				over = x.done[i].At
				break
			}
		}
		c.due(want, consent.At, over, schema.DateOf(consent.Until.UTC()))
	}
	for words, n := range want {
		if said[words] != n {
			c.wrong("connection %d with %s says %d times, not %d: %s", link, x.bank, said[words], n, words)
		}
	}
	for words, n := range said {
		if want[words] == 0 && looksLikeNotice(words) {
			c.wrong("connection %d with %s says %d times what is not due: %s", link, x.bank, n, words)
		}
	}
}

// due adds the notices of one consent, which a host gives when it first looks on a
// day or later; of several days at once the last.
func (c *company) due(want map[string]int, from, over time.Time, until schema.Date) {
	last := -1
	for _, at := range c.sweeps {
		today := schema.DateOf(at.UTC())
		if !at.After(from) || at.After(over) || today > until {
			continue
		}
		now := -1
		for _, days := range daysBefore {
			if until.AddDays(-days) <= today {
				now = days
			}
		}
		if now >= 0 && now != last {
			want[notice(until, now)]++
		}
		last = now
	}
}

// notice is how a consent's end is told so many days before.
func notice(until schema.Date, days int) string {
	if days == 0 {
		return record.SayIn("en_US", "sync.consent_ends_today", nil)
	}
	return record.SayIn("en_US", "sync.consent_ends", fault.Args{"day": string(until)})
}

func looksLikeNotice(words string) bool { return len(words) > 17 && words[:17] == "Your consent ends" }
