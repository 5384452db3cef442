package rpc

import (
	_ "embed"
	"net/http"
	"net/url"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/session"
)

// The page that shows what may be called, and its script.
var (
	//go:embed document.html
	documentPage []byte
	//go:embed document.js
	documentScript []byte
)

// documents adds Odoo 19's routes that tell what may be called: a page, and its
// contents as JSON, for a session and for a key.
func (s *Server) documents(mux *http.ServeMux) {
	mux.HandleFunc("GET /doc", s.document)
	mux.HandleFunc("GET /doc/{$}", s.document)
	mux.HandleFunc("GET /doc/{name}", s.document)
	mux.HandleFunc("/doc-bearer/{name}", func(w http.ResponseWriter, r *http.Request) {
		model, ok := strings.CutSuffix(r.PathValue("name"), ".json")
		if !ok {
			nothing(w)
			return
		}
		db, who, err := s.json2Caller(r)
		s.describe(w, r, db, who, model, err)
	})
}

// document serves a session: pages for people, JSON for their script.
func (s *Server) document(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if name == "document.js" {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(documentScript) // a client that is gone needs no answer
		return
	}
	known, db, err := s.Session(r)
	who := orm.Principal{UID: known.UID, Caller: orm.Caller{Edition: orm.Odoo19, Session: session.Key(known.Token), Address: addressOf(r)}}
	if model, ok := strings.CutSuffix(name, ".json"); ok {
		s.describe(w, r, db, who, model, err)
		return
	}
	if fault.Is(err, fault.SessionExpired) {
		back := r.URL.Path + "?" + r.URL.RawQuery
		redirect(w, "/web/login?redirect="+url.QueryEscape(back))
		return
	}
	if err == nil {
		err = s.mayRead(r, db, who)
	}
	if err != nil {
		failed := s.odooError(err, languageOf(r), r.URL.Path)
		page(w, orInternal(statuses[fault.KindOf(err)]), "Forbidden", failed.Data.Message)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	w.Write(documentPage)
}

func orInternal(code int) int {
	if code == 0 {
		return http.StatusInternalServerError
	}
	return code
}

// errDocuments: whoever may look sees the shape of every model that they may read.
var errDocuments = fault.New(fault.Denied, "This page is only accessible to Technical Documentation users.")

// mayRead refuses whoever does not belong to the group that reads the documentation.
func (s *Server) mayRead(r *http.Request, db *orm.Database, who orm.Principal) error {
	profile, err := s.opt.People.Profile(r.Context(), db, who.UID)
	if fault.Is(err, fault.Missing) {
		return errExpired
	}
	if err == nil && !profile.Documents {
		err = errDocuments
	}
	return err
}

// describe answers what the caller may call: of all models for "index".
func (s *Server) describe(w http.ResponseWriter, r *http.Request, db *orm.Database, who orm.Principal, model string, err error) {
	var told any
	if err == nil {
		err = s.mayRead(r, db, who)
	}
	if err == nil {
		told, err = s.described(r, db, who, model)
	}
	if err != nil {
		s.json2Error(w, r, err)
		return
	}
	text, err := encoded(told)
	if err != nil {
		s.json2Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.Write(*text)
	*text = (*text)[:0]
	buffers.Put(text)
}

func (s *Server) described(r *http.Request, db *orm.Database, who orm.Principal, model string) (told any, err error) {
	if _, known := db.Registry().Model(model); !known && model != "index" {
		return nil, &status{http.StatusNotFound, "the model '" + model + "' does not exist"}
	}
	err = db.Within(r.Context(), who, orm.TxRead, func(env *orm.Env) error {
		if model != "index" {
			told, err = env.Document(orm.Odoo19, model)
			return err
		}
		models, err := env.Index(orm.Odoo19)
		told = map[string]any{"modules": s.opt.Modules, "models": models}
		return err
	})
	return told, err
}

func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	page(w, http.StatusSeeOther, "Redirecting...", "You are sent to "+to+".")
}

func nothing(w http.ResponseWriter) {
	page(w, http.StatusNotFound, "Not Found", "The requested URL was not found on the server.")
}
