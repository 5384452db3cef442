package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/rpc/jsonrpc"
)

// answer is what serving one request comes to: a result that is JSON text (nil
// is Python's None), or an error.
type answer func(r *http.Request, w http.ResponseWriter, params json.RawMessage) (*[]byte, error)

// Handler serves /jsonrpc, /xmlrpc, /json/2 and the JSON routes below /web and /websocket.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, f := range map[string]answer{
		"/jsonrpc":                      s.service,
		"/web/session/authenticate":     s.authenticate,
		"/web/session/get_session_info": s.sessionInfo,
		"/web/session/check":            s.sessionCheck,
		"/web/session/destroy":          s.sessionDestroy,
		"/web/session/modules":          s.sessionModules,
		"/web/session/get_lang_list":    s.languages,
		"/web/database/list":            s.databaseList,
		"/web/webclient/version_info":   s.versionInfo,

		"/websocket/peek_notifications":  s.peek,
		"/websocket/update_bus_presence": s.presence,
	} {
		route := s.json(path, f)
		if path == "/jsonrpc" {
			route = s.deprecated(route)
		}
		mux.Handle(path, route)
		mux.Handle(path+"/{$}", route) // a last slash does not matter, as on Odoo
	}
	mux.Handle("/web/dataset/call_button", s.json("/web/dataset/call_button", s.callButton))
	mux.Handle("/web/dataset/call_button/{rest...}", s.json("/web/dataset/call_button", s.callButton))
	mux.Handle("/web/dataset/call_kw", s.json("/web/dataset/call_kw", s.callKw))
	mux.Handle("/web/dataset/call_kw/{rest...}", s.json("/web/dataset/call_kw", s.callKw)) // model/method, for who reads logs
	for path, faults := range map[string]faultOf{"/xmlrpc/2/{service}": numbered, "/xmlrpc/{service}": worded} {
		mux.Handle(path, s.deprecated(s.xml(faults)))
		mux.Handle(path+"/{$}", s.deprecated(s.xml(faults)))
	}
	mux.HandleFunc("/json/2", s.json2Lost)
	mux.HandleFunc("/json/2/", s.json2Lost)
	mux.HandleFunc("POST /json/2/{model}/{method}", s.json2)
	mux.HandleFunc("POST /json/2/{model}/{method}/{$}", s.json2)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { nothing(w) })
	mux.HandleFunc("/websocket/health", s.health)
	s.pages(mux)
	s.documents(mux)
	return mux
}

// deprecated lets a door say since when it is deprecated (RFC 9745), where the
// host is asked to.
func (s *Server) deprecated(door http.Handler) http.Handler {
	if s.opt.Deprecated.IsZero() {
		return door
	}
	since := fmt.Sprintf("@%d", s.opt.Deprecated.Unix())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Deprecation", since)
		door.ServeHTTP(w, r)
	})
}

// buffers hold replies while they are written.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// json wraps a route in the envelope: media type, size, depth, time, errors.
// Nothing is called by GET, which a page may send for its visitor; other methods
// count as POST, as on Odoo.
func (s *Server) json(path string, f answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if !isJSON(r.Header.Get("Content-Type")) {
			noJSON(w, path, reads)
			return
		}
		if reads {
			invalidJSON(w, "Invalid JSON data")
			return
		}
		if s.foreign(r) {
			s.refuseForeign(w, r)
			return
		}
		r, leave := s.arrive(w, r)
		if r == nil {
			return
		}
		defer leave()
		body, err := s.body(w, r, s.proofOf(path))
		if err != nil {
			s.jsonUnread(w, r, path, err)
			return
		}
		if s.think(r, body) != nil {
			return // the client is gone
		}
		request, err := jsonrpc.Read(body, s.bounds())
		if err != nil {
			invalidJSON(w, err.Error())
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.opt.Limits.Time)
		defer cancel()
		result, err := s.guarded(f, r.WithContext(ctx), w, request.Params)
		reply := buffers.Get().(*[]byte)
		defer func() { *reply = (*reply)[:0]; buffers.Put(reply) }()
		switch {
		case err != nil:
			id := request.ID
			failure := s.odooError(err, languageOf(r), path)
			if failure.Code != 200 {
				id = nil // Odoo raises these before it reads the body
			}
			*reply = jsonrpc.AppendError(*reply, id, failure)
		case result == nil:
			*reply = jsonrpc.AppendResult(*reply, request.ID, nil)
		default:
			*reply = jsonrpc.AppendResult(*reply, request.ID, *result)
			*result = (*result)[:0]
			buffers.Put(result)
		}
		writeJSON(w, *reply)
	})
}

