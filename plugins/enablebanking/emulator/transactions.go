package emulator

import (
	"fmt"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// transactions answers with a page, the newest first.
func (s *Server) transactions(r *http.Request) (any, *trouble) {
	a, wrong := s.asked(r, "transactions")
	if wrong != nil {
		return nil, wrong
	}
	q, wrong := s.question(r, a.bank)
	if wrong != nil {
		return nil, wrong
	}
	if q.key != "" && s.state.Behaviour.LostKeys > 0 {
		s.state.Behaviour.LostKeys--
		return nil, wrongKey
	}
	if q.empty {
		return map[string]any{"transactions": []any{}, "continuation_key": keyOf(r, q.offset, "full")}, nil
	}
	all := s.told(a, q)
	size := max(1, s.state.Behaviour.PageSize)
	start := min(q.offset, len(all))
	end := min(start+size, len(all))
	answer := map[string]any{"transactions": all[start:end]}
	switch {
	case end < len(all):
		answer["continuation_key"] = keyOf(r, end, "empty")
	case a.bank.stuckKey && q.key != "":
		answer["continuation_key"] = q.key
	}
	return answer, nil
}

// told are the transactions that answer a question.
func (s *Server) told(a *account, q question) []map[string]any {
	now := s.clock.Now()
	list := []map[string]any{}
	add := func(status string, day time.Time, m movement) {
		in := !day.Before(q.from) && !day.After(q.to.AddDate(0, 0, 1).Add(-time.Nanosecond))
		if (in || status == "SCHD") && (q.status == "" || q.status == status) {
			list = append(list, a.transaction(status, m, now))
		}
	}
	if a.bank.odd {
		then := now.AddDate(0, 0, 2)
		add("SCHD", now, movement{reference: "S1", at: then, posted: then, cents: -9_900, text: "Scheduled"})
	}
	all := a.movements(s.state.Began, now, s.state.Corrections)
	for i := len(all) - 1; i >= 0; i-- {
		m := all[i]
		switch {
		case !m.posted.After(now):
			add("BOOK", m.posted, m)
		case a.kind == "CARD":
			add("HOLD", m.at, m)
		default:
			add("PDNG", m.at, m)
		}
		if a.bank.odd && i%25 == 0 {
			m.reference = "X" + m.reference
			add([]string{"CNCL", "RJCT"}[i/25%2], m.at, m)
		}
	}
	return list
}

// transaction is a movement as the bank tells it.
func (a *account) transaction(status string, m movement, now time.Time) map[string]any {
	cents, indicator, party := m.cents, "CRDT", "debtor"
	if cents < 0 {
		cents, indicator, party = -cents, "DBIT", "creditor"
	}
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	out := map[string]any{"transaction_amount": amount(cents), "credit_debit_indicator": indicator, "status": status,
		"remittance_information": []string{m.text}, "bank_transaction_code": map[string]any{"code": "PMNT", "sub_code": "OTHR",
			"description": "Payment"}}
	if m.party != "" {
		out[party] = map[string]any{"name": m.party}
		out[party+"_account"] = map[string]any{"iban": iban(a.bank.country, a.bank.bic[:4]+"9999000001")}
	}
	booked := status == "BOOK"
	reference := m.reference
	if !booked && m.pendingReference != "" {
		reference = m.pendingReference
	}
	out["transaction_id"] = fmt.Sprintf("%s-%d", reference, now.Unix()) // another one each time
	if !a.bank.noIDs {
		out["entry_reference"] = reference
	}
	switch {
	case !a.bank.noDates:
		out["transaction_date"] = day(m.at)
		if booked {
			out["booking_date"], out["value_date"] = day(m.posted), day(m.posted)
		}
	case booked && len(m.text)%2 == 0:
		out["value_date"] = day(m.posted)
	case booked:
		out["transaction_date"] = day(m.posted)
	}
	if m.foreign {
		out["exchange_rate"] = map[string]any{"unit_currency": "EUR", "exchange_rate": "1.25",
			"instructed_amount": map[string]any{"currency": "USD", "amount": standin.Decimal(cents * 5 / 4)}}
	}
	return out
}
