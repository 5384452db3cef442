package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// question is what a request for accounts asks.
type question struct {
	from, to     time.Time // zero: not given
	ids          []string
	pending      bool
	balancesOnly bool
	version      int
}

func (s *Server) question(r *http.Request) (q question, err error) {
	query := r.URL.Query()
	for name, at := range map[string]*time.Time{"start-date": &q.from, "end-date": &q.to} {
		if text := query.Get(name); text != "" {
			seconds, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return q, fmt.Errorf("%s is not a time", name)
			}
			*at = time.Unix(seconds, 0).UTC()
		}
	}
	q.pending, q.version = query.Has("pending") && !s.state.Behaviour.NoPending, 1
	if s.state.Behaviour.Old {
		return q, nil
	}
	q.ids, q.balancesOnly = query["account"], query.Get("balances-only") == "1"
	if query.Get("version") == "2" {
		q.version = 2
	}
	return q, nil
}

// accounts answers with an account set.
func (s *Server) accounts(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.who(r)
	if who == nil {
		standin.WriteJSON(w, http.StatusForbidden, told(2, []Error{{Code: "gen.auth", Message: "Forbidden"}}))
		return
	}
	if s.state.Behaviour.Unpaid {
		standin.WriteJSON(w, http.StatusPaymentRequired, told(2, []Error{{Code: "gen.", Message: "Your subscription has ended."}}))
		return
	}
	q, err := s.question(r)
	if err != nil {
		standin.WriteJSON(w, http.StatusBadRequest, told(q.version, []Error{{Code: "gen.api", Message: err.Error()}}))
		return
	}
	kind := &who.All
	if len(q.ids) > 0 {
		kind = &who.Single
	}
	left := float64(perDay)
	if !s.state.Behaviour.Patient {
		left = kind.take(s.clock.Now())
	}
	if left < -leeway {
		who.Disabled = true
		standin.WriteJSON(w, http.StatusForbidden,
			told(2, []Error{{Code: "gen.auth", Message: "Access was disabled after too many requests."}}))
		return
	}
	errors, refused := s.limit(&q)
	if refused {
		standin.WriteJSON(w, http.StatusBadRequest, told(q.version, errors))
		return
	}
	answer := s.set(q, errors)
	if left < 0 {
		// The server warns in the older list, whatever the version.
		warning := "Too many requests today: at most 24 are allowed. Access will be disabled if this goes on."
		list, _ := answer["errors"].([]string)
		answer["errors"] = append(list, warning)
	}
	standin.WriteJSON(w, http.StatusOK, answer)
}

// limit holds a question against the days that one request may be about.
func (s *Server) limit(q *question) (errors []Error, refused bool) {
	b := s.state.Behaviour
	most := time.Duration(b.WindowDays) * 24 * time.Hour
	if q.to.IsZero() {
		q.to = s.clock.Now()
	}
	switch {
	case q.from.IsZero():
		q.from = q.to.Add(-most)
	case q.to.Sub(q.from) > most && !b.Cut:
		return []Error{{Code: "gen.api", Message: fmt.Sprintf("The date range is limited to %d days.", b.WindowDays)}}, true
	case q.to.Sub(q.from) > most:
		q.from = q.to.Add(-most)
		return []Error{{Code: "gen.api", Message: fmt.Sprintf("The date range was cut to %d days.", b.WindowDays)}}, false
	}
	return nil, false
}

// set is the account set that answers a question.
func (s *Server) set(q question, errors []Error) map[string]any {
	asOf := s.asOf()
	connections, list := []map[string]any{}, []map[string]any{}
	seen := map[string]bool{}
	all := accounts(s.base + "/miles")
	for i := range all {
		a := &all[i]
		if len(q.ids) > 0 && !slices.Contains(q.ids, a.id) || slices.Contains(s.state.Behaviour.Away, a.id) {
			continue
		}
		list = append(list, s.account(a, q, asOf))
		if !seen[a.bank.connection] {
			seen[a.bank.connection] = true
			connections = append(connections, map[string]any{"conn_id": a.bank.connection, "name": a.bank.name,
				"org_id": "INST-" + a.bank.domain, "org_name": a.bank.org, "org_url": "https://" + a.bank.domain,
				"sfin_url": s.base + root})
		}
	}
	errors = append(errors, s.state.Behaviour.Errors...)
	answer := told(q.version, errors)
	if s.state.Behaviour.Both && q.version == 2 {
		answer["errors"] = told(1, errors)["errors"]
	}
	answer["accounts"] = list
	if q.version == 2 {
		answer["connections"] = connections
	}
	return answer
}

// asOf is how new the data are.
func (s *Server) asOf() time.Time {
	now := s.clock.Now()
	asOf := now.Truncate(24 * time.Hour).Add(freshAt)
	if asOf.After(now) {
		asOf = asOf.AddDate(0, 0, -1)
	}
	if asOf.Before(s.state.Began) && !now.Before(s.state.Began) {
		asOf = s.state.Began // the user logged in at the banks just then
	}
	if stale := s.state.Behaviour.Stale; !stale.IsZero() && stale.Before(asOf) {
		return stale
	}
	return asOf
}

func (s *Server) account(a *account, q question, asOf time.Time) map[string]any {
	all := a.movements(s.state.Began, asOf, s.state.Corrections)
	posted, available := a.balance(all, asOf)
	out := map[string]any{"id": a.id, "name": a.name, "currency": a.currency, "balance": s.amount(posted),
		"available-balance": s.amount(available), "balance-date": asOf.Unix(), "transactions": []any{}}
	if q.version == 2 {
		out["conn_id"], out["conn_name"] = a.bank.connection, a.bank.name
	}
	if q.version == 1 || s.state.Behaviour.Both {
		out["org"] = map[string]string{"domain": a.bank.domain, "name": a.bank.org, "sfin-url": s.base + root,
			"url": "https://" + a.bank.domain}
	}
	if q.balancesOnly {
		delete(out, "transactions")
		return out
	}
	list := []map[string]any{}
	for _, m := range all {
		waits := m.posted.After(asOf)
		if s.state.Behaviour.Moments {
			m.told = m.posted
		}
		if waits && !q.pending || !waits && (m.told.Before(q.from) || !m.told.Before(q.to)) {
			continue
		}
		list = append(list, s.transaction(m, waits))
	}
	slices.Reverse(list) // the newest first, though the protocol says otherwise: servers do
	out["transactions"] = list
	return out
}

func (s *Server) transaction(m movement, waits bool) map[string]any {
	out := map[string]any{"id": m.id, "posted": m.told.Unix(), "amount": s.amount(m.cents), "description": m.text,
		"transacted_at": m.at.Unix()}
	if m.payee != "" {
		out["payee"], out["memo"] = m.payee, ""
	}
	if waits {
		out["id"], out["posted"], out["pending"] = m.pendingID, 0, true
	}
	return out
}

// amount is an amount as the server writes it.
func (s *Server) amount(cents int64) any {
	if s.state.Behaviour.Numbers {
		return json.Number(standin.Decimal(cents))
	}
	return standin.Decimal(cents)
}

// told begins an answer with errors, in a version of the protocol.
func told(version int, errors []Error) map[string]any {
	if version == 2 {
		return map[string]any{"errlist": append([]Error{}, errors...), "accounts": []any{}, "connections": []any{}}
	}
	texts := []string{}
	for _, e := range errors {
		texts = append(texts, e.Message)
	}
	return map[string]any{"errors": texts, "accounts": []any{}}
}
