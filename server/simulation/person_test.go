package simulation_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm/domain"
)

// person looks after one connection.
type person struct {
	*company
	bank string
	user string
	dice *rand.Rand
	link int64 // 0 while there is none

	// Habits.
	delay   time.Duration // from what a connection asks for to what is done about it
	early   bool          // acts on what is told before a consent ends
	presses int           // synchronises by hand once in so many looks
	whims   int           // renews what needs no renewal once in so many times that it is due; 0 for never
	first   bool          // connects only the first account at first

	since time.Time // when the connection first asked for what it asks now
	asks  string
	open  *reply // a flow that waits for its user
}

// reply is what a flow's methods answer.
type reply struct {
	flow  int64
	state string
	link  int64
	words string
	step  struct {
		Type   string `json:"type"`
		URL    string `json:"url"`
		Fields []struct {
			Name string `json:"name"`
		} `json:"fields"`
		Accounts []struct {
			ID string `json:"id"`
		} `json:"accounts"`
	}
}

// join lets somebody connect a bank.
func (c *company) join(bank string) *person {
	c.t.Helper()
	n := len(c.people)
	p := &person{company: c, bank: bank, user: fmt.Sprint("user ", n), dice: rand.New(rand.NewPCG(c.seed, uint64(n)+1))}
	p.delay = []time.Duration{2 * time.Hour, 20 * time.Hour, 3 * day, 11 * day}[p.dice.IntN(4)]
	if p.dice.IntN(12) == 0 {
		p.delay = 1000 * day
	}
	p.early, p.first, p.presses = p.dice.IntN(3) > 0, p.dice.IntN(8) > 0, 40+p.dice.IntN(80)
	c.people = append(c.people, p)
	switch bank {
	case "demo-growing", "demo-closing", "demo-partial":
		p.first = false // or what happens to other accounts is not seen
	case "demo-fewer":
		p.first, p.whims = false, 4
	case "demo-manual-only":
		p.presses = 12
	case "demo-daily":
		p.presses = 4
	case "demo-mfa":
		p.whims = 3
	}
	start := map[string]any{"institution_id": c.banks[bank], "acknowledge_beta": true}
	p.link = p.through(p.flow(record.Flows, "start", start)).link
	every := []int64{0, 48, 48, 96}[p.dice.IntN(4)]
	switch {
	case bank == "demo-four" && n < len(everyBank()):
		p.set(5)
	case n >= len(everyBank()):
		p.set(168) // one of many
	case every > 0:
		p.set(every)
	}
	return p
}

// set lets the connection be synchronised every so many hours.
func (p *person) set(hours int64) {
	p.t.Helper()
	_, err := p.call(record.Links, "write", []any{p.link}, map[string]any{"interval_hours": hours})
	p.must(err)
}

// flow calls a method that answers a flow.
func (p *person) flow(model, method string, args ...any) *reply {
	p.t.Helper()
	answer, err := p.call(model, method, args...)
	p.must(err)
	m := answer.(map[string]any)
	r := &reply{flow: m["flow_id"].(int64), state: m["state"].(string)}
	r.link, _ = m["link_id"].(int64)
	r.words, _ = m["error_message"].(string)
	if text, ok := m["step"].(json.RawMessage); ok {
		p.must(json.Unmarshal(text, &r.step))
	}
	return r
}

// through answers all that a flow asks.
func (p *person) through(r *reply) *reply {
	p.t.Helper()
	for range 12 {
		if r.state != "asking" && r.state != "waiting" {
			return r
		}
		r = p.answer(r)
	}
	p.t.Fatalf("seed %d: the flow at %s does not end", p.seed, p.bank)
	return nil
}

// answer takes one step.
func (p *person) answer(r *reply) *reply {
	p.t.Helper()
	switch r.step.Type {
	case "redirect":
		back, err := url.Parse(r.step.URL)
		p.must(err)
		query := map[string]string{}
		for name := range back.Query() {
			query[name] = back.Query().Get(name)
		}
		_, _, err = p.host.Sync.Callback(p.t.Context(), query, connect.Visitor{})
		p.must(err)
		return p.flow("account.online.flow", "poll", r.flow)
	case "wait":
		return p.flow("account.online.flow", "poll", r.flow)
	case "accounts":
		var ids []any
		for _, a := range r.step.Accounts {
			if !p.first || p.link != 0 || len(ids) == 0 {
				ids = append(ids, a.ID)
			}
		}
		return p.flow("account.online.flow", "submit", r.flow, map[string]any{"accounts": ids})
	}
	typed := map[string]any{}
	for _, f := range r.step.Fields {
		typed[f.Name] = p.types(f.Name)
	}
	return p.flow("account.online.flow", "submit", r.flow, typed)
}

// types is what is typed into a field.
func (p *person) types(field string) any {
	switch field {
	case "code":
		return "123456"
	case "channel":
		return []string{"sms", "email", "token"}[p.dice.IntN(3)]
	case "contract":
		return []string{"private", "company", "club"}[p.dice.IntN(3)]
	case "company_number":
		return "0203.201.340"
	case "birth_date":
		return "1980-05-17"
	case "delay_ms":
		return "0"
	case "dropped":
		return "go_on"
	}
	return p.user
}

