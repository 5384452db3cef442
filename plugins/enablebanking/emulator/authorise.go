package emulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// authorisation is one that a user was sent for.
type authorisation struct {
	Country   string    `json:"country"`
	Bank      string    `json:"bank"`
	Type      string    `json:"type"`
	State     string    `json:"state"`
	Back      string    `json:"back"`
	Until     time.Time `json:"until"`
	Code      string    `json:"code,omitempty"` // given to the user
	Session   string    `json:"session,omitempty"`
	PSU       string    `json:"psu"`
	Balances  bool      `json:"balances"`
	Movements bool      `json:"movements"`
}

// session is what a code was exchanged for.
type session struct {
	authorisation
	Status   string            `json:"status"`
	Created  time.Time         `json:"created"`
	Accounts map[string]string `json:"accounts"` // by the session's id: the account's number
}

// begin starts an authorisation.
func (s *Server) begin(r *http.Request) (any, *trouble) {
	var asked struct {
		Access struct {
			Until     time.Time `json:"valid_until"`
			Balances  *bool     `json:"balances"`
			Movements *bool     `json:"transactions"`
		} `json:"access"`
		Bank        struct{ Name, Country string } `json:"aspsp"`
		State       *string                        `json:"state"`
		Back        string                         `json:"redirect_url"`
		Type        string                         `json:"psu_type"`
		Method      string                         `json:"auth_method"`
		Credentials map[string]string              `json:"credentials"`
		Language    string                         `json:"language"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.State == nil || asked.Back == "" || asked.Access.Until.IsZero() {
		return nil, wrongParameters("access, aspsp, state and redirect_url are required")
	}
	b := find(asked.Bank.Country, asked.Bank.Name)
	if b == nil {
		return nil, wrongBank
	}
	if allowed := s.state.Behaviour.Redirects; len(allowed) > 0 && !slices.Contains(allowed, asked.Back) {
		return nil, wrongRedirect
	}
	if asked.Type == "" {
		asked.Type = b.types[0]
	}
	named := slices.ContainsFunc(b.methods, func(m map[string]any) bool {
		return m["psu_type"] == asked.Type && m["name"] == asked.Method
	})
	now := s.clock.Now()
	switch {
	case !slices.Contains(b.types, asked.Type), asked.Method != "" && !named, asked.Credentials != nil && asked.Method == "":
		return nil, wrongParameters("psu_type, auth_method and credentials do not fit")
	case asked.Access.Until.Before(now), asked.Access.Until.After(now.Add(b.validity)):
		return nil, wrongParameters("valid_until")
	case asked.Credentials["userId"] == "00000000":
		return nil, wrongLogin
	}
	id := uuid()
	yes := func(p *bool) bool { return p == nil || *p }
	s.state.Started[id] = &authorisation{Country: b.country, Bank: b.name, Type: asked.Type, State: *asked.State, Back: asked.Back,
		Until: asked.Access.Until.UTC(), PSU: base64.StdEncoding.EncodeToString([]byte(uuid())), Balances: yes(asked.Access.Balances),
		Movements: yes(asked.Access.Movements)}
	return map[string]any{"url": s.base + "/bank/" + id, "authorization_id": id, "psu_id_hash": s.state.Started[id].PSU}, nil
}

// page is the bank's, where the user allows or refuses.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	a := s.state.Started[r.PathValue("id")]
	if a == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><title>%[1]s</title><h1>%[1]s</h1><p>Allow this program to read your accounts until %[2]s?"+
		"<p><a href=\"%[3]s/allow\">Allow</a> · <a href=\"%[3]s/refuse\">Refuse</a>\n", html.EscapeString(a.Bank),
		a.Until.Format(time.DateOnly), r.URL.Path)
}

// answered leads the user back.
func (s *Server) answered(w http.ResponseWriter, r *http.Request) {
	a := s.state.Started[r.PathValue("id")]
	if a == nil {
		http.NotFound(w, r)
		return
	}
	back, err := url.Parse(a.Back)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	query := back.Query()
	query.Set("state", a.State)
	if r.PathValue("answer") == "allow" {
		a.Code = uuid()
		query.Set("code", a.Code)
	} else {
		query.Set("error", "access_denied")
		query.Set("error_description", "Cancelled by user")
	}
	back.RawQuery = query.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

// authorise makes a session of a code, once.
func (s *Server) authorise(r *http.Request) (any, *trouble) {
	var asked struct{ Code string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Code == "" {
		return nil, wrongParameters("code")
	}
	for _, a := range s.state.Started {
		if a.Code != asked.Code {
			continue
		}
		if a.Session != "" {
			return nil, usedCode
		}
		a.Session = uuid()
		made := &session{authorisation: *a, Status: "AUTHORIZED", Created: s.clock.Now(), Accounts: map[string]string{}}
		s.state.Sessions[a.Session] = made
		list := []map[string]any{}
		for _, of := range find(a.Country, a.Bank).accounts(a.Type) {
			uid := uuid()
			made.Accounts[uid] = of.number
			list = append(list, of.data(uid))
		}
		return map[string]any{"session_id": a.Session, "accounts": list, "aspsp": made.bankName(), "psu_type": a.Type,
			"access": made.access()}, nil
	}
	return nil, wrongCode
}

func (a *authorisation) bankName() map[string]any {
	return map[string]any{"name": a.Bank, "country": a.Country}
}

func (a *authorisation) access() map[string]any {
	return map[string]any{"valid_until": a.Until.Format(time.RFC3339), "balances": a.Balances, "transactions": a.Movements}
}

// status is how a session stands now.
func (s *Server) status(of *session) string {
	if of.Status == "AUTHORIZED" && !s.clock.Now().Before(of.Until) {
		return "EXPIRED"
	}
	return of.Status
}

// session tells a session.
func (s *Server) session(r *http.Request) (any, *trouble) {
	of := s.state.Sessions[r.PathValue("id")]
	if of == nil {
		return nil, noSession
	}
	ids, data := []string{}, []map[string]any{}
	for _, a := range find(of.Country, of.Bank).accounts(of.Type) {
		for uid, number := range of.Accounts {
			if number == a.number {
				ids = append(ids, uid)
				data = append(data, map[string]any{"uid": uid, "identification_hash": a.hash(),
					"identification_hashes": []string{a.hash()}})
			}
		}
	}
	created := of.Created.Format(time.RFC3339)
	return map[string]any{"status": s.status(of), "accounts": ids, "accounts_data": data, "aspsp": of.bankName(), "psu_type": of.Type,
		"psu_id_hash": of.PSU, "access": of.access(), "created": created, "authorized": created}, nil
}

// close ends a session.
func (s *Server) close(r *http.Request) (any, *trouble) {
	of := s.state.Sessions[r.PathValue("id")]
	if of == nil {
		return nil, noSession
	}
	if wrong := ofStatus(s.status(of)); wrong != nil {
		return nil, wrong
	}
	of.Status = "CLOSED"
	return map[string]any{"message": "OK"}, nil
}

// endAll is how a bank ends consents.
func (s *Server) endAll(w http.ResponseWriter, r *http.Request) {
	for _, of := range s.state.Sessions {
		of.Status = r.PathValue("status")
	}
	standin.WriteJSON(w, http.StatusOK, map[string]int{"sessions": len(s.state.Sessions)})
}
