package emulator

import (
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// truth tells what the banks have of the accounts that users gave a consent for.
// The lock is held.
func (s *Server) truth() []standin.Account {
	list, now := []standin.Account{}, s.clock.Now()
	for _, of := range s.state.Sessions {
		for _, a := range find(of.Country, of.Bank).accounts(of.Type) {
			if slices.ContainsFunc(list, func(known standin.Account) bool { return known.ID == a.hash() }) {
				continue
			}
			told, booked := standin.Account{ID: a.hash(), Currency: "EUR"}, a.opening
			for _, m := range a.movements(s.state.Began, now, s.state.Corrections) {
				line := standin.Line{ID: m.reference, Day: m.posted.Format(time.DateOnly), Amount: standin.Decimal(m.cents), Text: m.text}
				if m.posted.After(now) {
					line.ID, line.Day = m.pendingReference, m.at.Format(time.DateOnly)
					told.Pending = append(told.Pending, line)
					continue
				}
				booked, line.PendingID = booked+m.cents, m.pendingReference
				told.Posted = append(told.Posted, line)
			}
			told.Balance = standin.Decimal(booked)
			list = append(list, told)
		}
	}
	return list
}
