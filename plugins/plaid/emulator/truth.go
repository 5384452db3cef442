package emulator

import (
	"cmp"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// truth tells what the banks have of the items that there are, as of the last time
// that they were asked. The lock is held.
func (s *Server) truth() []standin.Account {
	list := []standin.Account{}
	for _, i := range s.state.Items {
		now := s.asOf(i)
		for _, a := range i.accounts() {
			if i.Removed || a.kind == "investment" {
				continue
			}
			told, booked := standin.Account{ID: a.id, Currency: cmp.Or(a.currency, a.unofficial)}, a.opening
			for _, m := range s.movements(i, a, now) {
				r := m.as(now)
				line := standin.Line{ID: r.id, PendingID: r.before, Day: m.posted.Format(time.DateOnly), Amount: standin.Decimal(r.cents),
					Text: r.text}
				switch {
				case r.id == "":
				case r.pending:
					line.Day = m.at.Format(time.DateOnly)
					told.Pending = append(told.Pending, line)
				default:
					booked += r.cents
					told.Posted = append(told.Posted, line)
				}
			}
			told.Balance = standin.Decimal(booked)
			list = append(list, told)
		}
	}
	return list
}
