package httpd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Institution is a row of the public list (S02): a bank, as one provider reaches it.
type Institution struct {
	Name         string   `json:"name"`
	Countries    []string `json:"countries"`
	Provider     string   `json:"provider"`
	Status       string   `json:"status"` // stable, beta, disabled
	BIC          string   `json:"bic,omitempty"`
	Website      string   `json:"website,omitempty"`
	AccountKinds []string `json:"account_kinds,omitempty"` // none: not told
	HistoryDays  int64    `json:"history_days,omitempty"`  // 0: not limited, or not told
	Automatic    bool     `json:"automatic"`               // it may be synchronised without its user
}

// Institutions are a part of the public list, the best first.
type Institutions struct {
	List  []Institution
	Count int // of all that fit
}

// Search is what somebody asks the public list.
type Search struct {
	Query, Country, Kind, Status string
	Offset, Limit                int
}

// What one answer of the public list is bounded by, and usualInstitutions is what
// an answer has when nothing was asked for.
const (
	mostInstitutions  = 200
	usualInstitutions = 20
	farthestOffset    = 1_000_000
	longestQuery      = 200 // characters; what follows is not looked at
)

var errLimit = errors.New("limit: want a number from 1 to " + strconv.Itoa(mostInstitutions) + "; offset: a number from 0 on")

func searchOf(r *http.Request) (Search, error) {
	q := r.URL.Query()
	s := Search{Query: cutTo(q.Get("q"), longestQuery), Country: strings.ToUpper(strings.TrimSpace(cutTo(q.Get("country"), 3))),
		Kind: q.Get("kind"), Status: q.Get("status"), Limit: usualInstitutions}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return s, errLimit
		}
		s.Limit = min(n, mostInstitutions)
	}
	if text := q.Get("offset"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return s, errLimit
		}
		s.Offset = min(n, farthestOffset)
	}
	return s, nil
}

func cutTo(s string, characters int) string {
	if list := []rune(s); len(list) > characters {
		return string(list[:characters])
	}
	return s
}

// At is the address of the same search from another place of the list.
func (s Search) At(offset int) string {
	q := url.Values{}
	for key, value := range map[string]string{"q": s.Query, "country": s.Country, "kind": s.Kind, "status": s.Status} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if offset > 0 {
		q.Set("offset", strconv.Itoa(offset))
	}
	if s.Limit != usualInstitutions {
		q.Set("limit", strconv.Itoa(s.Limit))
	}
	if len(q) == 0 {
		return "/institutions"
	}
	return "/institutions?" + q.Encode()
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
	text, err := json.Marshal(map[string]any{"institutions": found.List, "count": found.Count, "offset": asked.Offset,
		"limit": asked.Limit})
	if err != nil {
		d.Log.Error("list of institutions", "error", err)
		reply(w, http.StatusInternalServerError, "the list cannot be shown")
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	keep(w, r, append(text, '\n'))
}

// institutionsPage is the page of the list: it needs no login and runs no scripts.
func (d Doors) institutionsPage(w http.ResponseWriter, r *http.Request) {
	view := page{Words: wordsFor(r.Header.Get("Accept-Language")), Style: d.style()}
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
	h.Set("Content-Security-Policy", policyFor(string(view.Style)))
	h.Set("Referrer-Policy", "no-referrer")
	if status != http.StatusOK {
		w.WriteHeader(status)
		_, _ = out.WriteTo(w) // a client that is gone needs no answer
		return
	}
	keep(w, r, out.Bytes())
}

// keep answers with what anybody may keep for a minute, and ask again whether it
// is still so.
func keep(w http.ResponseWriter, r *http.Request, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "public, max-age=60")
	for given := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if given = strings.TrimPrefix(strings.TrimSpace(given), "W/"); given == tag || given == "*" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// find never has a nil list without an error.
func (d Doors) find(ctx context.Context, asked Search) (Institutions, error) {
	found, err := d.Institutions(ctx, asked)
	if err != nil {
		d.Log.Error("institutions", "error", err)
		return found, err
	}
	if found.List == nil {
		found.List = []Institution{}
	}
	return found, nil
}
