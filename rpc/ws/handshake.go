package ws

import (
	"encoding/base64"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// upgrader shares its write buffers between sockets: most are silent.
func upgrader(origins func(r *http.Request, origin string) bool) *websocket.Upgrader {
	return &websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{},
		CheckOrigin: func(r *http.Request) bool { return origins(r, r.Header.Get("Origin")) },
	}
}

// refuse answers a handshake that is none, as Odoo does; it reports whether it did.
func refuse(w http.ResponseWriter, r *http.Request) bool {
	var missing []string
	for _, name := range []string{"Connection", "Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade", "Origin"} {
		if name != "Host" && r.Header.Get(name) == "" {
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
		key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
		if err == nil && len(key) == 16 {
			return false
		}
		bad(w, "Sec-WebSocket-Key should be of length 16 once decoded")
	}
	return true
}

func bad(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write([]byte("<!doctype html>\n<html lang=en>\n<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n<p>" + why + "</p>\n"))
}
