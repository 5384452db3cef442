package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	demobank "github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// providerRow is one provider in the table: with it, a provider has its whole
// story told (story_test.go), on both databases.
type providerRow struct {
	name        string // of the provider; its plugin is built from plugins/NAME
	institution string // to which bank to connect, by the provider's id
	env         []string
	// stand starts what stands in for its service, and lets its clock stand at the
	// beginning: some days before yesterday's noon.
	stand func(t *testing.T) *standIn
	// plugin puts another program than that of plugins/NAME into a file.
	plugin func(t *testing.T, file string)
	// typed is what the user types into forms, by field; what is not named is "demo".
	typed func(t *testing.T, s *standIn) map[string]string
	// allow is the address at which a user allows what a redirect's page asks; nil is
	// the page itself.
	allow func(page string) string
	// history is how many days up to today a first fetch brings; 0 is all that the
	// bank has.
	history int
	// silent: the provider tells nothing of what a bank took back; the user is asked.
	silent bool
	// idsRecur: its banks give an id twice, so that one with another amount is another
	// transaction until the user says that it is not.
	idsRecur bool

	posts   deed // some days go by, in which what was pending posts
	amends  deed // the bank changes the amount of a posted line
	removes deed // the bank takes a posted line back
	informs deed // there is news, and the service tells the host so
	ends    deed // the consent ends by itself
	revokes deed // the user takes it back at the bank or the service
	rotates deed // the next request gets another token, and the old one is good no more
	limits  deed // the bank wants to be left alone from now on
	told    deed // whether the bank or the service knows that we gave the connection up
}

// deed is what happens in a step at the bank or its service, or why it cannot.
type deed struct {
	does   func(t *testing.T, s *story)
	cannot string
}

func cannot(why string) deed { return deed{cannot: why} }

// providerRows is the table.
func providerRows() []providerRow {
	return []providerRow{
		{
			name: "demo", institution: customerBank,
			env:    []string{"GIROSYNC_PROVIDERS_DEMO_WEBHOOK_KEY=" + demoKey},
			stand:  func(t *testing.T) *standIn { l := eventfulLife(t); return opensDoor(t, l.begins, l.user) },
			plugin: putOwnProgram,
			typed: func(t *testing.T, _ *standIn) map[string]string {
				return map[string]string{"user": eventfulLife(t).user}
			},
			posts:   deed{does: func(t *testing.T, s *story) { s.stand.standsAt(t, eventfulLife(t).posts) }},
			amends:  deed{does: func(t *testing.T, s *story) { s.onTheEveAndAt(t, eventfulLife(t).amends) }},
			removes: deed{does: func(t *testing.T, s *story) { s.onTheEveAndAt(t, eventfulLife(t).removes) }},
			informs: deed{does: informedByDemo},
			ends:    posted("/end/EXPIRED"),
			revokes: posted("/end/REVOKED"),
			rotates: behaves(`{"rotates": true}`),
			limits:  behaves(`{"busy": true}`),
			told:    heard("POST /enter/revoke"),
		},
		{
			name: "simplefin", institution: "simplefin-bridge",
			stand: standingIn("simplefin"),
			typed: func(t *testing.T, s *standIn) map[string]string {
				return map[string]string{"setup_token": strings.TrimSpace(string(s.ask(t, "GET", "/simplefin/create", "")))}
			},
			history: 89,
			silent:  true,
			posts:   daysGoBy,
			amends:  deed{does: amendNewest},
			removes: deed{does: removeNewest},
			informs: cannot("the protocol has no notifications"),
			ends:    cannot("an access lasts until somebody takes it back"),
			revokes: posted("/simplefin/revoke"),
			rotates: cannot("an access URL is one and the same for good"),
			limits: behaves(`{"errors": [{"code": "gen.", "msg": "Too many requests today: at most 24 are allowed. ` +
				`Access will be disabled if this goes on."}]}`),
			told: cannot("the protocol has no way to give an access back"),
		},
		{
			name: "enablebanking", institution: "ES:Banco Ejemplo",
			// The stand-in's clock is behind: a consent of 180 days from now would be too long for its banks.
			env:    []string{"GIROSYNC_PROVIDERS_ENABLEBANKING_CONSENT_DAYS=90"},
			stand:  standingIn("enablebanking"),
			allow:  func(page string) string { return page + "/allow" },
			silent: true, idsRecur: true,
			posts:   daysGoBy,
			amends:  deed{does: amendNewest},
			removes: deed{does: removeNewest},
			informs: cannot("the service has no notifications of transactions"),
			ends:    posted("/bank/sessions/EXPIRED"),
			revokes: posted("/bank/sessions/REVOKED"),
			rotates: cannot("requests are signed with the application's key; a session's id stays"),
			limits:  deed{does: func(t *testing.T, s *story) { s.stand.tell(t, "behaviour", `{"per_day": 1}`); s.c.fetch(t, s.link) }},
			told:    heard("DELETE /sessions/"),
		},
	}
}

