package emulator

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// link is a link token, and what became of it.
type link struct {
	Token    string    `json:"token"`
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires"`
	Back     string    `json:"back"`
	Access   string    `json:"access,omitempty"` // of the item that is renewed
	Webhook  string    `json:"webhook,omitempty"`
	Routing  string    `json:"routing,omitempty"`
	Days     int       `json:"days,omitempty"`
	Name     string    `json:"name"`
	Language string    `json:"language"`
	Codes    []string  `json:"codes"`
	Products []string  `json:"products"`
	Visits   []visit   `json:"visits"`
}

// visit is one opening of the page that ended.
type visit struct {
	ID       string    `json:"id"`
	Finished time.Time `json:"finished"`
	Public   string    `json:"public,omitempty"`
	Bank     string    `json:"bank,omitempty"`
	Left     bool      `json:"left,omitempty"`
}

// linkTime is for how long a page can be visited.
const linkTime = 30 * time.Minute

func (s *Server) createLink(body map[string]any) (any, *trouble) {
	text := func(of map[string]any, name string) string { value, _ := of[name].(string); return value }
	part := func(name string) map[string]any { value, _ := body[name].(map[string]any); return value }
	now := s.clock.Now()
	l := &link{Token: "link-sandbox-" + uuid(), Created: now, Expires: now.Add(linkTime),
		Back:   text(part("hosted_link"), "completion_redirect_uri"),
		Access: text(body, "access_token"), Webhook: text(body, "webhook"), Routing: text(part("institution_data"), "routing_number"),
		Days: int(number(part("transactions")["days_requested"])), Name: text(body, "client_name"), Language: text(body, "language"),
		Codes: texts(body["country_codes"]), Products: texts(body["products"]), Visits: []visit{}}
	switch {
	case l.Name == "" || l.Language == "" || len(l.Codes) == 0 || text(part("user"), "client_user_id") == "":
		return nil, wrongField("client_name, language, country_codes and user are required")
	case l.Access == "" && len(l.Products) == 0:
		return nil, wrongField("products is required")
	case l.Days < 0 || l.Days > 730:
		return nil, wrongField("days_requested must be between 1 and 730")
	}
	if l.Access != "" {
		if _, wrong := s.item(body, false, ""); wrong != nil {
			return nil, wrong
		}
	}
	s.state.Links[l.Token] = l
	return map[string]any{"link_token": l.Token, "expiration": l.Expires.Format(time.RFC3339),
		"hosted_link_url": s.base + "/link/" + l.Token}, nil
}

func (s *Server) getLink(body map[string]any) (any, *trouble) {
	name, _ := body["link_token"].(string)
	l := s.state.Links[name]
	if l == nil {
		return nil, badLink
	}
	sessions := []map[string]any{}
	for _, v := range l.Visits {
		sessions = append(sessions, s.visitData(l, v))
	}
	metadata := map[string]any{"initial_products": append([]string{}, l.Products...), "webhook": nil, "country_codes": l.Codes,
		"language": l.Language, "redirect_uri": nil, "client_name": l.Name}
	if l.Webhook != "" {
		metadata["webhook"] = l.Webhook
	}
	return map[string]any{"link_token": l.Token, "created_at": l.Created.Format(time.RFC3339), "expiration": l.Expires.Format(time.RFC3339),
		"link_sessions": sessions, "metadata": metadata}, nil
}

func (s *Server) visitData(l *link, v visit) map[string]any {
	out := map[string]any{"link_session_id": v.ID, "started_at": l.Created.Format(time.RFC3339),
		"finished_at": v.Finished.Format(time.RFC3339)}
	if v.Left {
		out["exit"] = map[string]any{"error": nil, "metadata": map[string]any{"institution": nil, "status": "requires_credentials",
			"link_session_id": v.ID, "request_id": uuid()}}
		return out
	}
	found := []map[string]any{}
	if v.Public != "" {
		found = append(found, map[string]any{"public_token": v.Public, "accounts": []any{},
			"institution": map[string]any{"name": find(v.Bank).name, "institution_id": v.Bank}})
	}
	out["results"] = map[string]any{"item_add_results": found, "cra_item_add_results": []any{}, "cra_update_results": []any{},
		"bank_income_results": []any{}, "payroll_income_results": []any{}, "document_income_results": nil}
	return out
}

// open is the link of a page; nil when it is over.
func (s *Server) open(w http.ResponseWriter, r *http.Request) *link {
	l := s.state.Links[r.PathValue("token")]
	if l == nil || !s.clock.Now().Before(l.Expires) {
		http.NotFound(w, r)
		return nil
	}
	return l
}

// offered are the banks of a page, the highlighted one first.
func (l *link) offered() []*bank {
	list := slices.DeleteFunc(banks(), func(b *bank) bool { return b.lacks || !slices.Contains(l.Codes, b.country) })
	slices.SortStableFunc(list, func(a, b *bank) int {
		switch lit := a.routing != "" && a.routing == l.Routing; {
		case lit == (b.routing != "" && b.routing == l.Routing):
			return 0
		case lit:
			return -1
		}
		return 1
	})
	return list
}

// pageOf is where the user chooses a bank, or logs in again.
func (s *Server) pageOf(w http.ResponseWriter, r *http.Request) {
	l := s.open(w, r)
	if l == nil {
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><title>Stand-in for Plaid</title><h1>%s wants to read your accounts</h1><ul>", html.EscapeString(l.Name))
	if i := s.state.Items[l.Access]; i != nil {
		fmt.Fprintf(w, "<li><a href=\"%s/allow\">Log in at %s again</a>", r.URL.Path, html.EscapeString(find(i.Institution).name))
	} else {
		for _, b := range l.offered() {
			fmt.Fprintf(w, "<li><a href=\"%s/allow?institution=%s\">%s</a>", r.URL.Path, b.id, html.EscapeString(b.name))
		}
	}
	fmt.Fprintf(w, "</ul><p><a href=\"%s/refuse\">Leave</a>\n", r.URL.Path)
}

// answered ends a visit, and leads the user back.
func (s *Server) answered(w http.ResponseWriter, r *http.Request) {
	l := s.open(w, r)
	if l == nil {
		return
	}
	v := visit{ID: uuid(), Finished: s.clock.Now()}
	i := s.state.Items[l.Access]
	switch {
	case r.PathValue("answer") != "allow":
		v.Left = true
	case i != nil:
		i.Login, i.Reason = false, ""
		if validity := find(i.Institution).validity; validity > 0 {
			i.Consent = v.Finished.Add(validity)
		}
	default:
		offered := l.offered()
		if id := r.URL.Query().Get("institution"); id != "" {
			offered = slices.DeleteFunc(offered, func(b *bank) bool { return b.id != id })
		}
		if len(offered) == 0 {
			http.NotFound(w, r)
			return
		}
		v.Bank = offered[0].id
		v.Public = s.make(offered[0], l.Webhook, l.Days)
	}
	l.Visits = append(l.Visits, v)
	if back, err := url.Parse(l.Back); err == nil && back.Host != "" {
		http.Redirect(w, r, back.String(), http.StatusSeeOther)
		return
	}
	standin.WriteJSON(w, http.StatusOK, map[string]string{"visit": v.ID})
}
