package simulation_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// entry is a line of the recorder's diary, see its program.
type entry struct {
	At        time.Time       `json:"at"`
	Call      string          `json:"call"`
	Present   bool            `json:"present"`
	Bank      string          `json:"bank"`
	Link      string          `json:"link"`
	Account   string          `json:"account"`
	Secret    json.RawMessage `json:"secret"`
	Stage     string          `json:"stage"`
	Done      bool            `json:"done"`
	Until     time.Time       `json:"until"`
	From      string          `json:"from"`
	To        string          `json:"to"`
	Refreshed time.Time       `json:"refreshed"`
	Failed    sdk.Kind        `json:"failed"`
	Words     string          `json:"words"`
}

// cutOff is how a call ends that the host gives up.
const cutOff = "broken"

// told is what a bank told of one account.
type told struct {
	secret json.RawMessage // of the last answer
	id     string          // in that consent
	asOf   time.Time       // how old the bank's data were
	days   []span
}

// span is days that were told, both inclusive.
type span struct{ from, to schema.Date }

// ear is what the calls of one connection come to.
type ear struct {
	bank      string
	secret    json.RawMessage
	done      []entry // its flows that ended well, in order
	refreshes map[schema.Date]int
	fetches   map[string]int // without a user: account and day
	closed    string         // why nobody may call without a user now
	until     time.Time      // when it may be called again, where the bank said so
	since     time.Time      // when that was said
	last      entry          // of what a synchronisation asks
	failing   sdk.Kind       // the first failure at that time
}

// listened is the diary, by connection and account.
type listened struct {
	ears     map[string]*ear
	accounts map[string]*told // by StableID
	calls    int
	names    map[string]string // of accounts in their consents: StableID
}

// listen reads the diary and tells where a call should not have been made.
func (c *company) listen() *listened {
	c.t.Helper()
	file, err := os.Open(c.diary)
	c.must(err)
	defer file.Close()
	l := &listened{ears: map[string]*ear{}, accounts: map[string]*told{}, names: map[string]string{}}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var e entry
		c.must(json.Unmarshal(lines.Bytes(), &e))
		if e.Link == "" {
			continue // nobody's yet
		}
		if e.Secret != nil && l.ears[e.Link] == nil {
			l.ears[e.Link] = &ear{bank: e.Bank, refreshes: map[schema.Date]int{}, fetches: map[string]int{}}
		}
		l.calls++
		c.hear(l, l.ears[e.Link], e)
	}
	return l
}

// hear takes one call in.
func (c *company) hear(l *listened, x *ear, e entry) {
	c.t.Helper()
	if e.Secret != nil {
		x.secret = e.Secret
	}
	today := schema.DateOf(e.At.UTC())
	if e.Call == "fetch" && !e.Present {
		c.unattended(x, e)
	}
	switch e.Call {
	case "start", "continue":
		switch {
		case e.Done:
			x.done, x.closed, x.until, x.last, x.failing = append(x.done, e), "", time.Time{}, entry{}, ""
		case e.Stage == "code":
			x.closed, x.since = "a code is open", time.Time{}
		}
		return
	case "refresh":
		x.refreshes[today]++
		if e.Failed == sdk.RateLimited {
			return // what is there is fetched all the same
		}
	case "fetch":
		c.fetched(l, x, e)
	case "accounts":
		if e.Failed == "" {
			return
		}
	default:
		return
	}
	if e.Failed == cutOff {
		return // whoever asked did not hear the answer
	}
	if !e.At.Equal(x.last.At) {
		x.failing = ""
	}
	x.last = e
	if x.failing == "" {
		x.failing = e.Failed
	}
	switch e.Failed {
	case sdk.NeedsUser, sdk.BadCredentials, sdk.ConsentExpired, sdk.AutoNotAllowed:
		x.closed, x.since = string(e.Failed), e.At
	case sdk.RateLimited:
		if e.Call == "fetch" {
			x.until, x.since = e.Until, e.At
		}
	}
}

