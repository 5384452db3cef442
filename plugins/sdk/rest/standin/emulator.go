package standin

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Emulator is a stand-in, ready to be served.
type Emulator struct {
	// Provider is the machine name of the provider that uses it.
	Provider string
	// Settings are the provider's, in [providers.NAME], that lead it here.
	Settings map[string]string
	// Hints tell who tries it out what to type; one line each.
	Hints []string
	// Handler is the service.
	Handler http.Handler
	// Clock is the one that Handler goes by.
	Clock *Clock
	// Behaviour is a pointer to what can be changed from outside: JSON is read into
	// it, and fields that are not named stay. Lock is held meanwhile.
	Behaviour any
	Lock      sync.Locker
	// State is a pointer to all that is known, as JSON, for a stand-in that lives
	// on; Lock is held for it, too. What there is before it is loaded, such as what
	// Hints name, may stay.
	State any
	// Truth tells what the banks have now, for who compares; Lock is held. nil: it
	// cannot be told.
	Truth func() []Account
	// Corrections is where the state keeps what banks put right; nil: they do not.
	Corrections *Corrections
	// Loaded is called once a state was loaded; nil for nothing to do.
	Loaded func()
}

// Save returns the whole state as JSON.
func (e *Emulator) Save() ([]byte, error) {
	e.Lock.Lock()
	defer e.Lock.Unlock()
	return json.Marshal(e.State)
}

// Load goes on with a state that Save returned.
func (e *Emulator) Load(state []byte) error {
	e.Lock.Lock()
	defer e.Lock.Unlock()
	if err := json.Unmarshal(state, e.State); err != nil {
		return err
	}
	if e.Loaded != nil {
		e.Loaded()
	}
	return nil
}

// fault is a failure that was asked for.
type fault struct {
	Path   string            `json:"path"` // a request whose path ends so; "" for any
	Status int               `json:"status"`
	Times  int               `json:"times"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
	// Silent breaks the connection in place of an answer.
	Silent bool `json:"silent"`
}

// controls is an emulator with what every one has.
type controls struct {
	e *Emulator

	mu     sync.Mutex
	faults []*fault
	seen   map[string]int
}

// Controlled returns the emulator's service with the addresses that every
// stand-in has. Answers are dated by its clock.
func Controlled(e *Emulator) http.Handler {
	c := &controls{e: e, seen: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_emulator/clock", c.tellClock)
	mux.HandleFunc("POST /_emulator/clock", c.moveClock)
	mux.HandleFunc("POST /_emulator/fail", c.fail)
	mux.HandleFunc("DELETE /_emulator/fail", c.failNoMore)
	mux.HandleFunc("GET /_emulator/requests", c.requests)
	mux.HandleFunc("GET /_emulator/truth", c.truth)
	mux.HandleFunc("POST /_emulator/amend", c.correct)
	mux.HandleFunc("POST /_emulator/remove", c.correct)
	mux.HandleFunc("GET /_emulator/behaviour", c.behaviour)
	mux.HandleFunc("POST /_emulator/behaviour", c.behaviour)
	mux.HandleFunc("/", c.serve)
	return mux
}

func (c *controls) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", c.e.Clock.Now().Format(http.TimeFormat))
	f := c.next(r)
	if f == nil {
		c.e.Handler.ServeHTTP(w, r)
		return
	}
	if f.Silent {
		panic(http.ErrAbortHandler)
	}
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
}

// next counts a request and returns the fault that is for it; nil for none.
func (c *controls) next(r *http.Request) *fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[r.Method+" "+r.URL.Path]++
	for _, f := range c.faults {
		if f.Times > 0 && strings.HasSuffix(r.URL.Path, f.Path) {
			f.Times--
			return f
		}
	}
	return nil
}

func (c *controls) tellClock(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]time.Time{"now": c.e.Clock.Now()})
}

func (c *controls) moveClock(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Now     time.Time `json:"now"`
		Advance string    `json:"advance"`
	}
	err := json.NewDecoder(r.Body).Decode(&asked)
	if err == nil && asked.Advance != "" {
		var by time.Duration
		if by, err = time.ParseDuration(asked.Advance); err == nil {
			c.e.Clock.Advance(by)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !asked.Now.IsZero() {
		c.e.Clock.Set(asked.Now)
	}
	c.tellClock(w, r)
}

func (c *controls) fail(w http.ResponseWriter, r *http.Request) {
	f := &fault{Times: 1}
	if err := json.NewDecoder(r.Body).Decode(f); err != nil || !f.Silent && (f.Status < 200 || f.Status > 599) {
		http.Error(w, "want a status, and how many times", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.faults = append(c.faults, f)
	c.mu.Unlock()
	answer(w, f)
}

func (c *controls) failNoMore(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	c.faults = nil
	c.mu.Unlock()
	answer(w, struct{}{})
}

func (c *controls) requests(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer(w, c.seen)
}

func (c *controls) behaviour(w http.ResponseWriter, r *http.Request) {
	c.e.Lock.Lock()
	defer c.e.Lock.Unlock()
	if r.Method == http.MethodPost {
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(c.e.Behaviour); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	answer(w, c.e.Behaviour)
}

func answer(w http.ResponseWriter, v any) { WriteJSON(w, http.StatusOK, v) }