// begin looks at the connection, and may begin to do what it asks for. Where a code
// is asked, it is typed only after others have worked.
func (p *person) begin() {
	if p.link == 0 {
		return
	}
	is := p.states[p.link]
	switch is.attention {
	case p.asks:
	default:
		p.asks, p.since = is.attention, p.clock.Now()
	}
	late := p.clock.Now().Sub(p.since) >= p.delay
	switch is.attention {
	case "mfa":
		if late {
			p.renew("mfa")
		}
	case "consent_expired", "credentials":
		if late {
			p.renew("reconnect")
		}
	case "consent_expiring":
		if p.early && p.clock.Now().Sub(p.since) >= p.delay+3*day {
			p.renew([]string{"reconnect", "update"}[p.dice.IntN(2)])
		}
	}
	if p.open == nil && is.attention == "none" && p.whims > 0 && p.isDue() && p.dice.IntN(p.whims) == 0 {
		p.renew("update") // because somebody feels like it, just now
	}
	if p.open == nil && p.dice.IntN(p.presses) == 0 {
		p.press()
	}
	if p.open == nil && p.dice.IntN(150) == 0 {
		p.further()
	}
}

// isDue reports whether the schedule is about to synchronise the connection.
func (p *person) isDue() bool {
	p.t.Helper()
	return p.read(record.Runs, domain.All(domain.Where("link_id", domain.Eq, p.link), domain.Where("state", domain.Eq, "queued"),
		domain.Where("trigger", domain.Eq, "scheduled")), "id").Len() > 0
}

// leave deletes the connection.
func (p *person) leave() {
	p.t.Helper()
	for row := range p.read(record.Journals, domain.Where("account_online_account_id.account_online_link_id", domain.Eq, p.link),
		"account_online_account_id").All() {
		p.left[row.Ref("account_online_account_id")] = row.ID()
	}
	_, err := p.call(record.Links, "unlink", []any{p.link})
	p.must(err)
	delete(p.states, p.link)
	p.link = 0
}

// press synchronises by hand.
func (p *person) press() {
	p.t.Helper()
	_, err := p.call("account.online.link", "action_fetch_transactions", []any{p.link})
	p.must(err)
}

// renew begins a flow for the connection, up to the code where there is one.
func (p *person) renew(kind string) {
	p.t.Helper()
	p.asks = ""
	r := p.flow("account.online.flow", "start", map[string]any{"link_id": p.link, "kind": kind})
	for range 12 {
		if r.state != "asking" && r.state != "waiting" {
			break
		}
		if len(r.step.Fields) == 1 && r.step.Fields[0].Name == "code" {
			p.open = r
			return
		}
		r = p.answer(r)
	}
	p.renewed(r)
}

func (p *person) renewed(r *reply) {
	p.t.Helper()
	if r.state != "done" {
		p.wrong("%s: a renewal ends %s: %s", p.bank, r.state, r.words)
	}
}

// finish types the code that a flow waits for.
func (p *person) finish() {
	if p.open == nil {
		return
	}
	r := p.open
	p.open = nil
	p.renewed(p.through(r))
}

// further asks which accounts there are, and lets those that feed nothing yet feed
// a journal.
func (p *person) further() {
	p.t.Helper()
	if _, err := p.call("account.online.link", "action_fetch_accounts", []any{p.link}); err != nil {
		return // the bank does not answer now
	}
	idle := p.read("account.online.account", domain.All(domain.Where("account_online_link_id", domain.Eq, p.link),
		domain.Where("journal_ids", domain.Eq, false), domain.Where("gone", domain.Ne, true)), "name")
	for _, id := range idle.IDs() {
		_, err := p.call("account.online.account", "link_journal", []any{id})
		p.must(err)
	}
}

// decide answers the open questions about an account as somebody does who looks at
// the bank's own list.
func (c *company) decide(account int64, booked truth) {
	c.t.Helper()
	open := c.read(record.Reviews, record.OpenReviews(account), "kind", "transaction_id")
	for row := range open.All() {
		told := c.read(record.Transactions, domain.Where("id", domain.Eq, row.Ref("transaction_id")), "identifier")
		method := "reject"
		if row.Str("kind") == "not_told" && booked.has(told.At(0).Str("identifier")) == "" {
			method = "accept"
		}
		c.count.questions++
		_, err := c.call(record.Reviews, method, []any{row.ID()})
		c.must(err)
	}
}

// everyBank is the banks that can be connected, each once.
func everyBank() []string {
	return []string{"demo-checking", "demo-mfa", "demo-mfa-each", "demo-redirect", "demo-wait", "demo-beta", "demo-daily",
		"demo-manual-only", "demo-expired", "demo-growing", "demo-codes", "demo-contracts", "demo-qr", "demo-questions", "demo-fewer",
		"demo-quarter", "demo-four", "demo-hourly", "demo-busy", "demo-90", "demo-revoked", "demo-lenient", "demo-outages",
		"demo-partial", "demo-closing", "demo-holds", "demo-down", "demo-slow"}
}
