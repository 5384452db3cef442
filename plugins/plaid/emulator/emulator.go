package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// Server is the stand-in. It may be used from several goroutines.
type Server struct {
	base     string // http://host:port
	clock    *standin.Clock
	settings map[string]string

	mu      sync.Mutex
	state   state
	leaving []delivery // notifications of the request at hand
}

// state is all that the server remembers.
type state struct {
	Began     time.Time         `json:"began"`
	Client    string            `json:"client"`
	Secret    string            `json:"secret"`
	Links     map[string]*link  `json:"links"`
	Items     map[string]*item  `json:"items"`  // by access token
	Public    map[string]string `json:"public"` // public tokens that were not exchanged, and the access tokens
	Keys      []*signingKey     `json:"keys"`   // the last signs
	Asked     map[string]int    `json:"asked"`  // requests by limit, item and minute
	Behaviour Behaviour         `json:"behaviour"`
}

// New makes a server that is reached at base, such as http://127.0.0.1:8070, and goes by
// a clock. It has one client, with an id and a secret of its own.
func New(base string, clock *standin.Clock) (*Server, error) {
	key, err := newKey(clock.Now())
	if err != nil {
		return nil, err
	}
	id := func() string { return strings.ReplaceAll(uuid(), "-", "") }
	s := &Server{base: base, clock: clock, state: state{Began: clock.Now(), Client: id()[:24], Secret: id()[:30], Links: map[string]*link{},
		Items: map[string]*item{}, Public: map[string]string{}, Keys: []*signingKey{key}, Asked: map[string]int{}}}
	s.settings = map[string]string{"api_url": base, "environment": "sandbox", "countries": "US, CA, NL"}
	s.tellClient()
	return s, nil
}

// tellClient puts id and secret into the settings.
func (s *Server) tellClient() {
	s.settings["client_id"], s.settings["secret"] = s.state.Client, s.state.Secret
}

// Emulator is the server as package standin serves it.
func (s *Server) Emulator() *standin.Emulator {
	return &standin.Emulator{
		Provider: "plaid",
		Settings: s.settings,
		Hints: []string{
			"banks to connect: Example Federal Bank, Sample Savings and Trust, Maple Leaf Credit Union, Busy Merchants Bank, Voorbeeldbank, …",
			"every bank wants its users to log in again: curl -X POST " + s.base + "/bank/login/",
		},
		Handler: s, Clock: s.clock, Behaviour: &s.state.Behaviour, Lock: &s.mu,
		State: &s.state, Loaded: s.tellClient,
	}
}

// answers are the vendor's addresses.
func (s *Server) answers() map[string]func(body map[string]any) (any, *trouble) {
	return map[string]func(body map[string]any) (any, *trouble){
		"/link/token/create":            s.createLink,
		"/link/token/get":               s.getLink,
		"/item/public_token/exchange":   s.exchange,
		"/item/get":                     s.getItem,
		"/item/remove":                  s.removeItem,
		"/item/webhook/update":          s.setWebhook,
		"/accounts/get":                 s.getAccounts,
		"/institutions/get":             s.institutions,
		"/institutions/get_by_id":       s.institution,
		"/transactions/sync":            s.sync,
		"/transactions/refresh":         s.refresh,
		"/webhook_verification_key/get": s.getKey,
		"/sandbox/public_token/create":  s.createPublic,
		"/sandbox/item/reset_login":     s.resetLogin,
		"/sandbox/item/fire_webhook":    s.fireWebhook,
		"/sandbox/transactions/create":  s.createTransactions,
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	for path, answer := range s.answers() {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, answer) })
	}
	for pattern, page := range map[string]http.HandlerFunc{
		"GET /link/{token}":          s.pageOf,
		"GET /link/{token}/{answer}": s.answered,
		"POST /bank/login/{reason}":  s.endAll,
		"POST /bank/login/":          s.endAll,
		"POST /bank/keys":            s.replaceKey,
		"POST /bank/news":            s.tellNews,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			deliver(context.WithoutCancel(r.Context()), s.shown(w, r, page))
		})
	}
	mux.ServeHTTP(w, r)
}

// shown lets a page be shown, and returns what is to be told to others.
func (s *Server) shown(w http.ResponseWriter, r *http.Request, page http.HandlerFunc) (leaving []delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page(w, r)
	leaving, s.leaving = s.leaving, nil
	return leaving
}

// answer answers a request, once who asks was looked at. What is to be told to others
// leaves before the answer does.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, answer func(map[string]any) (any, *trouble)) {
	request := uuid()[:15]
	body, wrong, leaving := s.inside(r, answer)
	deliver(context.WithoutCancel(r.Context()), leaving)
	if wrong != nil {
		wrong.write(w, request)
		return
	}
	if content, ok := body.(map[string]any); ok {
		content["request_id"] = request
	}
	standin.WriteJSON(w, http.StatusOK, body)
}

func (s *Server) inside(r *http.Request, answer func(map[string]any) (any, *trouble)) (told any, wrong *trouble, leaving []delivery) {
	body := map[string]any{}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, wrongField("the body is not valid JSON"), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if wrong = s.who(r); wrong == nil {
		told, wrong = answer(body)
	}
	leaving, s.leaving = s.leaving, nil
	return told, wrong, leaving
}

// who checks who asks; nil when that is the client.
func (s *Server) who(r *http.Request) *trouble {
	switch {
	case r.Header.Get("PLAID-CLIENT-ID") != s.state.Client || r.Header.Get("PLAID-SECRET") != s.state.Secret:
		return badKeys
	case r.Header.Get("Plaid-Version") != "2020-09-14":
		return badVersion
	}
	return nil
}