// noJSON refuses a body of another media type: what is sent to /jsonrpc with the
// status of Odoo 18, everything else with that of Odoo 19.
func noJSON(w http.ResponseWriter, path string, reads bool) {
	why := fmt.Sprintf("Request inferred type is compatible with ['http'] but '%s' is type='json'.", path)
	if path == "/jsonrpc" && !reads {
		badRequest(w, why)
		return
	}
	page(w, http.StatusUnsupportedMediaType, "Unsupported Media Type", why)
}

// invalidJSON refuses a body that is no request, without a page around it, as
// Odoo does.
func invalidJSON(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, html.EscapeString(why)) // a client that is gone needs no answer
}

func writeJSON(w http.ResponseWriter, reply []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
	w.Write(reply) // a client that is gone needs no answer
}

// proofOf is how the sender of a request to a JSON route says who it is.
func (s *Server) proofOf(path string) proof {
	if path == "/jsonrpc" {
		return s.byService
	}
	return s.bySession
}

// jsonUnread answers a request whose body was not read. Its id is not known.
func (s *Server) jsonUnread(w http.ResponseWriter, r *http.Request, path string, err error) {
	if !s.unread(w, err) {
		writeJSON(w, jsonrpc.AppendError(nil, nil, s.odooError(err, languageOf(r), path)))
	}
}

// guarded answers a request, whatever happens.
func (s *Server) guarded(f answer, r *http.Request, w http.ResponseWriter, params json.RawMessage) (*[]byte, error) {
	return s.unharmed(r, func() (*[]byte, error) { return f(r, w, params) })
}

// unharmed turns a panic into a fault, its stack into a line of the log.
func (s *Server) unharmed(r *http.Request, f func() (*[]byte, error)) (result *[]byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.opt.Log.Error("panic", "path", r.URL.Path, "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "panic: %v", p)
		}
	}()
	return f()
}

// encoded is a result of the host's own as JSON text in a pooled buffer.
func encoded(v any) (*[]byte, error) { return encodedWithin(v, 0) }

// encodedWithin is a result as JSON text in a pooled buffer; a fault of kind User
// when it is longer than most bytes.
func encodedWithin(v any, most int) (*[]byte, error) {
	buffer := buffers.Get().(*[]byte)
	text, err := appendJSON((*buffer)[:0], v, most)
	if fault.Is(err, fault.User) {
		return nil, err
	}
	if err != nil {
		return nil, fault.Wrap(err, "encode result", nil)
	}
	*buffer = text
	return buffer, nil
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || media == "application/json-rpc")
}

func notAllowed(w http.ResponseWriter) {
	w.Header().Set("Allow", "POST")
	page(w, http.StatusMethodNotAllowed, "Method Not Allowed", "The method is not allowed for the requested URL.")
}

func badRequest(w http.ResponseWriter, why string) {
	page(w, http.StatusBadRequest, "Bad Request", why)
}

func page(w http.ResponseWriter, status int, title, why string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html>\n<html lang=en>\n<title>%d %s</title>\n<h1>%s</h1>\n<p>%s</p>\n",
		status, title, title, html.EscapeString(why))
}

func (s *Server) tooLarge(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		page(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large",
			fmt.Sprintf("The request is larger than %d bytes (limits.body_size).", large.Limit))
		return
	}
	badRequest(w, "The request ended early.")
}

func (s *Server) refuseForeign(w http.ResponseWriter, r *http.Request) {
	page(w, http.StatusForbidden, "Forbidden", "Pages of "+r.Header.Get("Origin")+" may not use this server (server.allowed_origins).")
}

// languageOf is the language for messages when nobody is logged in.
func languageOf(r *http.Request) string {
	if strings.HasPrefix(r.Header.Get("Accept-Language"), "nl") {
		return "nl_NL"
	}
	return "en_US"
}

// addressOf is the client's address, without its port.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// secure reports whether a request came over TLS, here or, as it says in its
// URL, at a proxy that is trusted.
func secure(r *http.Request, publicURL string) bool {
	return r.TLS != nil || r.URL.Scheme == "https" || strings.HasPrefix(publicURL, "https://")
}

// foreign reports whether a page of an origin that may not sent a request, with a
// session or without. Programs that are no browsers name no origin.
func (s *Server) foreign(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && s.opt.Origins != nil && !s.opt.Origins(r, origin)
}
