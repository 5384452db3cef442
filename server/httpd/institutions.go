package httpd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// Institution is a row of the public list (S02).
type Institution struct {
	Name      string   `json:"name"`
	Countries []string `json:"countries"`
	Provider  string   `json:"provider"`
	Status    string   `json:"status"`
	Website   string   `json:"website,omitempty"`
}

// mostInstitutions bounds one answer of the public list, and usualInstitutions
// is what an answer has when nothing was asked for.
const (
	mostInstitutions  = 200
	usualInstitutions = 20
)

// search is what somebody asks the public list.
type search struct {
	Query, Country string
	Limit          int
}

var errLimit = errors.New("limit: want a number from 1 to " + strconv.Itoa(mostInstitutions))

func searchOf(r *http.Request) (search, error) {
	q := r.URL.Query()
	s := search{Query: q.Get("q"), Country: strings.ToUpper(strings.TrimSpace(q.Get("country"))), Limit: usualInstitutions}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return s, errLimit
		}
		s.Limit = min(n, mostInstitutions)
	}
	return s, nil
}

// institutions lists what banks are supported (S02), for anybody: a page for
// browsers, JSON for others.
func (d Doors) institutions(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept, Accept-Language")
	w.Header().Set("Cache-Control", "no-store")
	answer := d.institutionsJSON
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		answer = d.institutionsPage
	}
	answer(w, r)
}

func (d Doors) institutionsJSON(w http.ResponseWriter, r *http.Request) {
	asked, err := searchOf(r)
	if err != nil {
		reply(w, http.StatusBadRequest, err.Error())
		return
	}
	found, err := d.find(r.Context(), asked)
	if err != nil {
		reply(w, http.StatusServiceUnavailable, "the list of institutions is not available now")
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"institutions": found}) // a client that is gone needs no answer
}

// institutionsPage is the page of the list: it needs no login and runs no scripts.
func (d Doors) institutionsPage(w http.ResponseWriter, r *http.Request) {
	view := page{Words: wordsFor(r.Header.Get("Accept-Language"))}
	status := http.StatusOK
	var err error
	if view.Asked, err = searchOf(r); err != nil {
		status, view.Trouble = http.StatusBadRequest, view.Words.BadLimit
	} else if view.Found, err = d.find(r.Context(), view.Asked); err != nil {
		status, view.Trouble = http.StatusServiceUnavailable, view.Words.Unavailable
	}
	var out bytes.Buffer
	if err := institutionsTemplate.Execute(&out, view); err != nil {
		d.Log.Error("page of institutions", "error", err)
		reply(w, http.StatusInternalServerError, "the page cannot be shown")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", view.Words.Language)
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // as above
}

// find is never nil without an error.
func (d Doors) find(ctx context.Context, asked search) ([]Institution, error) {
	found, err := d.Institutions(ctx, asked.Query, asked.Country, asked.Limit)
	if err != nil {
		d.Log.Error("institutions", "error", err)
		return nil, err
	}
	if found == nil {
		found = []Institution{}
	}
	return found, nil
}
