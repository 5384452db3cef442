package emulator

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// position is what a cursor stands for: an account, the instant up to which it was
// told, and, in the middle of an answer, that of the answer and a place in it.
type position struct {
	account  string
	from, to time.Time
	offset   int
}

func (p position) String() string {
	from := int64(0)
	if !p.from.IsZero() {
		from = p.from.UnixNano()
	}
	text := fmt.Sprintf("%s|%d|%d|%d", p.account, from, p.to.UnixNano(), p.offset)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func parsePosition(text string) (p position, ok bool) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	parts := strings.Split(string(plain), "|")
	if err != nil || len(parts) != 4 {
		return p, false
	}
	from, err1 := strconv.ParseInt(parts[1], 10, 64)
	to, err2 := strconv.ParseInt(parts[2], 10, 64)
	offset, err3 := strconv.Atoi(parts[3])
	if err1 != nil || err2 != nil || err3 != nil || offset < 0 {
		return p, false
	}
	p = position{account: parts[0], to: time.Unix(0, to).UTC(), offset: offset}
	if from != 0 { // the beginning
		p.from = time.Unix(0, from).UTC()
	}
	return p, true
}

// sync tells what changed since a cursor.
func (s *Server) sync(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, true, "TRANSACTIONS_SYNC_LIMIT")
	if wrong != nil {
		return nil, wrong
	}
	if s.down(i) {
		return nil, bankDown
	}
	options, _ := body["options"].(map[string]any)
	of, _ := options["account_id"].(string)
	told := []*account{}
	for _, a := range i.accounts() {
		if of == "" || a.id == of {
			told = append(told, a)
		}
	}
	if len(told) == 0 {
		return nil, badAccount
	}
	p, wrong := s.position(body, i, of)
	if wrong != nil {
		return nil, wrong
	}
	return s.page(i, told, p, s.size(body)), nil
}

// size is how many changes a page has.
func (s *Server) size(body map[string]any) int {
	size := int(number(body["count"]))
	if size < 1 || size > 500 {
		size = 100
	}
	if most := s.state.Behaviour.PageSize; most > 0 {
		size = min(size, most)
	}
	return size
}

// position is where an answer goes on. When more has changed since it was begun, it
// cannot.
func (s *Server) position(body map[string]any, i *item, of string) (position, *trouble) {
	now := s.asOf(i)
	text, _ := body["cursor"].(string)
	p := position{account: of, to: now}
	if text == "" {
		return p, nil
	}
	told, ok := parsePosition(text)
	if !ok || told.account != of {
		return p, wrongField("cursor not associated with access_token")
	}
	if told.offset == 0 {
		p.from = told.to
		return p, nil
	}
	if s.state.Behaviour.Mutations > 0 {
		s.state.Behaviour.Mutations--
		return p, mutated
	}
	if len(s.changes(i, of, told.to, now)) > 0 {
		return p, mutated
	}
	return told, nil
}

// page is a part of an answer.
func (s *Server) page(i *item, told []*account, p position, size int) map[string]any {
	accounts, added, modified, removed := []map[string]any{}, []map[string]any{}, []map[string]any{}, []map[string]any{}
	for _, a := range told {
		if a.kind != "investment" && !s.state.Behaviour.NoBalances {
			accounts = append(accounts, s.accountData(i, a))
		}
	}
	out := map[string]any{"accounts": accounts, "has_more": false, "transactions_update_status": s.status(i)}
	if s.status(i) == "NOT_READY" {
		out["added"], out["modified"], out["removed"], out["next_cursor"] = added, modified, removed, ""
		return out
	}
	all := s.changes(i, p.account, p.from, p.to)
	end := min(p.offset+size, len(all))
	for _, c := range all[min(p.offset, len(all)):end] {
		switch c.what {
		case "added":
			added = append(added, c.data())
		case "modified":
			modified = append(modified, c.data())
		default:
			removed = append(removed, map[string]any{"transaction_id": c.record.id, "account_id": c.account.id})
		}
	}
	next := position{account: p.account, from: p.to, to: p.to}
	if end < len(all) {
		next = position{account: p.account, from: p.from, to: p.to, offset: end}
		out["has_more"] = true
	}
	out["added"], out["modified"], out["removed"], out["next_cursor"] = added, modified, removed, next.String()
	return out
}

// status is how far the service has got with an item.
func (s *Server) status(i *item) string {
	age := int(s.clock.Now().Sub(i.Created) / time.Second)
	switch {
	case age < s.state.Behaviour.ReadyAfter:
		return "NOT_READY"
	case age < s.state.Behaviour.HistoryAfter:
		return "INITIAL_UPDATE_COMPLETE"
	}
	return "HISTORICAL_UPDATE_COMPLETE"
}

// data is a transaction as the service tells it.
func (c change) data() map[string]any {
	m, r := c.of, c.record
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	dated := m.posted
	if r.pending {
		dated = m.at
	}
	meta := map[string]any{}
	for _, name := range []string{"reference_number", "ppd_id", "payee", "by_order_of", "payer", "payment_method", "payment_processor",
		"reason"} {
		meta[name] = nil
	}
	location := map[string]any{}
	for _, name := range []string{"address", "city", "region", "postal_code", "country", "lat", "lon", "store_number"} {
		location[name] = nil
	}
	out := map[string]any{"transaction_id": r.id, "account_id": c.account.id, "amount": amount(-r.cents),
		"iso_currency_code":        c.account.currency,
		"unofficial_currency_code": nil, "date": day(dated), "authorized_date": day(m.at), "authorized_datetime": nil, "datetime": nil,
		"name": r.text, "original_description": r.text, "merchant_name": nil, "pending": r.pending, "pending_transaction_id": nil,
		"account_owner": nil, "payment_channel": "other", "payment_meta": meta, "location": location, "transaction_code": nil,
		"check_number": nil, "counterparties": []any{}}
	if r.before != "" {
		out["pending_transaction_id"] = r.before
	}
	if c.account.unofficial != "" {
		out["iso_currency_code"], out["unofficial_currency_code"] = nil, c.account.unofficial
	}
	if m.code != "" && c.account.bank.country == "NL" {
		out["transaction_code"] = m.code
	}
	if m.party != "" {
		out["merchant_name"] = m.party
		out["counterparties"] = []map[string]any{{"name": m.party, "type": "merchant", "logo_url": nil, "website": nil}}
	}
	return out
}

// down reports whether an item's bank does not answer.
func (s *Server) down(i *item) bool {
	for _, id := range s.state.Behaviour.Down {
		if id == i.Institution {
			return true
		}
	}
	return false
}

// refresh asks the bank at once: what is new is told by a notification.
func (s *Server) refresh(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, true, "TRANSACTIONS_LIMIT")
	switch {
	case wrong != nil:
		return nil, wrong
	case s.down(i):
		return nil, bankDown
	case s.state.Behaviour.NoRefresh:
		return nil, noRefresh
	}
	i.Refreshed = s.clock.Now()
	s.notify(i, "TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", nil)
	return map[string]any{}, nil
}
