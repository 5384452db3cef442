package ws

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// upgrader shares its write buffers between sockets: most are silent.
func upgrader(origins func(r *http.Request, origin string) bool) *websocket.Upgrader {
	return &websocket.Upgrader{
		ReadBufferSize: 128, WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{},
		CheckOrigin: func(r *http.Request) bool { return origins(r, r.Header.Get("Origin")) },
		Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			page(w, status, http.StatusText(status), "")
		},
	}
}

// refuse answers a handshake that is none, as Odoo does; it reports whether it
// did. Browsers always name an origin; whether others must is origin.
func refuse(w http.ResponseWriter, r *http.Request, origin bool) bool {
	var missing []string
	for _, name := range []string{"Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade", "Origin"} {
		if r.Header.Get(name) == "" && (origin || name != "Origin") {
			missing = append(missing, strings.ToLower(name))
		}
	}
	switch {
	case len(missing) > 0:
		bad(w, "Empty or missing header(s): "+strings.Join(missing, ", "))
	case !strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		bad(w, "Invalid upgrade header")
	case !strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade"):
		bad(w, "Invalid connection header")
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
	default:
		return badKey(w, r.Header.Get("Sec-WebSocket-Key"))
	}
	return true
}

// badKey answers a key that is none; it reports whether it did.
func badKey(w http.ResponseWriter, text string) bool {
	key, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil:
		bad(w, "Sec-WebSocket-Key should be b64 encoded")
	case len(key) != 16:
		bad(w, "Sec-WebSocket-Key should be of length 16 once decoded")
	default:
		return false
	}
	return true
}

func bad(w http.ResponseWriter, why string) { page(w, http.StatusBadRequest, "Bad Request", why) }

func page(w http.ResponseWriter, status int, title, why string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html lang=en>\n<title>%d %s</title>\n<h1>%s</h1>\n<p>%s</p>\n", status, title, title, why)
}

// greeting is what the answer to a good handshake has beside the library's own.
func greeting(who Identity) http.Header {
	h := http.Header{"Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Methods": {"GET, POST"}}
	if who.Cookie != nil {
		h.Add("Set-Cookie", who.Cookie.String())
	}
	return h
}