// yesterdaysNoon is where the stories lead: a moment that today has come
// everywhere since. It stays the same during a run of the tests.
var yesterdaysNoon = sync.OnceValue(func() time.Time { return time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour) })

func standingIn(name string) func(t *testing.T) *standIn {
	return func(t *testing.T) *standIn {
		t.Helper()
		s := emulate(t, name)
		s.standsAt(t, yesterdaysNoon().AddDate(0, 0, -5))
		return s
	}
}

var daysGoBy = deed{does: func(t *testing.T, s *story) { s.stand.standsAt(t, yesterdaysNoon()) }}

func behaves(how string) deed {
	return deed{does: func(t *testing.T, s *story) { s.stand.tell(t, "behaviour", how) }}
}

func posted(path string) deed {
	return deed{does: func(t *testing.T, s *story) { s.stand.post(t, path) }}
}

// heard checks that the service got a request that begins so.
func heard(request string) deed {
	return deed{does: func(t *testing.T, s *story) {
		counts := s.stand.requests(t)
		for what := range counts {
			if strings.HasPrefix(what, request) {
				return
			}
		}
		t.Errorf("nobody asked %s: %v", request, counts)
	}}
}

const demoKey = "Sleutel-1"

// informedByDemo lets days go by, and sends what the demo bank's service would send.
func informedByDemo(t *testing.T, s *story) {
	t.Helper()
	s.stand.standsAt(t, eventfulLife(t).informs)
	id := texts(t, s.h.sql(t), "SELECT external_id FROM account_online_link")[0]
	news := demobank.Notification{Connection: id, Event: sdk.WebhookUpdate, SentAt: time.Now()}
	if status := s.h.notify(t, news, demoKey); status != http.StatusOK {
		t.Errorf("the notification was answered %d", status)
	}
}

// onTheEveAndAt synchronises on the day before one, and lets that one come.
func (s *story) onTheEveAndAt(t *testing.T, day time.Time) {
	t.Helper()
	s.stand.standsAt(t, day.AddDate(0, 0, -1))
	s.c.fetch(t, s.link) // there may be news
	s.stand.standsAt(t, day)
}

// amendNewest changes the newest posted line by a tenth, of the accounts that were
// chosen; removeNewest takes it back.
func amendNewest(t *testing.T, s *story) {
	t.Helper()
	line := s.newest(t)
	tenth := textCents(t, line.Amount) / 10
	s.stand.tell(t, "amend", `{"id": "`+line.ID+`", "amount": "`+standin.Decimal(int64(textCents(t, line.Amount)+tenth))+`"}`)
}

func removeNewest(t *testing.T, s *story) {
	t.Helper()
	s.stand.tell(t, "remove", `{"id": "`+s.newest(t).ID+`"}`)
}

// builtPlugins are the programs of providers, each built when it is first asked for.
var builtPlugins sync.Map

// putPlugin puts the program of plugins/NAME into a file.
func putPlugin(t *testing.T, name, file string) {
	t.Helper()
	program := filepath.Join(built.dir, "provider-"+name)
	once, _ := builtPlugins.LoadOrStore(name, sync.OnceValue(func() error {
		return inRoot("go", "build", "-ldflags=-w", "-o", program, "./plugins/"+name+"/cmd/girosync-provider-"+name)
	}))
	err := once.(func() error)()
	if err == nil {
		err = copyFile(program, file)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestProviders tells the story of each provider's connection, through a whole
// host, from its first form to the day on which it is given up.
func TestProviders(t *testing.T) {
	t.Parallel()
	for _, row := range providerRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, on database) {
				if testing.Short() && on == onPostgres {
					t.Skip("not with -short")
				}
				newStory(t, row, on).tell(t)
			})
		})
	}
}
