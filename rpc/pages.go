package rpc

import (
	"io"
	"net/http"

	"github.com/girosync/girosync/rpc/session"
)

// pages adds what Odoo answers to plain requests below /web and to whoever asks
// for the version.
func (s *Server) pages(mux *http.ServeMux) {
	mux.HandleFunc("/web/health", s.health)
	mux.HandleFunc("/web/version", version)
	mux.HandleFunc("/json/version", version)
	mux.HandleFunc("/web/session/logout", s.logout)
	// The dashboard asks for the log-in itself.
	for _, path := range []string{"/web", "/web/{$}", "/web/login", "/web/login/{$}"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { redirect(w, "/") })
	}
}

// health answers that the server runs; asked for db_server_status, also whether
// databases can be listed.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if asked := r.URL.Query().Get("db_server_status"); asked == "" || asked == "0" {
		io.WriteString(w, `{"status": "pass"}`)
		return
	}
	if _, err := s.opt.Databases.Names(r.Context()); err != nil {
		s.opt.Log.Error("health", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `{"status": "fail", "db_server_status": false}`)
		return
	}
	io.WriteString(w, `{"status": "pass", "db_server_status": true}`)
}

// version is what Odoo 19 tells without a log-in.
func version(w http.ResponseWriter, _ *http.Request) {
	v := Version()
	text, err := encoded(map[string]any{"version": v["server_version"], "version_info": v["server_version_info"]})
	if err != nil {
		nothing(w)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write(*text)
	*text = (*text)[:0]
	buffers.Put(text)
}

// logout ends the session, if there is one, and goes to the dashboard.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	if token := session.TokenOf(r); token != "" {
		if err := s.opt.Sessions.Delete(r.Context(), token); err != nil {
			s.opt.Log.Error("log-out", "error", err)
		}
		http.SetCookie(w, session.EndCookie(secure(r, s.opt.PublicURL)))
	}
	redirect(w, "/")
}
