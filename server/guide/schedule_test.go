package guide_test

import (
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		link := o.connect("demo-checking", 1)
		t.Run("S25 every twelve hours", func(t *testing.T) {
			o := o.in(t)
			before := len(o.runs(link))
			next, err := time.Parse(time.DateTime, o.link(link, "next_refresh")["next_refresh"].(string))
			if err != nil {
				t.Fatal(err)
			}
			if gap := next.Sub(o.time.Now()); gap < 12*time.Hour || gap > 13*time.Hour {
				t.Fatalf("the next synchronisation is in %s", gap)
			}
			o.later(12*time.Hour - time.Minute)
			if n := len(o.runs(link)); n != before {
				t.Fatalf("%d runs before twelve hours were over, %d at the beginning", n, before)
			}
			o.later(next.Sub(o.time.Now()))
			runs := o.runs(link)
			if len(runs) != before+1 || runs[before]["trigger"] != "scheduled" {
				t.Errorf("after twelve hours: %v", runs)
			}
		})
	})
}
