package emulator

import (
	"encoding/json"
	"slices"
	"time"
)

// item is a connection of a user's.
type item struct {
	ID          string    `json:"id"`
	Access      string    `json:"access"`
	Institution string    `json:"institution"`
	Created     time.Time `json:"created"`
	Consent     time.Time `json:"consent,omitzero"` // its end
	Webhook     string    `json:"webhook,omitempty"`
	Days        int       `json:"days"`            // of history
	Login       bool      `json:"login,omitempty"` // its user has to log in again
	Reason      string    `json:"reason,omitempty"`
	Removed     bool      `json:"removed,omitempty"`
	Refreshed   time.Time `json:"refreshed,omitzero"` // when the bank was asked by order
	Made        []made    `json:"made,omitempty"`
}

// made is a transaction that was ordered.
type made struct {
	Account string    `json:"account"`
	ID      string    `json:"id"`
	At      time.Time `json:"at"` // when it was
	Day     time.Time `json:"day"`
	Posted  time.Time `json:"posted"`
	Cents   int64     `json:"cents"`
	Text    string    `json:"text"`
}

func (m made) movement() movement {
	return movement{key: m.ID, at: m.Day, posted: m.Posted, seen: m.At, cents: m.Cents, text: m.Text, code: "transfer"}
}

// account is a holding as an item has it.
type account struct {
	holding
	id string
}

// place is the account itself, whatever item it is seen through.
func (a *account) place() string { return a.bank.id + a.number }

// accounts are the item's.
func (i *item) accounts() (list []*account) {
	for n, h := range find(i.Institution).holdings() {
		list = append(list, &account{h, token(37, i.ID, n)})
	}
	return list
}

// make makes an item at a bank, and the public token for it.
func (s *Server) make(b *bank, webhook string, history int) (public string) {
	now := s.clock.Now()
	if history == 0 {
		history = 90
	}
	i := &item{ID: token(37, uuid()), Access: "access-sandbox-" + uuid(), Institution: b.id, Created: now, Webhook: webhook, Days: history}
	if b.validity > 0 {
		i.Consent = now.Add(b.validity)
	}
	s.state.Items[i.Access] = i
	public = "public-sandbox-" + uuid()
	s.state.Public[public] = i.Access
	return public
}

// trouble is what is wrong with an item now; nil for nothing.
func (s *Server) trouble(i *item) *trouble {
	switch {
	case i.Login:
		return loginRequired(i.Reason)
	case !i.Consent.IsZero() && !s.clock.Now().Before(i.Consent):
		return loginRequired("OAUTH_CONSENT_EXPIRED")
	}
	return nil
}

// item is the one of a request's access token. healthy demands that nothing is wrong
// with it, and limit names the limit that the request counts for.
func (s *Server) item(body map[string]any, healthy bool, limit string) (*item, *trouble) {
	access, _ := body["access_token"].(string)
	i := s.state.Items[access]
	switch {
	case i == nil:
		return nil, badToken
	case i.Removed:
		return nil, gone
	}
	if wrong := s.limited(limit, i.ID); wrong != nil {
		return nil, wrong
	}
	if wrong := s.trouble(i); healthy && wrong != nil {
		return nil, wrong
	}
	return i, nil
}

// limited counts a request for a limit.
func (s *Server) limited(limit, of string) *trouble {
	most := s.state.Behaviour.PerMinute
	if most == 0 || limit == "" {
		return nil
	}
	key := limit + " " + of + " " + s.clock.Now().Format("200601021504")
	if s.state.Asked[key]++; s.state.Asked[key] > most {
		return tooOften(limit, s.state.Behaviour.RetryAfter)
	}
	return nil
}

func (s *Server) exchange(body map[string]any) (any, *trouble) {
	public, _ := body["public_token"].(string)
	access, ok := s.state.Public[public]
	if !ok {
		return nil, badPublic
	}
	delete(s.state.Public, public) // it is good once
	return map[string]any{"access_token": access, "item_id": s.state.Items[access].ID}, nil
}

func (s *Server) getItem(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, false, "ITEM_GET_LIMIT")
	if wrong != nil {
		return nil, wrong
	}
	status := map[string]any{"transactions": map[string]any{"last_successful_update": s.updated(i), "last_failed_update": nil}}
	return map[string]any{"item": s.data(i), "status": status}, nil
}

// asksEvery is how often the service asks banks by itself.
const asksEvery = 6 * time.Hour

// ready and complete are when the service has an item's last days, and all.
func (s *Server) ready(i *item) time.Time {
	return i.Created.Add(time.Duration(s.state.Behaviour.ReadyAfter) * time.Second)
}

func (s *Server) complete(i *item) time.Time {
	return i.Created.Add(time.Duration(s.state.Behaviour.HistoryAfter) * time.Second)
}

