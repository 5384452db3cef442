package emulator

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// Server is the stand-in. It may be used from several goroutines.
type Server struct {
	base     string // http://host:port
	clock    *standin.Clock
	settings map[string]string

	mu    sync.Mutex
	state state
}

// state is all that the server remembers.
type state struct {
	Began       time.Time                 `json:"began"` // the clock when it was made; accounts are older
	Application string                    `json:"application"`
	Key         string                    `json:"key"` // the application's, private, as PEM
	Started     map[string]*authorisation `json:"started"`
	Sessions    map[string]*session       `json:"sessions"`
	// Asked counts requests without the user, by account, kind of data and day.
	Asked     map[string]int `json:"asked"`
	Behaviour Behaviour      `json:"behaviour"`
	// Corrections are what the banks put right after they had posted it.
	Corrections standin.Corrections `json:"corrections,omitempty"`
}

// New makes a server that is reached at base, such as http://127.0.0.1:8070, and
// goes by a clock. It has one application, with a key of its own.
func New(base string, clock *standin.Clock) (*Server, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	s := &Server{base: base, clock: clock, state: state{Began: clock.Now(), Application: uuid(), Key: key,
		Started: map[string]*authorisation{}, Sessions: map[string]*session{}, Asked: map[string]int{}, Behaviour: standard()}}
	s.settings = map[string]string{"api_url": base}
	s.tellKey()
	return s, nil
}

// tellKey puts the application into the settings.
func (s *Server) tellKey() {
	s.settings["application_id"], s.settings["private_key"] = s.state.Application, s.state.Key
}

// Emulator is the server as package standin serves it.
func (s *Server) Emulator() *standin.Emulator {
	return &standin.Emulator{
		Provider: "enablebanking",
		Settings: s.settings,
		Hints: []string{
			"banks to connect: Testipankki, Provbanken, Musterbank (eight digits), Voorbeeldbank, Banque Exemple, Banco Ejemplo, …",
			"end every consent: curl -X POST " + s.base + "/bank/sessions/EXPIRED",
		},
		Handler: s, Clock: s.clock, Behaviour: &s.state.Behaviour, Lock: &s.mu,
		State: &s.state, Truth: s.truth, Corrections: &s.state.Corrections, Loaded: s.tellKey,
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(*http.Request) (any, *trouble){
		"GET /application":                s.application,
		"GET /aspsps":                     s.banks,
		"POST /auth":                      s.begin,
		"POST /sessions":                  s.authorise,
		"GET /sessions/{id}":              s.session,
		"DELETE /sessions/{id}":           s.close,
		"GET /accounts/{id}/details":      s.details,
		"GET /accounts/{id}/balances":     s.balances,
		"GET /accounts/{id}/transactions": s.transactions,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", uuid())
			wrong := s.who(r)
			var body any
			if wrong == nil {
				body, wrong = answer(r)
			}
			if wrong != nil {
				wrong.write(w)
				return
			}
			standin.WriteJSON(w, http.StatusOK, body)
		})
	}
	mux.HandleFunc("GET /bank/{id}", s.page)
	mux.HandleFunc("GET /bank/{id}/{answer}", s.answered)
	mux.HandleFunc("POST /bank/sessions/{status}", s.endAll)
	mux.ServeHTTP(w, r)
}

func (s *Server) application(*http.Request) (any, *trouble) {
	countries := []string{}
	for _, b := range banks() {
		countries = append(countries, b.country)
	}
	return map[string]any{"name": "girosync", "kid": s.state.Application, "environment": "SANDBOX",
		"redirect_urls": append([]string{}, s.state.Behaviour.Redirects...),
		"active":        true, "countries": countries, "services": []string{"AIS"}}, nil
}

func (s *Server) banks(r *http.Request) (any, *trouble) {
	country, kind := r.URL.Query().Get("country"), r.URL.Query().Get("psu_type")
	list := []map[string]any{}
	for _, b := range banks() {
		if (country == "" || b.country == country) && (kind == "" || slices.Contains(b.types, kind)) {
			list = append(list, b.data(s.base))
		}
	}
	return map[string]any{"aspsps": list}, nil
}
