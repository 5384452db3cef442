package emulator

import (
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// truth tells what the banks have as of the server's last question to them. The
// lock is held.
func (s *Server) truth() []standin.Account {
	asOf, list := s.asOf(), []standin.Account{}
	all := accounts(s.base + "/miles")
	for i := range all {
		a := &all[i]
		movements := a.movements(s.state.Began, asOf, s.state.Corrections)
		posted, _ := a.balance(movements, asOf)
		told := standin.Account{ID: a.id, Currency: a.currency, Balance: standin.Decimal(posted)}
		for _, m := range movements {
			line := standin.Line{ID: m.id, Day: m.told.Format(time.DateOnly), Amount: standin.Decimal(m.cents), Text: m.text}
			if m.posted.After(asOf) {
				line.ID, line.Day = m.pendingID, m.at.Format(time.DateOnly)
				told.Pending = append(told.Pending, line)
				continue
			}
			if m.pendingID != m.id {
				line.PendingID = m.pendingID
			}
			told.Posted = append(told.Posted, line)
		}
		list = append(list, told)
	}
	return list
}
