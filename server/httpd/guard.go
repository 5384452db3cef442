package httpd

import (
	"bufio"
	"net"
	"net/http"
	"time"
)

// guarded refuses what pages of other sites send, whether a session is in it or
// not, and, of what came to this machine's own address, what names a host that is
// none: another site's name that was made to lead here.
func (d Doors) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.Known != nil && toThisMachine(r) && !d.Known(r) {
			reply(w, http.StatusMisdirectedRequest, "This server is not called "+r.Host+". If it is, name it in server.public_url.")
			return
		}
		origin := r.Header.Get("Origin")
		if origin != "" && d.Allowed != nil && !d.Allowed(r, origin) {
			reply(w, http.StatusForbidden, "Pages of "+origin+" may not use this server (server.allowed_origins).")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// toThisMachine reports whether a request came to a loopback address, and not
// through a proxy that is trusted.
func toThisMachine(r *http.Request) bool {
	if r.Context().Value(proxied{}) != nil {
		return false
	}
	address, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}

// unkept answers are kept by no browser or proxy.
func unkept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// How long a client may take to receive what is written at once: a while, and
// more by its size.
const (
	receivesWithin = 30 * time.Second
	slowestLine    = 16 << 10 // bytes a second
)

// patient gives every write its time, so that a client that does not read holds
// nothing for ever. Sockets that are taken over have their own times. Each time
// costs a little, so that none is set twice for what is written at once.
func patient(next http.Handler, within time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := &patientWriter{ResponseWriter: w, wire: http.NewResponseController(w), least: within}
		next.ServeHTTP(own, r)
		if own.until.IsZero() {
			own.within(within) // the server itself writes the headers
		}
	})
}

type patientWriter struct {
	http.ResponseWriter
	wire  *http.ResponseController
	least time.Duration
	until time.Time // until when what was written must be gone; zero before anything was
}

func (w *patientWriter) Write(text []byte) (int, error) {
	w.within(w.least + time.Duration(len(text)/slowestLine)*time.Second)
	return w.ResponseWriter.Write(text)
}

func (w *patientWriter) WriteHeader(status int) {
	w.within(w.least)
	w.ResponseWriter.WriteHeader(status)
}

// within sets the time of what is written next, unless little would change.
func (w *patientWriter) within(d time.Duration) {
	until := time.Now().Add(d)
	if !w.until.IsZero() && until.Sub(w.until) < w.least/16 {
		return
	}
	w.until = until
	_ = w.wire.SetWriteDeadline(until) // a test's writer has none
}

// Hijack hands the line over to a socket, which asks for it in this way and sets
// its times from then on.
func (w *patientWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.until = time.Now()
	return w.wire.Hijack()
}

// Unwrap lets http.ResponseController reach the real writer.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