// asOf is the instant up to which the service knows of an item's accounts.
func (s *Server) asOf(i *item) time.Time {
	now := s.clock.Now()
	last := i.Created
	for _, at := range []time.Time{s.ready(i), s.complete(i), now.Truncate(asksEvery), i.Refreshed} {
		if !at.After(now) {
			last = later(last, at)
		}
	}
	for _, one := range i.Made {
		if !one.At.After(now) {
			last = later(last, one.At)
		}
	}
	return last
}

// updated is when the service last heard from the bank; nil for never.
func (s *Server) updated(i *item) any {
	if s.clock.Now().Before(s.ready(i)) {
		return nil
	}
	return s.asOf(i).Format(time.RFC3339)
}

// data is an item as the service tells it.
func (s *Server) data(i *item) map[string]any {
	out := map[string]any{"item_id": i.ID, "institution_id": i.Institution, "institution_name": find(i.Institution).name, "webhook": nil,
		"error": nil, "available_products": []string{"identity"}, "billed_products": []string{"transactions"},
		"products": []string{"transactions"}, "consent_expiration_time": nil, "update_type": "background"}
	if i.Webhook != "" {
		out["webhook"] = i.Webhook
	}
	if !i.Consent.IsZero() {
		out["consent_expiration_time"] = i.Consent.Format(time.RFC3339)
	}
	if wrong := s.trouble(i); wrong != nil {
		out["error"] = wrong.data()
	}
	return out
}

func (s *Server) removeItem(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, false, "")
	if wrong != nil {
		return nil, wrong
	}
	i.Removed = true
	return map[string]any{}, nil
}

func (s *Server) setWebhook(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, false, "")
	if wrong != nil {
		return nil, wrong
	}
	i.Webhook, _ = body["webhook"].(string)
	return map[string]any{"item": s.data(i)}, nil
}

func (s *Server) getAccounts(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, true, "ACCOUNTS_LIMIT")
	if wrong != nil {
		return nil, wrong
	}
	list := []map[string]any{}
	for _, a := range i.accounts() {
		list = append(list, s.accountData(i, a))
	}
	return map[string]any{"accounts": list, "item": s.data(i)}, nil
}

// accountData is an account with its balances, as the service knows them.
func (s *Server) accountData(i *item, a *account) map[string]any {
	now := s.asOf(i)
	booked, pending := a.opening, int64(0)
	for _, m := range s.movements(i, a, now) {
		switch r := m.as(now); {
		case r.id == "":
		case r.pending:
			pending += r.cents
		default:
			booked += r.cents
		}
	}
	balances := map[string]any{"current": amount(booked), "available": amount(booked + pending), "limit": nil, "iso_currency_code": nil,
		"unofficial_currency_code": nil}
	if a.kind == "credit" { // what is owed is positive
		balances["current"], balances["available"], balances["limit"] = amount(-booked), amount(a.limit+booked+pending), amount(a.limit)
	}
	if a.unofficial != "" {
		balances["unofficial_currency_code"] = a.unofficial
	} else {
		balances["iso_currency_code"] = a.currency
	}
	out := map[string]any{"account_id": a.id, "balances": balances, "mask": a.number[len(a.number)-4:], "name": a.name,
		"official_name": nil,
		"type":          a.kind, "subtype": a.subtype}
	if a.official != "" {
		out["official_name"] = a.official
	}
	if a.bank.persistent && a.kind == "depository" {
		out["persistent_account_id"] = token(40, a.place())
	}
	return out
}

// amount is a number of JSON.
func amount(cents int64) json.Number { return json.Number(decimal(cents)) }

func (s *Server) institutions(body map[string]any) (any, *trouble) {
	if wrong := s.limited("INSTITUTIONS_GET_LIMIT", ""); wrong != nil {
		return nil, wrong
	}
	count, offset := int(number(body["count"])), int(number(body["offset"]))
	if count < 1 || count > 500 || offset < 0 {
		return nil, wrongField("count must be between 1 and 500")
	}
	all := banks()
	for n := range s.state.Behaviour.Fillers {
		all = append(all, filler(n))
	}
	options, _ := body["options"].(map[string]any)
	wanted := texts(options["products"])
	listed := slices.DeleteFunc(all, func(b *bank) bool { return !slices.Contains(texts(body["country_codes"]), b.country) })
	list := []map[string]any{}
	for _, b := range listed[min(offset, len(listed)):min(offset+count, len(listed))] {
		if !slices.ContainsFunc(wanted, func(product string) bool { return !slices.Contains(b.products(), product) }) {
			list = append(list, b.data())
		}
	}
	return map[string]any{"institutions": list, "total": len(listed)}, nil
}

func (s *Server) institution(body map[string]any) (any, *trouble) {
	id, _ := body["institution_id"].(string)
	b := find(id)
	if b == nil || !slices.Contains(texts(body["country_codes"]), b.country) {
		return nil, badBank
	}
	return map[string]any{"institution": b.data()}, nil
}

// texts are the texts of an array.
func texts(value any) (list []string) {
	all, _ := value.([]any)
	for _, one := range all {
		if text, ok := one.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// number is a number of JSON; 0 when it is none.
func number(value any) float64 {
	n, _ := value.(float64)
	return n
}
