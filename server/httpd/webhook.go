package httpd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/girosync/girosync/addon/fault"
)

const (
	// largestNotification is more than any service sends: they tell what to ask for.
	largestNotification = 1 << 20
	// mostNotifications are taken at the same time, of all providers; senders try
	// again.
	mostNotifications = 16
	// mostReading are read at the same time, each within readWithin: who sends slowly
	// takes no place of those that are whole.
	mostReading = 256
	readWithin  = 5 * time.Second
	// notifiedWithin is the time for one: senders do not wait longer.
	notifiedWithin = 20 * time.Second
	// tryAgain is when a sender that was refused may come back.
	tryAgain = 10 * time.Second
)

// Notification is what somebody sent to a provider's address.
type Notification struct {
	Provider string
	Path     string // below the provider's, "" mostly
	Query    string
	Headers  map[string][]string
	Body     []byte
}

// webhook takes notifications of providers, from whoever sends them: it bounds
// them before anybody looks at them. A sender learns only whether to try again.
func (d Doors) webhook() http.HandlerFunc {
	reading, places := make(chan struct{}, mostReading), make(chan struct{}, mostNotifications)
	return func(w http.ResponseWriter, r *http.Request) {
		if !enter(reading) {
			d.later(w)
			return
		}
		defer func() { <-reading }()
		// A test's writer has no deadline; every real one has.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readWithin))
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestNotification))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			reply(w, http.StatusRequestEntityTooLarge, "this is larger than a notification")
			return
		case err != nil:
			reply(w, http.StatusBadRequest, "the notification broke off")
			return
		}
		if !enter(places) {
			d.later(w)
			return
		}
		defer func() { <-places }()
		headers := r.Header.Clone()
		headers.Del("Cookie") // a browser's, and nobody's business
		ctx, cancel := context.WithTimeout(r.Context(), notifiedWithin)
		defer cancel()
		status, answer, err := d.Webhook(ctx, Notification{Provider: r.PathValue("provider"), Path: r.PathValue("rest"),
			Query: r.URL.RawQuery, Headers: headers, Body: body})
		switch {
		case err == nil:
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write(answer)
		case fault.Is(err, fault.Missing):
			reply(w, http.StatusNotFound, "nobody takes notifications here")
		case fault.Is(err, fault.Denied):
			reply(w, http.StatusBadRequest, "this is not a notification of the provider's service, or is too old")
		default:
			d.later(w)
		}
	}
}

// enter takes one of the places, if one is free.
func enter(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		return false
	}
}

// onlyPosted refuses what is sent to a provider's address in another way.
func onlyPosted(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	reply(w, http.StatusMethodNotAllowed, "notifications are posted to /webhook/ and the provider's name")
}

// later asks a sender to try again.
func (d Doors) later(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(tryAgain.Seconds())))
	reply(w, http.StatusServiceUnavailable, "not now; try again")
}
