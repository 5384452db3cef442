package emulator

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// root is where the protocol's addresses begin.
const root = "/simplefin"

// Server is the stand-in. It may be used from several goroutines.
type Server struct {
	base  string // http://host:port
	clock *standin.Clock

	mu    sync.Mutex
	state state
}

// state is all that the server remembers.
type state struct {
	Began     time.Time          `json:"began"`  // the clock when it was made; accounts are older
	Tokens    map[string]bool    `json:"tokens"` // setup tokens, and whether they were claimed
	Access    map[string]*access `json:"access"` // by user name
	Behaviour Behaviour          `json:"behaviour"`
	// Corrections are what the banks put right after they had posted it.
	Corrections standin.Corrections `json:"corrections,omitempty"`
}

// access is what one claimed token led to.
type access struct {
	Password string `json:"password"`
	Disabled bool   `json:"disabled"`
	// All and Single are the quotas of the two kinds of requests for accounts.
	All    quota `json:"all"`
	Single quota `json:"single"`
}

// New makes a server that is reached at base, such as http://127.0.0.1:8070, and
// goes by a clock.
func New(base string, clock *standin.Clock) *Server {
	return &Server{base: base, clock: clock, state: state{
		Began: clock.Now(), Tokens: map[string]bool{}, Access: map[string]*access{}, Behaviour: standard(),
	}}
}

// Emulator is the server as package standin serves it.
func (s *Server) Emulator() *standin.Emulator {
	return &standin.Emulator{
		Provider: "simplefin",
		Settings: map[string]string{"bridge_url": s.base + root},
		Hints: []string{
			"a setup token: " + s.SetupToken(),
			"more of them:  " + s.base + root + "/create",
			"take every access back: curl -X POST " + s.base + root + "/revoke",
		},
		Handler: s, Clock: s.clock, Behaviour: &s.state.Behaviour, Lock: &s.mu,
		State: &s.state, Truth: s.truth, Corrections: &s.state.Corrections,
	}
}

// SetupToken makes a token that can be claimed once.
func (s *Server) SetupToken() string {
	code := strings.ToUpper(rand.Text())
	s.mu.Lock()
	s.state.Tokens[code] = false
	s.mu.Unlock()
	return base64.StdEncoding.EncodeToString([]byte(s.base + root + "/claim/" + code))
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"/info", func(w http.ResponseWriter, _ *http.Request) { s.info(w) })
	mux.HandleFunc("GET "+root+"/create", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, s.SetupToken())
	})
	mux.HandleFunc("POST "+root+"/claim/{code}", s.claim)
	mux.HandleFunc("GET "+root+"/accounts", s.accounts)
	mux.HandleFunc("POST "+root+"/revoke", func(w http.ResponseWriter, _ *http.Request) { s.revoke(w) })
	mux.HandleFunc("GET /miles", func(w http.ResponseWriter, _ *http.Request) {
		standin.WriteJSON(w, http.StatusOK, map[string]string{"name": "Example Air Miles", "abbr": "miles"})
	})
	mux.ServeHTTP(w, r)
}

func (s *Server) info(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	versions := []string{"1.0", "2.0"}
	if s.state.Behaviour.Old {
		versions = versions[:1]
	}
	standin.WriteJSON(w, http.StatusOK, map[string]any{"versions": versions})
}

// claim gives the access URL of a token, once.
func (s *Server) claim(w http.ResponseWriter, r *http.Request) {
	code := r.PathValue("code")
	s.mu.Lock()
	defer s.mu.Unlock()
	claimed, known := s.state.Tokens[code]
	if !known || claimed {
		http.Error(w, "Forbidden", http.StatusForbidden)
		return
	}
	s.state.Tokens[code] = true
	user, a := strings.ToUpper(rand.Text()), &access{Password: strings.ToLower(rand.Text())}
	a.All, a.Single = full(s.clock.Now()), full(s.clock.Now())
	s.state.Access[user] = a
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprint(w, strings.Replace(s.base, "://", "://"+user+":"+a.Password+"@", 1)+root)
}

// revoke is the user who takes back every access that there is.
func (s *Server) revoke(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.state.Access {
		a.Disabled = true
	}
	standin.WriteJSON(w, http.StatusOK, map[string]int{"accesses": len(s.state.Access)})
}

// who is the access that a request is allowed by; nil for none. The lock is held.
func (s *Server) who(r *http.Request) *access {
	user, password, _ := r.BasicAuth()
	a := s.state.Access[user]
	if a == nil || a.Password != password || a.Disabled || s.state.Behaviour.Revoked {
		return nil
	}
	return a
}
