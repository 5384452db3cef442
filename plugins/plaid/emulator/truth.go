package emulator

import (
	"cmp"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// truth is what the banks have of all items, as far as the service knows it.
func (s *Server) truth() (list []standin.Account) {
	s.learn()
	for _, i := range s.state.Items {
		if i.Removed {
			continue
		}
		for _, a := range i.accounts() {
			if a.kind != "investment" {
				list = append(list, s.truthOf(i, a))
			}
		}
	}
	return list
}

func (s *Server) truthOf(i *item, a *account) standin.Account {
	now, booked := s.asOf(i), a.opening
	out := standin.Account{ID: a.id, Currency: cmp.Or(a.currency, a.unofficial),
		From: i.Created.AddDate(0, 0, -i.Days).Format(time.DateOnly), Posted: []standin.Line{}, Pending: []standin.Line{}}
	all := s.movements(i, a, now)
	slices.SortStableFunc(all, func(a, b movement) int { return a.posted.Compare(b.posted) })
	for _, m := range all {
		r := m.as(now)
		line := standin.Line{ID: r.id, PendingID: r.before, Amount: standin.Decimal(r.cents), Text: r.text}
		switch {
		case r.id == "":
		case r.pending:
			line.Day = m.at.Format(time.DateOnly)
			out.Pending = append(out.Pending, line)
		default:
			line.Day = m.posted.Format(time.DateOnly)
			out.Posted = append(out.Posted, line)
			booked += r.cents
		}
	}
	out.Balance = standin.Decimal(booked)
	return out
}
