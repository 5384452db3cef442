package emulator

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// asked is the account that a request is about, after all that could be wrong
// with it: session, user's headers, the bank's limits.
func (s *Server) asked(r *http.Request, what string) (*account, *trouble) {
	for _, of := range s.state.Sessions {
		number, ok := of.Accounts[r.PathValue("id")]
		if !ok {
			continue
		}
		if wrong := ofStatus(s.status(of)); wrong != nil {
			return nil, wrong
		}
		b := find(of.Country, of.Bank)
		list := b.accounts(of.Type)
		i := slices.IndexFunc(list, func(a account) bool { return a.number == number })
		return &list[i], s.bankSays(b, r, number+" "+what)
	}
	return nil, noAccount
}

// bankSays is why a bank does not answer; nil when it does.
func (s *Server) bankSays(b *bank, r *http.Request, what string) *trouble {
	present := false
	for name := range r.Header {
		present = present || strings.HasPrefix(name, "Psu-")
	}
	for _, name := range b.headers {
		// psuIpAddress is the header Psu-Ip-Address.
		header := ""
		for _, c := range name {
			if c >= 'A' && c <= 'Z' {
				header += "-"
			}
			header += string(c)
		}
		if present && r.Header.Get(header) == "" {
			return missingHeader(name)
		}
	}
	behaviour := s.state.Behaviour
	switch {
	case slices.Contains(behaviour.Down, b.id()):
		return bankDown
	case behaviour.Action:
		return actionRequired
	}
	most := b.perDay
	if behaviour.PerDay > 0 {
		most = behaviour.PerDay
	}
	if most == 0 || present || r.URL.Query().Has("continuation_key") {
		return nil
	}
	key := what + " " + s.clock.Now().Format(time.DateOnly)
	if s.state.Asked[key]++; s.state.Asked[key] > most {
		return tooOften
	}
	return nil
}

func (s *Server) details(r *http.Request) (any, *trouble) {
	a, wrong := s.asked(r, "details")
	if wrong != nil {
		return nil, wrong
	}
	return a.data(r.PathValue("id")), nil
}

// balances are what is booked as of now, and what was as of the end of yesterday.
func (s *Server) balances(r *http.Request) (any, *trouble) {
	a, wrong := s.asked(r, "balances")
	if wrong != nil {
		return nil, wrong
	}
	if s.state.Behaviour.NoBalances {
		return nil, bankDown
	}
	now := s.clock.Now()
	midnight := now.Truncate(days)
	booked, closed, available := a.opening, a.opening, a.opening+a.limit
	for _, m := range a.movements(s.state.Began, now, s.state.Corrections) {
		available += m.cents
		if !m.posted.After(now) {
			booked += m.cents
		}
		if m.posted.Before(midnight) {
			closed += m.cents
		}
	}
	tell := func(kind, name string, cents int64, day time.Time) map[string]any {
		return map[string]any{"name": name, "balance_amount": amount(cents), "balance_type": kind,
			"reference_date": day.Format(time.DateOnly)}
	}
	return map[string]any{"balances": []map[string]any{tell("CLBD", "Closing", closed, midnight.AddDate(0, 0, -1)),
		tell("ITBD", "Booked", booked, midnight), tell("ITAV", "Available", available, midnight),
		{"name": "Other", "balance_amount": amount(booked), "balance_type": "OTHR"}}}, nil
}

// question is what a request for transactions asks.
type question struct {
	from, to time.Time // days; to is included
	status   string
	longest  bool
	offset   int
	empty    bool   // an empty page comes first
	key      string // by which it was asked
}

// question reads a request. A key is good for the same question alone.
func (s *Server) question(r *http.Request, b *bank) (q question, wrong *trouble) {
	query, today := r.URL.Query(), s.clock.Now().Truncate(days)
	q = question{to: today, status: query.Get("transaction_status"), longest: query.Get("strategy") == "longest",
		key: query.Get("continuation_key")}
	var err error
	if text := query.Get("date_from"); text == "" {
		q.from = today.AddDate(0, 0, -89)
	} else if q.from, err = time.Parse(time.DateOnly, text); err != nil {
		return q, wrongParameters("date_from")
	}
	if text := query.Get("date_to"); text != "" && !q.longest {
		if q.to, err = time.Parse(time.DateOnly, text); err != nil {
			return q, wrongParameters("date_to")
		}
		if !query.Has("date_from") {
			return q, toWithoutFrom
		}
	}
	oldest := s.state.Began.Add(-2 * olderThan)
	if b.period > 0 {
		oldest = today.AddDate(0, 0, 1-b.period)
	}
	switch {
	case q.from.After(today):
		return q, futureDate
	case q.from.After(q.to):
		return q, wrongInterval
	case q.longest && !query.Has("date_from"), q.longest && q.from.Before(oldest):
		q.from = oldest
	case q.from.Before(oldest):
		detail := fmt.Sprintf("at most %d days", b.period)
		if s.state.Behaviour.Hint {
			detail = "the first day is " + oldest.Format(time.DateOnly)
		}
		return q, wrongPeriod(detail)
	}
	q.empty = b.emptyPages
	if q.key != "" {
		text, err := base64.RawURLEncoding.DecodeString(q.key)
		parts := strings.Split(string(text), "|")
		if err != nil || len(parts) != 4 || parts[0] != r.PathValue("id") || parts[1] != about(r) {
			return q, wrongKey
		}
		q.offset, err = strconv.Atoi(parts[2])
		q.empty = b.emptyPages && parts[3] == "empty"
		if err != nil {
			return q, wrongKey
		}
	}
	return q, nil
}

// about is the question without its place.
func about(r *http.Request) string {
	query := r.URL.Query()
	query.Del("continuation_key")
	return query.Encode()
}

// keyOf is the key of a place in an answer.
func keyOf(r *http.Request, offset int, then string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("%s|%s|%d|%s", r.PathValue("id"), about(r), offset, then)))
}
