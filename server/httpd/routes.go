package httpd

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
)

// Doors are what a listener leads to.
type Doors struct {
	RPC       http.Handler // /jsonrpc, /xmlrpc/…, /json/2/…, /web/…, /doc
	Bus       http.Handler // /websocket
	Calls     http.Handler // /rpc
	Dashboard http.Handler // everything else
	Metrics   http.Handler
	// Ready says why the host is not ready; "" when it is.
	Ready func(ctx context.Context) string
	// Institutions searches the public list.
	Institutions func(ctx context.Context, asked Search) (Institutions, error)
	// Font is the path of the dashboard's font, for pages without it; "" for none.
	Font string
	// Callback takes the query with which a bank sent a user back. agreed: the user
	// has read who began the flow. A fault of kind Denied: it is another user's.
	Callback func(r *http.Request, query map[string]string, agreed bool) (Return, error)
	// Webhook takes a notification and returns the answer for its sender. A fault
	// of kind Missing: nobody takes it; of kind Denied: it is not proven; any
	// other error: it may come again.
	Webhook func(ctx context.Context, n Notification) (status int, answer []byte, err error)
	// Statement reads a bank statement for printing; a fault of kind
	// SessionExpired, Denied or Missing when who asks cannot have it.
	Statement func(r *http.Request, id int64) (Statement, error)
	// Origins are those that browsers may call from, besides the host's own.
	Origins []string
	// Allowed says whether a page of an origin may use a door; nil for any. Known
	// says whether a request names a host that is one, asked of what came from
	// this machine; nil for any.
	Allowed func(r *http.Request, origin string) bool
	Known   func(r *http.Request) bool
	// Trusted are the proxies whose X-Forwarded-* headers are believed.
	Trusted []netip.Prefix
	Log     *slog.Logger
}

// Routes joins the doors into one handler.
func Routes(d Doors) http.Handler {
	mux, hook := http.NewServeMux(), d.webhook()
	for _, path := range []string{"/jsonrpc", "/jsonrpc/", "/xmlrpc/", "/json/2", "/json/2/", "/json/version",
		"/web", "/web/", "/doc", "/doc/", "/doc-bearer/"} {
		mux.Handle(path, unkept(d.RPC))
	}
	mux.Handle("/websocket/", unkept(d.RPC)) // health, and what clients without sockets ask
	mux.Handle("/websocket", d.Bus)
	mux.Handle("/rpc", d.Calls)
	mux.HandleFunc("GET /institutions", d.institutions)
	mux.HandleFunc("GET /connect/callback", d.callback)
	mux.HandleFunc("POST /connect/callback/confirm", d.confirm)
	mux.HandleFunc("GET /report/statement/{id}", d.statement)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", d.readyz)
	mux.Handle("GET /metrics", unkept(d.Metrics))
	mux.HandleFunc("/webhook/", onlyPosted)
	mux.HandleFunc("POST /webhook/{provider}", hook)
	mux.HandleFunc("POST /webhook/{provider}/{rest...}", hook)
	mux.Handle("/", d.Dashboard)
	return patient(forwarded(d.Trusted, headers(d.guarded(cors(d.Origins, mux)))), receivesWithin)
}

func reply(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // a client that is gone needs no answer
}

func (d Doors) readyz(w http.ResponseWriter, r *http.Request) {
	if why := d.Ready(r.Context()); why != "" {
		reply(w, http.StatusServiceUnavailable, why)
		return
	}
	reply(w, http.StatusOK, "ready")
}

// headers are set on every answer.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		next.ServeHTTP(w, r)
	})
}

// cors lets browsers call from the origins that are configured.
func cors(origins []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin != "" && slices.Contains(origins, origin) {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Add("Vary", "Origin")
			if r.Method == http.MethodOptions {
				h.Set("Access-Control-Allow-Methods", "GET, POST")
				h.Set("Access-Control-Allow-Headers", "Content-Type, Authorization, X-Odoo-Database")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