// unattended tells what is wrong about a call that no user waits for.
func (c *company) unattended(x *ear, e entry) {
	c.t.Helper()
	when := e.At.Format(time.DateTime)
	if x.bank == "demo-manual-only" {
		c.wrong("%s: an automatic call at a bank that forbids it", when)
	}
	// Another account of the same synchronisation may still be asked, and one that was
	// cut off before it could note the answer asks again.
	again := e.At.Equal(x.since)
	if !again && x.closed != "" {
		c.wrong("%s at %s: an automatic call while %s", x.bank, when, x.closed)
	} else if !again && e.At.Before(x.until) {
		c.wrong("%s at %s: an automatic call before %s", x.bank, when, x.until)
	}
	day := e.Account + " " + string(schema.DateOf(e.At.UTC()))
	x.fetches[day]++
	if n := x.fetches[day]; x.bank == "demo-four" && n > 4 && (e.Failed != sdk.RateLimited || n > 5 && !again) {
		c.wrong("%s at %s: automatic call %d of an account on a day", x.bank, when, n)
	}
}

// fetched takes in what was told of an account.
func (c *company) fetched(l *listened, x *ear, e entry) {
	c.t.Helper()
	if e.Failed != "" || e.From == "" {
		return
	}
	if l.names[e.Account] == "" {
		for _, a := range c.accountsOf(x.secret, e.At) {
			l.names[a.ID] = a.StableID
		}
	}
	stable := l.names[e.Account]
	if stable == "" {
		c.wrong("%s: nobody knows account %s", x.bank, e.Account)
		return
	}
	t := l.accounts[stable]
	if t == nil {
		t = &told{}
		l.accounts[stable] = t
	}
	t.secret, t.id, t.asOf = x.secret, e.Account, e.Refreshed
	t.days = append(t.days, span{schema.Date(e.From), schema.Date(e.To)})
}

// limits tells where a connection was refreshed more often than its bank allows.
func (c *company) limits(l *listened) {
	c.t.Helper()
	allowed := map[string]int{"demo-daily": 1, "demo-hourly": 24}
	for _, x := range l.ears {
		for day, n := range x.refreshes {
			if most := allowed[x.bank]; most > 0 && n > most {
				c.wrong("%s: %d refreshes on %s", x.bank, n, day)
			}
		}
	}
}

// endings tells which connections do not stand as their bank's last answer says.
func (c *company) endings(l *listened) {
	c.t.Helper()
	for row := range c.read(record.Links, nil, "external_id", "state", "attention", "expiring_synchronization_date",
		"interval_hours").All() {
		x := l.ears[row.Str("external_id")]
		if x == nil {
			c.wrong("connection %d was never heard of", row.ID())
			continue
		}
		is := standing{row.Str("state"), row.Str("attention")}
		if x.bank == "demo-manual-only" && x.failing == "" && is == forbidden {
			continue // one was due since a user's last fetch; when, it was not asked
		}
		interval := time.Duration(cmp.Or(row.Int("interval_hours"), 12)) * time.Hour
		if want := c.implied(x, row.Date("expiring_synchronization_date"), interval); is != want {
			c.wrong("connection %d with %s is %v, its bank's last answer %s (%s) at %s means %v", row.ID(), x.bank, is, x.failing,
				x.last.Words, x.last.At, want)
		}
	}
}

// forbidden is how a connection stands whose bank may not be asked automatically, from
// when a synchronisation was due by itself.
var forbidden = standing{"connected", "auto_sync_not_allowed"}

// implied is how a connection stands after its bank's last answer.
func (c *company) implied(x *ear, until schema.Date, interval time.Duration) standing {
	if x.bank == "demo-manual-only" && x.failing == "" && c.clock.Now().Sub(x.last.At) > interval+time.Hour {
		return forbidden
	}
	switch x.failing {
	case sdk.NeedsUser:
		return standing{"connected", "mfa"}
	case sdk.ConsentExpired:
		return standing{"error", "consent_expired"}
	case sdk.RateLimited:
		return standing{"connected", "rate_limited"}
	case sdk.BankUnavailable:
		return standing{"connected", "bank_unavailable"}
	case "":
	default:
		return standing{"error", "internal"}
	}
	if today := schema.DateOf(c.clock.Now().UTC()); until != "" && until <= today.AddDays(7) {
		return standing{"connected", "consent_expiring"}
	}
	return standing{"connected", "none"}
}
